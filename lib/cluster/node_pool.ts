/** NodePool: which instances a pool may have, who may land on them, how many, and when they go. */
import { CLUSTER } from "../core/pins.ts";
import type { KubeObject } from "../core/ports.ts";
import type { Pool, Taint } from "../plan/types.ts";
import type { PoolContext } from "./pool_context.ts";
import { requirements } from "./requirements.ts";
import { readObject } from "./templates.ts";

const GPU = "nvidia.com/gpu";

/** On nodes of a pool with EFA: what the EFA device plugin selects by. */
export const EFA_LABEL = "unitune.dev/efa";

export function nodePool(pool: Pool, context: PoolContext): KubeObject {
  const skeleton = readObject(context.templates["node-pool.yaml"]);
  const { template, disruption } = skeleton["spec"];
  const labels = { ...pool.labels, ...(pool.kind === "gpu" && pool.efa ? { [EFA_LABEL]: "true" } : {}) };
  const taints = allTaints(pool);
  return {
    ...skeleton,
    metadata: { ...skeleton.metadata, name: pool.name },
    spec: {
      template: {
        ...(Object.keys(labels).length > 0 ? { metadata: { labels } } : {}),
        spec: {
          ...template.spec,
          nodeClassRef: { ...template.spec.nodeClassRef, name: pool.name },
          requirements: requirements(pool),
          ...(taints.length > 0 ? { taints } : {}),
          ...lifetime(pool),
        },
      },
      limits: pool.kind === "cpu" ? { cpu: String(pool.maxCpus) } : { [GPU]: String(pool.maxGpus) },
      disruption: { ...disruption, ...consolidation(pool) },
    },
  };
}

/** The declared taints, and those that keep other pods off GPUs and off the builders. */
function allTaints(pool: Pool): Taint[] {
  const own: Taint[] = pool.kind === "gpu"
    ? [{ key: GPU, value: "true", effect: "NoSchedule" }]
    : pool.builder
    ? [{ key: CLUSTER.builderTaint, value: "true", effect: "NoSchedule" }]
    : [];
  const declared = new Set(pool.taints.map(({ key }) => key));
  return [...pool.taints, ...own.filter(({ key }) => !declared.has(key))];
}

/** A training run may take longer than any age limit; expiry would end it. */
function lifetime(pool: Pool): { readonly expireAfter?: string } {
  return pool.kind === "gpu" ? { expireAfter: "Never" } : {};
}

/** A node with a GPU is not emptied to save money; it, and a builder, wait a little for the next pod. */
function consolidation(pool: Pool): { readonly consolidationPolicy?: string; readonly consolidateAfter?: string } {
  if (pool.kind === "cpu" && !pool.builder) return {};
  return { consolidationPolicy: "WhenEmpty", consolidateAfter: "5m" };
}
