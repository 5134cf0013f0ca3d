/** Makes `offerings.json`: regions with their zones, and which instance type each zone has, as moto ships EC2's answers. */
import { byType, generatedAt, gzipped, pricesOf, sources, versionOf, write } from "./sources.ts";

interface Region {
  readonly partition: { readonly Value: string };
  readonly domain: { readonly Value: string };
  readonly "availability-zones": Readonly<Record<string, unknown>>;
}

const from = sources("moto", "karpenter");
const ssm = `${from.moto}/moto/ssm/resources`;
type Global<K extends string, V> = {
  readonly aws: { readonly service: { readonly "global-infrastructure": Record<K, V> } };
};
const regions =
  (gzipped(`${ssm}/regions.json.gz`) as Global<"regions", Record<string, Region>>).aws.service["global-infrastructure"]
    .regions;
const services =
  (gzipped(`${ssm}/services.json.gz`) as Global<"services", Record<string, { regions: Record<string, unknown> }>>)
    .aws.service["global-infrastructure"].services;

const folder = `${from.moto}/moto/ec2/resources/instance_type_offerings/availability-zone-id`;
const types: Record<string, Record<string, string>> = {};
const told = new Map<string, string>();

for (const { name } of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  const region = name.replace(".json.gz", "");
  told.set(region, "moto");
  for (
    const { InstanceType, Location } of gzipped(`${folder}/${name}`) as { InstanceType: string; Location: string }[]
  ) {
    const zones = types[InstanceType] ??= {};
    zones[region] = [...zones[region] ?? "", Location.at(-1)!].sort().join("");
  }
}

const pricing = `${from.karpenter}/pkg/providers/pricing`;
const [gov, cn] = ["aws_us_gov", "aws_cn"].map((name) =>
  Deno.readTextFileSync(`${pricing}/zz_generated.pricing_${name}.go`)
);
for (const [region, prices] of Object.entries({ ...pricesOf(gov!), ...pricesOf(cn!) })) {
  told.set(region, "prices");
  for (const type of Object.keys(prices)) (types[type] ??= {})[region] = "*";
}

write("offerings.json", {
  source:
    `DescribeInstanceTypeOfferings (availability-zone-id) of EC2 and /aws/service/global-infrastructure of SSM, as ` +
    `the Python package moto ${versionOf(from.moto, "moto")} ships them; us-gov-* (${generatedAt(gov!)}) and cn-* ` +
    `(${generatedAt(cn!)}): the types that Karpenter's tables of prices have (Go module of the provider, v1.15.1)`,
  asOf: "2026-10-27",
  notes: [
    "types: region → the numbers of the zone ids that have the type, one digit each (us-west-2: 12 = usw2-az1 and usw2-az2); * where the source tells the region alone",
    "regions.told: where the offerings come from; null: no source tells which types the region has",
    "regions.eks: whether EKS is offered there",
    "China's table of prices is two years old: types that came later are not in it",
  ],
  regions: Object.fromEntries(
    Object.entries(regions).sort(byType).map(([name, region]) => [name, {
      partition: region.partition.Value,
      domain: region.domain.Value,
      eks: name in services.eks!.regions,
      zones: Object.keys(region["availability-zones"]).sort(),
      told: told.get(name) ?? null,
    }]),
  ),
  types: Object.fromEntries(Object.entries(types).sort(byType)),
});
