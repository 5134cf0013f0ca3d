/**
 * The EC2 quota that counts an instance, by the first letters of its type; all count vCPUs. Names and codes are those
 * of Service Quotas (the AWS CLI's user guide shows L-1216C47A; operators publish the others with their names).
 */
export interface Quota {
  readonly code: string;
  readonly name: string;
}

const STANDARD = ["a", "c", "d", "h", "i", "m", "r", "t", "z"];

const BUCKETS: readonly { readonly kinds: readonly string[]; readonly onDemand: Quota; readonly spot: Quota | null }[] =
  [
    {
      kinds: STANDARD,
      onDemand: { code: "L-1216C47A", name: "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances" },
      spot: { code: "L-34B43A08", name: "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests" },
    },
    {
      kinds: ["g", "gr", "vt"],
      onDemand: { code: "L-DB2E81BA", name: "Running On-Demand G and VT instances" },
      spot: { code: "L-3819A6DF", name: "All G and VT Spot Instance Requests" },
    },
    {
      kinds: ["p"],
      onDemand: { code: "L-417A185B", name: "Running On-Demand P instances" },
      spot: null,
    },
  ];

/** Spot requests for P instances have a quota for each group of generations. */
const SPOT_P: readonly { readonly types: RegExp; readonly quota: Quota }[] = [
  { types: /^p[234][a-z]*\./, quota: { code: "L-7212CCBC", name: "All P4, P3 and P2 Spot Instance Requests" } },
  { types: /^p5[a-z]*\./, quota: { code: "L-C4BD4855", name: "All P5 Spot Instance Requests" } },
];

/**
 * The quota that counts all of these types, families or categories (`c6i.large`, `c6i`, `c`); `null`: no single one.
 */
export function quotaOf(types: readonly string[], spot: boolean): Quota | null {
  const kinds = types.map((type) => /^[a-z]+/.exec(type)?.[0] ?? "");
  const found = BUCKETS.find((bucket) => kinds.length > 0 && kinds.every((kind) => bucket.kinds.includes(kind)));
  if (!found) return null;
  if (!spot) return found.onDemand;
  return found.spot ?? SPOT_P.find((one) => types.every((type) => one.types.test(type)))?.quota ?? null;
}

/** The page of the console where a person requests an increase. */
export function quotaConsole(region: string, quota: Quota | null): string {
  const suffix = region.startsWith("cn-")
    ? "amazonaws.cn"
    : region.startsWith("us-gov-")
    ? "amazonaws-us-gov.com"
    : "aws.amazon.com";
  const page = `https://${region}.console.${suffix}/servicequotas/home/services/ec2/quotas`;
  return quota ? `${page}/${quota.code}` : page;
}
