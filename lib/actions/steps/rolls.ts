/** Reads which nodes Karpenter replaces because of a plan, and what holds them. Changes nothing. */
import { isA, KINDS, type KubeObject } from "../../core/kube.ts";
import type { KubePort } from "../../core/kube_port.ts";
import type { Observed, ObservedObject } from "../../plan/changes.ts";
import { type Cause, driftCauses, endOf, type Roll, rollOf } from "../../plan/rolls.ts";
import type { VersionStep } from "../../plan/types.ts";

interface PlannedPools {
  readonly desired: readonly KubeObject[];
  /** What an apply would do to these objects. */
  readonly planned: readonly ObservedObject[];
  /** Objects that the config no longer declares. */
  readonly stale: readonly KubeObject[];
  readonly steps: readonly VersionStep[];
}

/** Asks the cluster only if nodes may be replaced, or end with their pool. */
export async function observeRolls(
  { desired, planned, stale, steps }: PlannedPools,
  kube: KubePort,
): Promise<Observed["rolls"]> {
  const pools = desired.filter((object) => isA(object, KINDS.nodePool)).map((pool) => {
    return { pool, causes: causesOf(pool.metadata.name, planned, steps) };
  });
  const ending = stale.filter((object) => isA(object, KINDS.nodePool));
  if (ending.length === 0 && pools.every(({ causes }) => causes.length === 0)) return {};
  const [claims, pods, budgets] = await Promise.all([
    kube.list(KINDS.nodeClaim),
    kube.list({ ...KINDS.pod, fields: "status.phase=Running" }),
    kube.list(KINDS.podDisruptionBudget),
  ]);
  const occupied = { claims, pods, budgets };
  const rolls = [
    ...pools.map(({ pool, causes }) => [pool.metadata.name, rollOf(pool, causes, occupied)] as const),
    ...ending.map((pool) => [pool.metadata.name, endOf(pool, occupied)] as const),
  ];
  return Object.fromEntries(rolls.filter((entry): entry is [string, Roll] => entry[1] !== null));
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
