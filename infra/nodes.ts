/**
 * The system nodes: two small ones, in two zones, for what must run before Karpenter can make any other: CoreDNS and
 * Karpenter itself. And the add-ons around them, in the order that lets nodes become Ready.
 */
import { CfnLaunchTemplate } from "aws-cdk-lib/aws-ec2";
import { CfnAddon, CfnNodegroup } from "aws-cdk-lib/aws-eks-v2";
import { CfnRole } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { isGraviton } from "../lib/core/names.ts";
import { gibOf } from "../lib/core/units.ts";
import type { AddOn, Cluster as ClusterConfig } from "../lib/plan/types.ts";
import { answerManaged } from "./answers.ts";
import { AWS_POLICIES, nodePolicies, nodeTrust, tagList } from "./iam.ts";

export interface SystemNodesProps {
  readonly name: string;
  readonly config: ClusterConfig;
  readonly cluster: { readonly ref: string };
  readonly subnetIds: readonly string[];
  /** Of their volumes; `null`: the account's default for EBS. */
  readonly ebsKey: string | null;
  /** On the instances, their volumes and network cards. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Wanted by every node: no network, no service addresses, no roles for pods without them. */
const BEFORE_NODES = ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"];

export class SystemNodes extends Construct {
  readonly group: CfnNodegroup;

  constructor(scope: Construct, id: string, props: SystemNodesProps) {
    super(scope, id);
    const { version, systemNodes: { instanceTypes, count }, addOns } = props.config;
    const template = launchTemplate(this, props);
    const nodes = new CfnNodegroup(this, "Group", {
      clusterName: props.cluster.ref,
      nodeRole: nodeRole(this, props.name).attrArn,
      subnets: [...props.subnetIds],
      // An operating system without shell, package manager or login, read-only, that updates as a whole.
      amiType: instanceTypes.every(isGraviton) ? "BOTTLEROCKET_ARM_64" : "BOTTLEROCKET_x86_64",
      capacityType: "ON_DEMAND",
      instanceTypes: [...instanceTypes],
      // Named, so that a new version of the cluster rolls them.
      version,
      launchTemplate: { id: template.ref, version: template.attrLatestVersionNumber },
      // Karpenter's replicas never share a node; one more, so that an update has room.
      scalingConfig: { minSize: count, desiredSize: count, maxSize: count + 1 },
      updateConfig: { maxUnavailable: 1 },
    });
    this.group = nodes;
    for (const addOn of addOns) {
      const made = addon(this, addOn, props.cluster.ref);
      // All others are pods like any: they need nodes.
      if (BEFORE_NODES.includes(addOn.name)) nodes.addResourceDependency(made);
      else made.addResourceDependency(nodes);
    }
  }
}

function addon(scope: Construct, { name, version, configuration }: AddOn, clusterName: string): CfnAddon {
  return new CfnAddon(scope, name, {
    addonName: name,
    clusterName,
    ...(version && { addonVersion: version }),
    ...(configuration && { configurationValues: configuration }),
    resolveConflicts: "OVERWRITE",
  });
}

function nodeRole(scope: Construct, name: string): CfnRole {
  const role = new CfnRole(scope, "Role", {
    description: `System nodes of EKS cluster ${name}`,
    assumeRolePolicyDocument: nodeTrust(),
    managedPolicyArns: nodePolicies(),
  });
  answerManaged(role, AWS_POLICIES, nodePolicies());
  return role;
}

function launchTemplate(scope: Construct, { name, config, ebsKey, tags }: SystemNodesProps): CfnLaunchTemplate {
  const tagged = tagList({ ...tags, Name: `${name}-system` });
  return new CfnLaunchTemplate(scope, "LaunchTemplate", {
    tagSpecifications: [{ resourceType: "launch-template", tags: tagged }],
    launchTemplateData: {
      // IMDSv2 from the node itself only: with one hop, a pod's request dies before it gets the node's role.
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1, httpEndpoint: "enabled" },
      // Bottlerocket's two disks: the system, and what containers write.
      blockDeviceMappings: [["/dev/xvda", 4] as const, ["/dev/xvdb", gibOf(config.systemNodes.disk)] as const].map(
        ([device, size]) => disk(device, size, ebsKey),
      ),
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
        resourceType,
        tags: tagged,
      })),
    },
  });
}

function disk(
  deviceName: string,
  volumeSize: number,
  ebsKey: string | null,
): CfnLaunchTemplate.BlockDeviceMappingProperty {
  const ebs = { volumeSize, volumeType: "gp3", encrypted: true, deleteOnTermination: true };
  return { deviceName, ebs: { ...ebs, ...(ebsKey !== null && { kmsKeyId: ebsKey }) } };
}
