/** Plans again what was saved, and refuses what is no longer the same. */
import { UnituneError } from "../core/errors.ts";
import { movedSince, type SavedPlan } from "../plan/saved.ts";
import type { Plan } from "../plan/types.ts";
import type { Operation } from "./operation.ts";
import { planDeployed } from "./plan.ts";

/** `root`: the project's folder. */
export async function planSaved(operation: Operation, saved: SavedPlan, root: string): Promise<Plan> {
  const plan = await planDeployed(operation, { only: saved.only });
  const moved = movedSince(saved, plan, root);
  if (moved.length === 0) return plan;
  throw new UnituneError(
    "PLAN_STALE",
    `Cannot apply the saved plan of ${saved.name}: it is no longer what would be done`,
    {
      lines: moved,
      hint: "Plan again, and look at the plan",
    },
  );
}
