/** The cluster side of a config, as Kubernetes objects. Pure: the templates' text is handed in. */
export { desiredObjects, namespaceObjects } from "./desired.ts";
export { chartsHash, type HelmInput, helmJob, karpenterValues } from "./helm.ts";
export { nodeClass } from "./node_class.ts";
export { devicePlugins } from "./device_plugins.ts";
export { nodePool } from "./node_pool.ts";
export { type PoolContext, poolContext } from "./pool_context.ts";
export { requirements } from "./requirements.ts";
export { CLUSTER_TEMPLATES, type ClusterTemplates } from "./templates.ts";
