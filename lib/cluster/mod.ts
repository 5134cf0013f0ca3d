/** The cluster side of a config, as Kubernetes objects. Pure: the text of the templates is an argument. */
export { desiredObjects } from "./desired.ts";
export { chartsHash, helmJob } from "./helm.ts";
export { nodeClass } from "./node_class.ts";
export { nodePool } from "./node_pool.ts";
export { poolInputs } from "./pool_inputs.ts";
export { CLUSTER_TEMPLATES, type ClusterTemplates } from "./templates.ts";
