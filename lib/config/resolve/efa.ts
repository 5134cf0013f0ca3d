/**
 * The Elastic Fabric Adapter: which network interfaces a node gets, and the rules that come with it.
 *
 * Karpenter attaches EFA in one of two ways. When a pod asks for `vpc.amazonaws.com/efa`, it puts one EFA interface with
 * an address of its own on each network card, from card 0 on. Or the node class lays the interfaces out in advance
 * (`spec.networkInterfaces`, from Karpenter 1.11 on): then all but the first can be EFA alone, without an address, and
 * no pod has to ask. A layout fits one instance type, so pools with several types have none.
 */
import type { GpuSize } from "../gpus.ts";
import { type Issue, type Path, show } from "../issues.ts";
import type { GpuPool, NetworkInterface, Pool } from "../types.ts";

/** Oldest minor version of Karpenter 1 whose node classes have `networkInterfaces` and `placementGroupSelector`. */
export const KARPENTER_FOR_LAYOUTS = 11;

/**
 * Types whose first network card has no EFA: of the 17 cards of a p6-b300 only cards 1 to 16 do.
 * Source: AWS's engineers in aws/aws-parallelcluster#7143, and the cards' kinds of interface in `ec2:DescribeInstanceTypes`.
 */
const WITHOUT_EFA_ON_FIRST_CARD: readonly string[] = ["p6-b300.48xlarge"];

/**
 * One address for the node and none for EFA: an ENA interface on card 0, device 0; EFA alone on card 0, device 1, where
 * that card has it, and on device 0 of each further card.
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

/** What of EFA needs a layout, and so exactly one instance type. */
export function layoutIssues(sizes: readonly GpuSize[], fixed: boolean, path: Path): Issue[] {
  if (sizes.length < 2) return [];
  const types = sizes.map(({ type }) => type), found = `found ${show(types)}`;
  const plain = types.filter((type) => WITHOUT_EFA_ON_FIRST_CARD.includes(type));
  const issues: Issue[] = plain.map((type) => ({
    code: "CONFLICT",
    path: [...path, "efa"],
    message: `must be false in a pool of several instance types with ${type}, whose first network card has no EFA: ` +
      `Karpenter would put EFA on it all the same: ${found}`,
    hint: `give ${type} a pool of its own`,
  }));
  if (!fixed) return issues;
  return [...issues, {
    code: "CONFLICT",
    path: [...path, "instanceTypes"],
    message:
      "must leave exactly one instance type in a pool with replicas and efa, as its nodes start before any pod " +
      `asks for EFA, and the network cards differ by type: ${found}`,
    hint: `write instanceTypes: ${show(types.slice(-1))}`,
  }];
}

/** EFA does not leave a zone, so nodes of several zones would never find each other by it. */
export function efaZoneIssues(pools: readonly Pool[], region: string | undefined): Issue[] {
  return pools.flatMap((pool): Issue[] => {
    if (pool.kind !== "gpu" || !pool.efa || pool.zones.length === 1 || staysInOneZone(pool)) return [];
    const path = ["pools", pool.name, "zones"];
    if (pool.zones.length > 1) {
      const message = `must be one zone with efa, as EFA does not cross zones: found ${show(pool.zones)}`;
      return [{ code: "CONFLICT", path, message, hint: "give each zone a pool of its own" }];
    }
    const message = "is missing: must be the one zone of the pool's nodes, as EFA does not cross zones";
    return [{ code: "MISSING_FIELD", path, message, hint: offerings(pool, region) }];
  });
}

/** A single reservation lies in one zone, and a cluster placement group keeps to that of its first node. */
function staysInOneZone({ capacity, reservation, placementGroup }: GpuPool): boolean {
  if (placementGroup === "cluster") return true;
  const reserved = capacity.length === 1 && capacity[0] === "reserved";
  return reserved && reservation !== null && "ids" in reservation && reservation.ids.length === 1;
}

function offerings({ instanceTypes }: GpuPool, region: string | undefined): string | undefined {
  if (region === undefined || instanceTypes.length === 0) return undefined;
  return `aws ec2 describe-instance-type-offerings --region ${region} --location-type availability-zone-id ` +
    `--filters Name=instance-type,Values=${instanceTypes.join(",")} tells the zones that have them`;
}
