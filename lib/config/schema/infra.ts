/** The schema of the network, the cluster and its roles: everything that the stacks are created from. */
import * as z from "zod";
import { KUBERNETES_VERSIONS, type KubernetesVersion } from "../../core/facts/kubernetes.ts";
import { POLICY_ARN, PRINCIPAL_ARN, SUBNET, VPC, ZONE, ZONE_NAME } from "../../core/facts/ids.ts";
import { MOST_EXTRA_ZONES } from "../../core/facts/extra_zones.ts";
import { accountName, kmsKey, policyArns } from "./access.ts";
import { ENDPOINT_SERVICES, LOG_TYPES, RETENTION_DAYS } from "../resolve/aws.ts";
import { choice, flag, integer, leaf, size, spelt, text } from "../fields.ts";
import { isPrivate, isPrivateRange, isPublicRange, isServiceRange, rangeOf } from "../../core/ranges.ts";

const retentionDays = leaf(
  z.union(RETENTION_DAYS.map((days) => z.literal(days))),
  `a number of days that CloudWatch accepts: ${RETENTION_DAYS.join(", ")}`,
  (found) => {
    const longer = typeof found === "number" ? RETENTION_DAYS.find((days) => days >= found) : undefined;
    return longer && `the next higher value is ${longer}`;
  },
);

function publicHint(found: unknown): string | undefined {
  const range = rangeOf(found);
  if (range && range.length < 8) return "list the public ranges of your own network";
  const inVpc = range && isPrivate(range)
    ? "EKS rejects private ranges, and the API server can always be reached from inside the VPC"
    : undefined;
  return inVpc ?? range?.hint;
}

const NAMES_DIFFER = "zone names differ between accounts: aws ec2 describe-availability-zones shows the id";

const endpoint = leaf(
  z.union([
    z.literal("private"),
    z.strictObject({
      publicFrom: z.array(
        leaf(
          z.string().refine(isPublicRange),
          "a public IPv4 range, /8 to /32, with no bits set past its length",
          publicHint,
        ),
      ).min(1).max(40),
    }),
  ]),
  '"private" or { publicFrom: [ranges] }',
  (found) =>
    found === undefined
      ? "decide who can reach the API server: a default would either open it to everyone or lock you out"
      : 'for example { publicFrom: ["203.0.113.0/24"] }, with the public ranges of your own network',
);

function zoneId() {
  return spelt(ZONE, (found) => ZONE_NAME.test(String(found)) ? NAMES_DIFFER : undefined);
}

/** Both kinds of network in one schema: `resolve/network.ts` reports fields that exclude each other, with the reason. */
export const network = z.strictObject({
  vpcId: spelt(VPC).optional(),
  privateSubnets: z.array(spelt(SUBNET)).min(2).max(16).optional(),
  isolated: flag().optional(),
  azs: leaf(z.union([z.literal(2), z.literal(3)]), "2 or 3").optional(),
  zones: z.array(zoneId()).min(2).max(3).optional(),
  extraZones: z.array(zoneId()).min(1).max(MOST_EXTRA_ZONES).optional(),
  nat: choice(["per-az", "single", "none"]).optional(),
  cidr: leaf(
    z.string().refine(isPrivateRange),
    "a private IPv4 range of /16 to /20 with no bits set past its length, like 10.0.0.0/16",
    (found) => rangeOf(found)?.hint,
  ).optional(),
  flowLogs: z.strictObject({ retentionDays }).optional(),
  endpoints: z.array(choice(ENDPOINT_SERVICES)).optional(),
}).optional();

export const ebsKey = kmsKey().optional();

export const cluster = z.strictObject({
  version: choice(KUBERNETES_VERSIONS as [KubernetesVersion]).optional(),
  supportPolicy: choice(["standard", "extended"]).optional(),
  endpoint,
  admins: z.array(
    spelt(
      PRINCIPAL_ARN,
      (found) =>
        String(found).includes(":assumed-role/")
          ? "use the ARN of the role itself: arn:aws:iam::<account>:role/<name>"
          : undefined,
    ),
  ).optional(),
  logs: z.strictObject({
    types: z.array(choice(LOG_TYPES)).min(1).optional(),
    retentionDays: retentionDays.optional(),
  }).optional(),
  kmsKey: kmsKey().optional(),
  serviceCidr: leaf(
    z.string().refine(isServiceRange),
    "a range of /12 to /24 in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 with no bits set past its length",
    (found) => rangeOf(found)?.hint,
  ).optional(),
  systemNodes: z.strictObject({
    instanceTypes: z.array(text(/^[a-z]+[0-9][a-z0-9-]*\.[a-z0-9-]+$/, "an instance type, like m6i.large")).min(1)
      .optional(),
    count: integer(2, 10, "nodes").optional(),
    disk: size("20Gi", "1Ti").optional(),
    release: text(
      /^[0-9]+\.[0-9]+\.[0-9]+-[0-9a-f]{8}$/,
      "a release of Bottlerocket with its build, like 1.66.0-1ad6b4a4",
      () => "SSM has it under /aws/service/bottlerocket/aws-k8s-<version>/<x86_64 or arm64>/<release>/image_version",
    ).optional(),
  }).optional(),
  addOns: z.record(
    text(/^[a-z0-9]+(?:[-_][a-z0-9]+)*$/, "the name of an EKS add-on, like aws-ebs-csi-driver"),
    z.strictObject({
      version: text(/^v[0-9]+\.[0-9]+\.[0-9]+-eksbuild\.[0-9]+$/, "a version like v1.66.0-eksbuild.1").optional(),
      configuration: z.record(z.string(), z.unknown()).optional(),
      policies: policyArns().optional(),
      serviceAccount: accountName.optional(),
    }),
  ).optional(),
});

export const iam = z.strictObject({
  rolePath: text(
    /^\/(?:[\w+=,.@-]{1,64}\/){0,8}$/,
    "a path of letters, digits and _+=,.@-, with / at both ends",
    (found) => `for example ${JSON.stringify(`/${String(found).replace(/^\/+|\/+$/g, "")}/`)}`,
  ).optional(),
  permissionsBoundary: spelt(POLICY_ARN).optional(),
}).optional();
