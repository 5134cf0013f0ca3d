/** The taints that keep pods off nodes that are not meant for them. */

/** A taint of a pool's nodes. */
export interface Taint {
  /** Key. */
  readonly key: string;
  /** Value. */
  readonly value: string;
  /** What happens to pods that do not tolerate it. */
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** The resource that a container requests to get a GPU. */
export const GPU_RESOURCE = "nvidia.com/gpu";
/** Kubernetes adds a toleration to pods that request the resource of this name. */
export const GPU_TAINT: Taint = { key: GPU_RESOURCE, value: "true", effect: "NoSchedule" };
/** The taint of the pool that unitune adds for builds. */
export const BUILDER_TAINT: Taint = { key: "unitune.dev/builder", value: "true", effect: "NoSchedule" };
/** Keeps pods off the system nodes, except those that tolerate it, as EKS add-ons and Karpenter do. */
export const SYSTEM_TAINT: Taint = { key: "CriticalAddonsOnly", value: "true", effect: "NoSchedule" };
/** The toleration of those pods. */
export const SYSTEM_TOLERATION = { key: SYSTEM_TAINT.key, operator: "Exists" } as const;

interface TaintedPool {
  readonly kind: "cpu" | "gpu";
  readonly builder?: boolean;
  readonly taints: readonly Taint[];
}

/** The declared taints of a pool, plus the taint that keeps other pods off GPUs or off builders. */
export function taintsOf({ kind, builder, taints }: TaintedPool): readonly Taint[] {
  const own = kind === "gpu" ? [GPU_TAINT] : builder ? [BUILDER_TAINT] : [];
  const declared = new Set(taints.map(({ key }) => key));
  return [...taints, ...own.filter(({ key }) => !declared.has(key))];
}
