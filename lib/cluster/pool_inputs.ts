import { nodeProfileName } from "../core/names.ts";
import { CLUSTER } from "../core/pins.ts";
import type { Config, Deployed, Pool } from "../plan/types.ts";
import type { ClusterTemplates } from "./templates.ts";

/** What the objects of a pool depend on besides the pool. */
export interface PoolInputs {
  readonly cluster: string;
  /** Name (not ARN) of the nodes' role. */
  readonly nodeRoleName: string;
  /** Tags of everything that Karpenter creates in AWS. */
  readonly tags: Readonly<Record<string, string>>;
  /** The pools that builds run on. */
  readonly buildPools: readonly string[];
  /** The subnets of nodes, and whether they reach the Internet. */
  readonly network: Config["network"];
  /** The instance profile of nodes in an isolated network, where Karpenter cannot create one. */
  readonly nodeProfileName: string;
  /** The user's KMS key for volumes. */
  readonly ebsKey: string | null;
  /** Pool → name of the placement group that the stack created for it. */
  readonly placementGroups: Deployed["placementGroups"];
  readonly templates: ClusterTemplates;
}

export function poolInputs(config: Config, deployed: Deployed, templates: ClusterTemplates): PoolInputs {
  return {
    cluster: config.name,
    nodeRoleName: deployed.nodeRoleName,
    tags: { ...config.tags, [CLUSTER.clusterTag]: config.name },
    buildPools: [config.builder.pool, ...config.images.map(({ pool }) => pool)],
    network: config.network,
    nodeProfileName: nodeProfileName(config.name, config.region),
    ebsKey: config.ebsKey,
    placementGroups: deployed.placementGroups,
    templates,
  };
}

export function runsBuilds(pool: Pool, context: PoolInputs): boolean {
  return context.buildPools.includes(pool.name) || (pool.kind === "cpu" && pool.builder);
}
