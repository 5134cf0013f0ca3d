/**
 * Availability zones by id. An id means the same place in every account, while a name (`us-west-2a`) differs between
 * accounts. So a template with ids is a function of the config alone.
 */

/**
 * The prefix of zone ids in regions that have the zones 1 to 3.
 * @internal
 */
const THREE_ZONES = {
  "af-south-1": "afs1",
  "ap-east-1": "ape1",
  "ap-east-2": "ape2",
  "ap-northeast-3": "apne3",
  "ap-south-1": "aps1",
  "ap-south-2": "aps2",
  "ap-southeast-1": "apse1",
  "ap-southeast-2": "apse2",
  "ap-southeast-3": "apse3",
  "ap-southeast-4": "apse4",
  "ap-southeast-5": "apse5",
  "ap-southeast-6": "apse6",
  "ap-southeast-7": "apse7",
  "ca-west-1": "caw1",
  "cn-northwest-1": "cnnw1",
  "eu-central-1": "euc1",
  "eu-central-2": "euc2",
  "eu-north-1": "eun1",
  "eu-south-1": "eus1",
  "eu-south-2": "eus2",
  "eu-west-1": "euw1",
  "eu-west-2": "euw2",
  "eu-west-3": "euw3",
  "il-central-1": "ilc1",
  "me-central-1": "mec1",
  "me-south-1": "mes1",
  "mx-central-1": "mxc1",
  "sa-east-1": "sae1",
  "us-east-2": "use2",
  "us-gov-east-1": "usge1",
  "us-gov-west-1": "usgw1",
};

/**
 * Other regions.
 * @internal
 */
const OTHER_ZONES = {
  "ap-northeast-1": ["apne1-az1", "apne1-az2", "apne1-az4", "apne1-az3"],
  "ap-northeast-2": ["apne2-az1", "apne2-az2", "apne2-az3", "apne2-az4"],
  "ca-central-1": ["cac1-az1", "cac1-az2", "cac1-az4"],
  "cn-north-1": ["cnn1-az1", "cnn1-az2"],
  "us-east-1": ["use1-az1", "use1-az2", "use1-az4", "use1-az5", "use1-az6"],
  "us-west-1": ["usw1-az1", "usw1-az3"],
  "us-west-2": ["usw2-az1", "usw2-az2", "usw2-az3", "usw2-az4"],
};

/** A region whose zones are known here. */
export type KnownRegion = keyof typeof THREE_ZONES | keyof typeof OTHER_ZONES;

/**
 * Region → the zones that EKS accepts, in the order in which the subnets of a config use them.
 *
 * This is a contract: templates of users contain the first two or three zones of a region. Another id, or another
 * order, replaces their subnets and everything that runs in them. Append new zones at the end, add new regions
 * anywhere, and leave existing entries as they are. Ids that newer accounts no longer have (apne1-az3) come last.
 */
export const ZONES: Readonly<Record<string, readonly string[]>> = { ...threeOf(THREE_ZONES), ...OTHER_ZONES };

/** Zones where EKS accepts no subnet: "Subnet requirements for clusters" in its user guide. */
export const REFUSED_BY_EKS: readonly string[] = ["cac1-az3", "use1-az3", "usw1-az2"];

function threeOf(prefixes: Readonly<Record<string, string>>): Record<string, readonly string[]> {
  const zones = Object.entries(prefixes).map(([region, prefix]) => [region, [1, 2, 3].map((n) => `${prefix}-az${n}`)]);
  return Object.fromEntries(zones);
}

/** A zone has an id, the same in every account (`usw2-az1`), and an account's own name (`us-west-2a`). */
export function isZoneId(zone: string): boolean {
  return zone.includes("-az");
}

/** Ids of all zones for nodes in a network that unitune creates. */
export function nodeZones(network: { readonly zones: readonly string[]; readonly extraZones: readonly string[] }) {
  return [...network.zones, ...network.extraZones];
}

/** `usw2` of `usw2-az1`: the region's part of an id. */
function prefixOf(zoneId: string): string {
  return zoneId.slice(0, zoneId.lastIndexOf("-az"));
}

/** The region that a zone's id belongs to, if it is known here. */
export function regionOfZone(zoneId: string): string | undefined {
  const prefix = prefixOf(zoneId);
  return Object.keys(ZONES).find((region) => ZONES[region]!.some((id) => prefixOf(id) === prefix));
}

/** The command that lists the zones of an account. */
export function zonesCommand(region: string): string {
  return `aws ec2 describe-availability-zones --region ${region} --query 'AvailabilityZones[].[ZoneId,ZoneName]'`;
}
