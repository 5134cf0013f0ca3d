/** Reads which nodes Karpenter replaces because of a plan, and what holds them. Changes nothing. */
import { isA, KINDS, type KubeObject } from "../../core/kube.ts";
import type { KubePort } from "../../core/kube_port.ts";
import type { Observed, ObservedObject } from "../../plan/changes.ts";
import { type Cause, driftCauses, rollOf } from "../../plan/rolls.ts";
import type { VersionStep } from "../../plan/types.ts";

/** `planned`: what an apply would do to the objects. Asks the cluster only if nodes may be replaced. */
export async function observeRolls(
  desired: readonly KubeObject[],
  planned: readonly ObservedObject[],
  steps: readonly VersionStep[],
  kube: KubePort,
): Promise<Observed["rolls"]> {
  const pools = desired.filter((object) => isA(object, KINDS.nodePool)).map((pool) => {
    return { pool, causes: causesOf(pool.metadata.name, planned, steps) };
  });
  if (pools.every(({ causes }) => causes.length === 0)) return {};
  const [claims, pods, budgets] = await Promise.all([
    kube.list(KINDS.nodeClaim),
    kube.list({ ...KINDS.pod, fields: "status.phase=Running" }),
    kube.list(KINDS.podDisruptionBudget),
  ]);
  return Object.fromEntries(pools.flatMap(({ pool, causes }) => {
    const roll = rollOf(pool, causes, { claims, pods, budgets });
    return roll ? [[pool.metadata.name, roll]] : [];
  }));
}

/** An alias of machine images leads to others for each version of Kubernetes. */
function causesOf(pool: string, planned: readonly ObservedObject[], steps: readonly VersionStep[]): Cause[] {
  const own = planned.filter(({ ref }) => ref.name === pool);
  const [first] = steps, last = steps.at(-1);
  return [
    ...first && last ? [{ all: true, because: `Kubernetes ${first.from} → ${last.to}` }] : [],
    ...own.flatMap(({ ref, fields = [] }) => driftCauses(ref.kind, fields)),
  ];
}
