/** Whether Karpenter may move a build's pod to another node. */
import { KARPENTER } from "../core/pins.ts";
import type { Pool } from "../plan/types.ts";

/**
 * The annotations of a build's pod on this pool. Karpenter drains a node that AWS takes back (spot, or a reservation
 * that ends), but a drain skips pods with `do-not-disrupt`: instead of ending within the two minutes of notice they
 * would be killed with the node (aws/karpenter-provider-aws#8276). On such pools the budgets protect a build's node.
 */
export function annotationsOn(pool: Pool, annotations: Readonly<Record<string, string>>): Record<string, string> {
  const { [KARPENTER.doNotDisrupt]: kept, ...others } = annotations;
  const isNeverReclaimed = pool.capacity.every((capacity) => capacity === "on-demand");
  return isNeverReclaimed && kept !== undefined ? { [KARPENTER.doNotDisrupt]: kept, ...others } : others;
}
