/** Before a pool's node class is applied: checks that the stack has created the placement group that it names. */
import { UnituneError } from "../../core/errors.ts";
import { stackName } from "../../core/names.ts";
import type { Config, Deployed } from "../../plan/types.ts";

/** A run without the infra phase may find a pool whose group was added to the config after the last deployment. */
export function requirePlacementGroup(pool: string, { name, pools }: Config, { placementGroups }: Deployed): void {
  const asking = pools.some((one) => one.name === pool && one.kind === "gpu" && one.placementGroup === "cluster");
  if (!asking || Object.hasOwn(placementGroups, pool)) return;
  throw new UnituneError(
    "NOT_DEPLOYED",
    `Cannot launch nodes of pool "${pool}" into a placement group of its own: stack ${stackName(name, "eks")} ` +
      "has not created it yet",
    { path: `pools.${pool}.placementGroup`, hint: "Run `unitune apply` with its infra phase" },
  );
}
