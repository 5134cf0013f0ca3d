/** Whether a build's pod may be moved off its node. */
import type { Pool } from "../plan/types.ts";

const DO_NOT_DISRUPT = "karpenter.sh/do-not-disrupt";

/**
 * The pod's annotations on this pool. Nodes that AWS takes back (spot, and reservations that end) are drained before
 * they go, and a drain passes over pods with `do-not-disrupt`: they would be cut off instead of ended in the two minutes
 * of notice (aws/karpenter-provider-aws#8276). There the pool's budgets keep a build's node.
 */
export function annotationsOn(pool: Pool, annotations: Readonly<Record<string, string>>): Record<string, string> {
  const { [DO_NOT_DISRUPT]: kept, ...others } = annotations;
  const staysAsLongAsItRuns = pool.capacity.every((capacity) => capacity === "on-demand");
  return staysAsLongAsItRuns && kept !== undefined ? { [DO_NOT_DISRUPT]: kept, ...others } : others;
}
