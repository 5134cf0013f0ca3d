/** Whether Karpenter may move a build's pod to another node. */
import type { Pool } from "../plan/types.ts";

const DO_NOT_DISRUPT = "karpenter.sh/do-not-disrupt";

/**
 * The annotations of a build's pod on this pool. Karpenter drains a node that AWS takes back (spot, or a reservation
 * that ends), but a drain skips pods with `do-not-disrupt`: instead of ending within the two minutes of notice they
 * would be killed with the node (aws/karpenter-provider-aws#8276). On such pools the budgets protect a build's node.
 */
export function annotationsOn(pool: Pool, annotations: Readonly<Record<string, string>>): Record<string, string> {
  const { [DO_NOT_DISRUPT]: kept, ...others } = annotations;
  const isNeverReclaimed = pool.capacity.every((capacity) => capacity === "on-demand");
  return isNeverReclaimed && kept !== undefined ? { [DO_NOT_DISRUPT]: kept, ...others } : others;
}
