/**
 * The Elastic Fabric Adapter: which network interfaces a node gets, and its rules.
 *
 * Karpenter attaches EFA in one of two ways. If a pod requests `vpc.amazonaws.com/efa`, it puts one EFA interface with
 * its own IP address on each network card, starting with card 0. Or the node class defines the interfaces in advance
 * (`spec.networkInterfaces`, since Karpenter 1.11): then all but the first can be EFA only, without an address, and no
 * pod has to request them. A layout fits one instance type, so pools with several types have none.
 */
import type { GpuSize } from "../gpus.ts";
import { type Issue, type Path, show } from "../issues.ts";
import type { GpuPool, NetworkInterface, Pool } from "../types.ts";

/** First minor version of Karpenter 1 whose node classes have `networkInterfaces` and `placementGroupSelector`. */
export const KARPENTER_FOR_LAYOUTS = 11;

/**
 * Types whose first network card has no EFA: of the 17 cards of a p6-b300, only cards 1 to 16 have it.
 * Source: AWS engineers in aws/aws-parallelcluster#7143, and the cards' interface types in `ec2:DescribeInstanceTypes`.
 */
const WITHOUT_EFA_ON_FIRST_CARD: readonly string[] = ["p6-b300.48xlarge"];

/**
 * One IP address for the node and none for EFA: an ENA interface on card 0, device 0; EFA only on card 0, device 1, if
 * that card has EFA, and on device 0 of every other card.
 * Source: "Maximize network bandwidth on Amazon EC2 instances with multiple network cards" of EC2's user guide.
 */
export function interfacesOf({ type, efa }: GpuSize): readonly NetworkInterface[] {
  const first = WITHOUT_EFA_ON_FIRST_CARD.includes(type) ? 1 : 0;
  const cards = Array.from({ length: efa }, (_, at) => first + at);
  return [
    { networkCardIndex: 0, deviceIndex: 0, interfaceType: "interface" },
    ...cards.map((card): NetworkInterface => ({
      networkCardIndex: card,
      deviceIndex: card === 0 ? 1 : 0,
      interfaceType: "efa-only",
    })),
  ];
}

/** Cases in which EFA needs a layout, and so exactly one instance type. */
export function layoutIssues(sizes: readonly GpuSize[], fixed: boolean, path: Path): Issue[] {
  if (sizes.length < 2) return [];
  const types = sizes.map(({ type }) => type), found = `found ${show(types)}`;
  const plain = types.filter((type) => WITHOUT_EFA_ON_FIRST_CARD.includes(type));
  const issues: Issue[] = plain.map((type) => ({
    code: "CONFLICT",
    path: [...path, "efa"],
    message: `must be false in a pool of several instance types with ${type}, whose first network card has no EFA: ` +
      `Karpenter would still put EFA on it: ${found}`,
    hint: `use a separate pool for ${type}`,
  }));
  if (!fixed) return issues;
  return [...issues, {
    code: "CONFLICT",
    path: [...path, "instanceTypes"],
    message:
      "must leave exactly one instance type in a pool with replicas and efa, as its nodes start before any pod " +
      `requests EFA, and network cards differ by type: ${found}`,
    hint: `write instanceTypes: ${show(types.slice(-1))}`,
  }];
}

/** EFA does not cross zones, so nodes in different zones could not reach each other over it. */
export function efaZoneIssues(pools: readonly Pool[], region: string | undefined): Issue[] {
  return pools.flatMap((pool): Issue[] => {
    if (pool.kind !== "gpu" || !pool.efa || pool.zones.length === 1 || staysInOneZone(pool)) return [];
    const path = ["pools", pool.name, "zones"];
    if (pool.zones.length > 1) {
      const message = `must be one zone with efa, as EFA does not cross zones: found ${show(pool.zones)}`;
      return [{ code: "CONFLICT", path, message, hint: "use a separate pool for each zone" }];
    }
    const message = "is missing: must be the single zone of the pool's nodes, as EFA does not cross zones";
    return [{ code: "MISSING_FIELD", path, message, hint: offerings(pool, region) }];
  });
}

/** A single reservation is in one zone, and a cluster placement group stays in the zone of its first node. */
function staysInOneZone({ capacity, reservation, placementGroup }: GpuPool): boolean {
  if (placementGroup === "cluster") return true;
  const reserved = capacity.length === 1 && capacity[0] === "reserved";
  return reserved && reservation !== null && "ids" in reservation && reservation.ids.length === 1;
}

function offerings({ instanceTypes }: GpuPool, region: string | undefined): string | undefined {
  if (region === undefined || instanceTypes.length === 0) return undefined;
  return `aws ec2 describe-instance-type-offerings --region ${region} --location-type availability-zone-id ` +
    `--filters Name=instance-type,Values=${instanceTypes.join(",")} lists the zones that have them`;
}
