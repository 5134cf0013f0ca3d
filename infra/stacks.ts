/** The two stacks: the network, and the cluster, which is in that network or in an existing VPC. */
import {
  Aspects,
  CfnOutput,
  DefaultStackSynthesizer,
  type IStackSynthesizer,
  Stack,
  type TagProps,
  Tags,
} from "aws-cdk-lib/core";
import { CfnManagedPolicy, CfnRole } from "aws-cdk-lib/aws-iam";
import type { Construct, IConstruct } from "constructs";
import { CLUSTER, OUTPUTS, SERVICE_CIDR_OUTPUT, ZONES_OUTPUT } from "../lib/core/pins.ts";
import { placementGroupOutput, type StackKind, stackName } from "../lib/core/names.ts";
import type { Config, Iam, OwnNetwork } from "../lib/plan/types.ts";
import { Access } from "./access.ts";
import { Builds } from "./builds.ts";
import { CleanUp } from "./clean_up.ts";
import { ControlPlane } from "./cluster.ts";
import type { FunctionCode } from "./function.ts";
import { Karpenter } from "./karpenter.ts";
import { installerRole } from "./mirrors.ts";
import { type ClusterNetwork, existingNetwork, Network } from "./network.ts";
import { SystemNodes } from "./nodes.ts";
import { PLACEMENT_GROUP, PlacementGroups } from "./placement.ts";
import { Repositories } from "./repositories.ts";

/** The stacks of a config, in the order of their deployment. */
export function makeStacks(scope: Construct, config: Config, code: FunctionCode): Stack[] {
  const { network } = config;
  if (network.kind === "existing") return [new EksStack(scope, config, code, existingNetwork(network))];
  const vpc = new VpcStack(scope, config, code, network);
  const eks = new EksStack(scope, config, code, vpc.network);
  // References are not enough: routes and endpoints must exist before the first node, and until after the last.
  eks.addStackDependency(vpc);
  return [vpc, eks];
}

/** The region comes from the config; the account stays a pseudo parameter, so that templates contain no account. */
abstract class UnituneStack extends Stack {
  constructor(scope: Construct, kind: StackKind, config: Config, description: string) {
    super(scope, stackName(config.name, kind), {
      env: { region: config.region },
      description,
      // The toolkit checks the version of the bootstrap itself. Without CDK's parameter and rule, the template contains
      // only the stack, for people who read it or deploy it by hand.
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) as IStackSynthesizer,
    });
    for (const [key, value] of Object.entries(tagsOf(config))) Tags.of(this).add(key, value, untaggable(key));
    Aspects.of(this).add({ visit: (node) => bounded(node, config.iam) });
  }
}

/** What an organisation requires of every role, whichever construct creates it. */
function bounded(node: IConstruct, { rolePath, permissionsBoundary }: Iam): void {
  if (rolePath !== "/" && (node instanceof CfnRole || node instanceof CfnManagedPolicy)) node.path = rolePath;
  if (permissionsBoundary !== null && node instanceof CfnRole) node.permissionsBoundary = permissionsBoundary;
}

/** The user's tags, and ours, by which unitune finds everything that belongs to this cluster. */
function tagsOf(config: Config): Record<string, string> {
  return { ...config.tags, [CLUSTER.clusterTag]: config.name };
}

/** Changing the tags of a placement group replaces it and rolls its nodes: so it has only our tags. */
function untaggable(key: string): TagProps {
  return key === CLUSTER.clusterTag ? {} : { excludeResourceTypes: [PLACEMENT_GROUP] };
}

class VpcStack extends UnituneStack {
  readonly network: Network;
  readonly #zones: readonly string[];

  constructor(scope: Construct, config: Config, code: FunctionCode, network: OwnNetwork) {
    super(scope, "vpc", config, `Network of the unitune cluster ${config.name}`);
    this.#zones = network.zones;
    this.network = new Network(this, "Network", { name: config.name, network, code: code.defaultGroup });
    // From this output a later run knows the zones of the subnets.
    new CfnOutput(this, ZONES_OUTPUT, { value: network.zones.join(",") });
  }

  /** Ids in place of names: they need no lookup, and mean the same place in every account. */
  override get availabilityZones(): string[] {
    return [...this.#zones];
  }
}

class EksStack extends UnituneStack {
  constructor(scope: Construct, config: Config, code: FunctionCode, network: ClusterNetwork) {
    super(scope, "eks", config, `EKS, Karpenter and image builds of the unitune cluster ${config.name}`);
    const { name, region, mirrors, ebsKey, network: { isolated } } = config;
    const subnetIds = network.systemSubnetIds;
    const cluster = new ControlPlane(this, "ControlPlane", { name, cluster: config.cluster, subnetIds });
    const leftovers = new CleanUp(this, "CleanUp", { name, cluster, code: code.cleanUp });
    const nodes = new SystemNodes(this, "SystemNodes", {
      name,
      config: config.cluster,
      cluster,
      subnetIds,
      ebsKey,
      tags: tagsOf(config),
      mirrors,
    });
    const karpenter = new Karpenter(this, "Karpenter", {
      name,
      region,
      cluster,
      vpcId: network.vpcId,
      isolated,
      ebsKey,
      mirrors,
    });
    // Deleted in reverse order: nodes and Karpenter's role, then the leftovers, then what those depended on.
    nodes.group.addResourceDependency(leftovers.resource);
    karpenter.controller.association.addResourceDependency(leftovers.resource);
    const groups = new PlacementGroups(this, "PlacementGroups", config.pools);
    for (const resource of [...karpenter.nodeResources, ...groups.resources]) {
      leftovers.resource.addResourceDependency(resource);
    }
    const builds = new Builds(this, "Builds", { name, region, cluster, builder: config.builder });
    installerRole(this, config, cluster);
    new Repositories(this, "Repositories", config.images);
    new Access(this, "Access", { name, region, cluster, access: config.access });
    const outputs: Record<keyof typeof OUTPUTS, string> = {
      clusterName: cluster.ref,
      nodeRoleName: karpenter.nodeRoleName,
      nodeRoleArn: karpenter.nodeRoleArn,
      queueName: karpenter.queueName,
      contextBucket: builds.contextBucketName,
      pushRoleArn: builds.pushRoleArn,
    };
    for (const [key, value] of Object.entries(outputs)) {
      new CfnOutput(this, OUTPUTS[key as keyof typeof OUTPUTS], { value });
    }
    const { serviceCidr } = config.cluster;
    if (serviceCidr !== null) new CfnOutput(this, SERVICE_CIDR_OUTPUT, { value: serviceCidr });
    for (const [pool, value] of groups.names) new CfnOutput(this, placementGroupOutput(pool), { value });
  }
}
