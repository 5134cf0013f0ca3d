/** Before pools are created: do the placement groups that they name exist? Karpenter launches no node without them. */
import type { Finding } from "../core/findings.ts";
import type { PlacementGroup } from "../core/ports.ts";
import type { Config, GpuPool } from "../plan/types.ts";
import { type Check, type CheckInput, Reader } from "./check.ts";

const CODE = "PLACEMENT_GROUP";
type Named = GpuPool & { readonly placementGroup: Exclude<GpuPool["placementGroup"], "cluster" | null> };

export const placement: Check = {
  code: CODE,
  of: ["pools"],
  refusal: (name) => `Cannot launch the nodes of ${name} in the placement groups that its pools name`,
  run: checkPlacement,
};

async function checkPlacement({ config, ports, identity }: CheckInput): Promise<Finding[]> {
  const reader = new Reader(CODE);
  const pools = config.pools.filter((pool): pool is Named => {
    return pool.kind === "gpu" && pool.placementGroup !== null && pool.placementGroup !== "cluster";
  });
  if (pools.length === 0) return [];
  const found = await reader.read("ec2:DescribePlacementGroups", "the placement groups of the pools", () => {
    return Promise.all(pools.map(async (pool) =>
      findings(pool, await ports.placement.group(pool.placementGroup), {
        account: identity.account,
        region: config.region,
      })
    ));
  });
  return [...(found ?? []).flat(), ...reader.notes];
}

interface Where {
  readonly account: string;
  readonly region: Config["region"];
}

function findings({ name, efa, placementGroup }: Named, group: PlacementGroup | null, where: Where): Finding[] {
  const asked = JSON.stringify("id" in placementGroup ? placementGroup.id : placementGroup.name);
  const of = { code: CODE, path: `pools.${name}.placementGroup` } as const;
  if (group?.state !== "available") {
    const seen = group === null ? "does not exist" : `is ${group.state}`;
    const message = `must be a placement group that account ${where.account} has in ${where.region}: ${asked} ${seen}`;
    return [{ ...of, severity: "error", message, hint: 'create it, or write "cluster" and the stack creates one' }];
  }
  if (!efa || group.strategy === "cluster") return [];
  const message =
    `${asked} has the strategy ${group.strategy}, which keeps nodes apart: EFA is fastest between nodes close together`;
  return [{ ...of, severity: "warning", message, hint: 'write "cluster", or name a group with the strategy cluster' }];
}
