/** The objects that `apply` creates in the cluster, besides Karpenter's charts. */
import type { Kube } from "../core/kube.ts";
import type { Config, Deployed } from "../plan/types.ts";
import { buildCaches } from "./build_caches.ts";
import { buildNamespace } from "./build_namespace.ts";
import { devicePlugins } from "./device_plugins.ts";
import { nodeClass } from "./node_class.ts";
import { nodePool } from "./node_pool.ts";
import { poolInputs } from "./pool_inputs.ts";
import { storageObjects } from "./storage.ts";
import type { ClusterTemplates } from "./templates.ts";

/** In the order in which they are created: namespaces, account, storage, device plugins, node classes, node pools. */
export function desiredObjects(config: Config, deployed: Deployed, templates: ClusterTemplates): Kube[] {
  const context = poolInputs(config, deployed, templates);
  return [
    ...buildNamespace(config, templates),
    ...buildCaches(config, templates),
    ...storageObjects(config, templates),
    ...devicePlugins(config, templates),
    ...config.pools.map((pool) => nodeClass(pool, context)),
    ...config.pools.map((pool) => nodePool(pool, context)),
  ];
}
