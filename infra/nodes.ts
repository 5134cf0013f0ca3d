/**
 * The system nodes: two small nodes in two zones, for what must run before Karpenter can launch others: CoreDNS and
 * Karpenter itself. Also the add-ons, in the order in which nodes become Ready.
 */
import { Stack } from "aws-cdk-lib/core";
import { CfnLaunchTemplate } from "aws-cdk-lib/aws-ec2";
import { CfnAddon, CfnNodegroup } from "aws-cdk-lib/aws-eks-v2";
import { CfnRole } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { createHash } from "node:crypto";
import { tolerant } from "../lib/core/facts/add_on_tolerations.ts";
import { CSI_ADD_ONS } from "../lib/core/facts/add_ons.ts";
import { SYSTEM_TAINT } from "../lib/core/facts/taints.ts";
import { isGraviton } from "../lib/core/names.ts";
import { CLUSTER } from "../lib/core/pins.ts";
import { gibOf } from "../lib/core/units.ts";
import type { AddOn, Cluster as ClusterConfig, Config } from "../lib/plan/types.ts";
import { answerManaged } from "./answers.ts";
import { AWS_POLICIES, nodePolicies, nodeTrust, tagList, useOfVolumeKey } from "./iam.ts";
import { answerMirrors, nodeMirrors } from "./mirrors.ts";
import { rightsRole } from "./rights.ts";

interface SystemNodesProps {
  readonly name: string;
  readonly config: ClusterConfig;
  readonly cluster: { readonly ref: string };
  readonly subnetIds: readonly string[];
  /** The key of their volumes; `null`: the account's default for EBS. */
  readonly ebsKey: string | null;
  /** Tags of the instances, their volumes and network interfaces. */
  readonly tags: Readonly<Record<string, string>>;
  /** The mirrors that nodes pull from in place of public registries. */
  readonly mirrors: Config["mirrors"];
}

/** Every node needs these: without them pods have no network, no Service addresses and no roles. */
const BEFORE_NODES = ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"];

/** The effects in EKS's spelling. */
const TAINT = { ...SYSTEM_TAINT, effect: "NO_SCHEDULE" };

export class SystemNodes extends Construct {
  readonly group: CfnNodegroup;

  constructor(scope: Construct, id: string, props: SystemNodesProps) {
    super(scope, id);
    const { version, systemNodes: { instanceTypes, count, release }, addOns } = props.config;
    const template = launchTemplate(this, props);
    const nodes = new CfnNodegroup(this, groupId(props), {
      clusterName: props.cluster.ref,
      nodeRole: nodeRole(this, props).attrArn,
      subnets: [...props.subnetIds],
      // A read-only operating system without shell, package manager or login, which is updated as a whole.
      amiType: instanceTypes.every(isGraviton) ? "BOTTLEROCKET_ARM_64" : "BOTTLEROCKET_x86_64",
      capacityType: "ON_DEMAND",
      instanceTypes: [...instanceTypes],
      // Set explicitly, so that a new version of the cluster or a new release of the image reaches the nodes.
      version,
      ...(release && { releaseVersion: release }),
      taints: [TAINT],
      launchTemplate: { id: template.ref, version: template.attrLatestVersionNumber },
      // Karpenter's replicas never share a node; one more node leaves room for updates.
      scalingConfig: { minSize: count, desiredSize: count, maxSize: count + 1 },
      updateConfig: { maxUnavailable: 1 },
    });
    this.group = nodes;
    for (const addOn of addOns) {
      const made = addon(this, addOn, props);
      // All other add-ons run as normal pods, which need nodes.
      if (BEFORE_NODES.includes(addOn.name)) nodes.addResourceDependency(made);
      else made.addResourceDependency(nodes);
    }
  }
}

/**
 * The id includes everything that requires new nodes, so that CloudFormation creates a new group and deletes the old
 * one after everything else is done. An update in place is not possible: CloudFormation refuses to change a group's
 * version, release or launch template together with its tags or anything else ("Version and ReleaseVersion updates
 * cannot be combined with other updates", aws-cdk#16644), and EKS cannot restore a group when a stack rolls back. Only
 * the number of nodes changes in place.
 */
function groupId(props: SystemNodesProps): string {
  const { config, tags } = props, { version, systemNodes: { count: _, ...nodes } } = config;
  const { [CLUSTER.clusterTag]: __, ...others } = tags;
  const machine = [METADATA_OPTIONS, disks(props)];
  const identity = JSON.stringify([version, nodes, TAINT, machine, Object.entries(others).sort()]);
  return `Group${createHash("sha256").update(identity).digest("hex").slice(0, 8)}`;
}

function addon(scope: Construct, { name, version, configuration, role }: AddOn, props: SystemNodesProps): CfnAddon {
  const arn = role && rightsRole(scope, `${name}-role`, role, {
    clusterName: props.name,
    region: Stack.of(scope).region,
    description: `Add-on ${name} of EKS cluster ${props.name}`,
    // Its StorageClass encrypts disks with the key of all other volumes.
    ...(name === CSI_ADD_ONS.ebs && props.ebsKey !== null && { statements: useOfVolumeKey(props.ebsKey) }),
  }).attrArn;
  const configurationValues = tolerant(name, configuration);
  return new CfnAddon(scope, name, {
    addonName: name,
    clusterName: props.cluster.ref,
    ...(version && { addonVersion: version }),
    ...(configurationValues && { configurationValues }),
    // The add-on's association is deleted with it.
    ...(arn && { podIdentityAssociations: [{ roleArn: arn, serviceAccount: role.serviceAccount }] }),
    resolveConflicts: "OVERWRITE",
  });
}

function nodeRole(scope: Construct, { name, mirrors }: SystemNodesProps): CfnRole {
  const role = new CfnRole(scope, "Role", {
    description: `System nodes of EKS cluster ${name}`,
    assumeRolePolicyDocument: nodeTrust(),
    managedPolicyArns: nodePolicies(),
    ...nodeMirrors({ mirrors }),
  });
  answerManaged(role, AWS_POLICIES, nodePolicies());
  answerMirrors(role, { mirrors });
  return role;
}

function launchTemplate(scope: Construct, props: SystemNodesProps): CfnLaunchTemplate {
  const tagged = tagList({ ...props.tags, Name: `${props.name}-system` });
  return new CfnLaunchTemplate(scope, "LaunchTemplate", {
    tagSpecifications: [{ resourceType: "launch-template", tags: tagged }],
    launchTemplateData: {
      metadataOptions: METADATA_OPTIONS,
      blockDeviceMappings: disks(props),
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
        resourceType,
        tags: tagged,
      })),
    },
  });
}

/** IMDSv2 for the node itself only: with a hop limit of 1, requests of pods do not get the node's role. */
const METADATA_OPTIONS = { httpTokens: "required", httpPutResponseHopLimit: 1, httpEndpoint: "enabled" };

/** Bottlerocket's two volumes: one for the system, one for what containers write. */
function disks({ config, ebsKey }: SystemNodesProps): CfnLaunchTemplate.BlockDeviceMappingProperty[] {
  const sizes = { "/dev/xvda": 4, "/dev/xvdb": gibOf(config.systemNodes.disk) };
  return Object.entries(sizes).map(([deviceName, volumeSize]) => {
    const ebs = { volumeSize, volumeType: "gp3", encrypted: true, deleteOnTermination: true };
    return { deviceName, ebs: { ...ebs, ...(ebsKey !== null && { kmsKeyId: ebsKey }) } };
  });
}
