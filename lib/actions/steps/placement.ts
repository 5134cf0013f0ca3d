/** Before a pool's node class is applied: does the placement group that the stack creates for it exist? */
import { UnituneError } from "../../core/errors.ts";
import { stackName } from "../../core/names.ts";
import type { Config, Deployed } from "../../plan/types.ts";

/** A run without the stacks may meet a pool that asked for its group since they were deployed. */
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
