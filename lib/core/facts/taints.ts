/** What keeps pods off nodes that are not meant for them, as Kubernetes spells it. */

/** A taint of a pool's nodes. */
export interface Taint {
  /** Key. */
  readonly key: string;
  /** Value. */
  readonly value: string;
  /** What becomes of pods that do not tolerate it. */
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** What a container asks for to have a GPU. */
export const GPU_RESOURCE = "nvidia.com/gpu";
/** Kubernetes lets pods that ask for the resource of this name tolerate it by themselves. */
export const GPU_TAINT: Taint = { key: GPU_RESOURCE, value: "true", effect: "NoSchedule" };
/** Of the pool that unitune adds for builds. */
export const BUILDER_TAINT: Taint = { key: "unitune.dev/builder", value: "true", effect: "NoSchedule" };
/** Keeps everything off the system nodes that does not say it belongs there, as add-ons of EKS and Karpenter do. */
export const SYSTEM_TAINT: Taint = { key: "CriticalAddonsOnly", value: "true", effect: "NoSchedule" };
/** What those say. */
export const SYSTEM_TOLERATION = { key: SYSTEM_TAINT.key, operator: "Exists" } as const;

interface TaintedPool {
  readonly kind: "cpu" | "gpu";
  readonly builder?: boolean;
  readonly taints: readonly Taint[];
}

/** The declared taints of a pool, and those that keep other pods off GPUs and off the builders. */
export function taintsOf({ kind, builder, taints }: TaintedPool): readonly Taint[] {
  const own = kind === "gpu" ? [GPU_TAINT] : builder ? [BUILDER_TAINT] : [];
  const declared = new Set(taints.map(({ key }) => key));
  return [...taints, ...own.filter(({ key }) => !declared.has(key))];
}
