/** NodePool: which instances a pool may have and how many, which pods they accept, and when Karpenter removes them. */
import { GPU_RESOURCE, taintsOf } from "../core/facts/taints.ts";
import type { NodePool } from "../core/karpenter.ts";
import { KINDS, type Kube } from "../core/kube.ts";
import { readObject } from "../core/templates.ts";
import type { Pool } from "../plan/types.ts";
import { pluginLabels } from "./device_plugins.ts";
import type { PoolInputs } from "./pool_inputs.ts";
import { requirements } from "./requirements.ts";

export function nodePool(pool: Pool, context: PoolInputs): Kube<"NodePool"> {
  const object = readObject(context.templates["node-pool.yaml"], KINDS.nodePool, pool.name);
  const { spec } = object.spec.template;
  const labels = { ...pool.labels, ...pluginLabels(pool) };
  const taints = taintsOf(pool);
  return {
    ...object,
    spec: {
      template: {
        ...(Object.keys(labels).length > 0 ? { metadata: { labels } } : {}),
        spec: {
          ...spec,
          nodeClassRef: { ...spec.nodeClassRef, name: pool.name },
          requirements: requirements(pool),
          ...(taints.length > 0 ? { taints } : {}),
          expireAfter: pool.expireAfter,
          ...(pool.terminationGracePeriod === null ? {} : { terminationGracePeriod: pool.terminationGracePeriod }),
        },
      },
      ...scale(pool),
      disruption: {
        consolidationPolicy: pool.consolidation.policy,
        consolidateAfter: pool.consolidation.after,
        budgets: pool.budgets.map((budget) => ({ ...budget })),
      },
    },
  };
}

/** For a pool of a fixed size Karpenter accepts neither a limit of CPUs nor a weight. */
function scale(pool: Pool): Pick<NodePool["spec"], "limits" | "replicas" | "weight"> {
  if (pool.replicas !== null) return { replicas: pool.replicas };
  return {
    limits: limits(pool),
    ...(pool.weight === null ? {} : { weight: pool.weight }),
  };
}

/** A pool of shared GPUs is limited by its nodes: Karpenter counts the GPUs that they advertise, more than they have. */
function limits(pool: Pool): Readonly<Record<string, string>> {
  if (pool.kind === "cpu") return { cpu: String(pool.maxCpus) };
  return pool.maxNodes === null ? { [GPU_RESOURCE]: String(pool.maxGpus) } : { nodes: String(pool.maxNodes) };
}
