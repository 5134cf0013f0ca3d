/**
 * The system nodes: two small ones, in two zones, for what must run before Karpenter can make any other: CoreDNS and
 * Karpenter itself. And the add-ons around them, in the order that lets nodes become Ready.
 */
import { CfnLaunchTemplate } from "aws-cdk-lib/aws-ec2";
import { CfnAddon, CfnNodegroup } from "aws-cdk-lib/aws-eks-v2";
import { CfnRole } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { answerManaged } from "./answers.ts";
import { AWS_POLICIES, nodePolicies, nodeTrust, tagList } from "./iam.ts";

export interface SystemNodesProps {
  readonly name: string;
  readonly version: string;
  readonly cluster: { readonly ref: string };
  readonly subnetIds: readonly string[];
  /** On the instances, their volumes and network cards. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Wanted by every node: no network, no service addresses, no roles for pods without them. */
const BEFORE_NODES = ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"];
/** Pods like any other: they need nodes. */
const AFTER_NODES = ["coredns"];

export class SystemNodes extends Construct {
  readonly group: CfnNodegroup;

  constructor(scope: Construct, id: string, props: SystemNodesProps) {
    super(scope, id);
    const template = launchTemplate(this, props);
    const nodes = new CfnNodegroup(this, "Group", {
      clusterName: props.cluster.ref,
      nodeRole: nodeRole(this, props.name).attrArn,
      subnets: [...props.subnetIds],
      // An operating system without shell, package manager or login, read-only, that updates as a whole.
      amiType: "BOTTLEROCKET_x86_64",
      capacityType: "ON_DEMAND",
      instanceTypes: ["m6i.large", "m5.large"],
      // Named, so that a new version of the cluster rolls them.
      version: props.version,
      launchTemplate: { id: template.ref, version: template.attrLatestVersionNumber },
      // Karpenter's two replicas never share a node.
      scalingConfig: { minSize: 2, desiredSize: 2, maxSize: 3 },
      updateConfig: { maxUnavailable: 1 },
    });
    this.group = nodes;
    for (const name of BEFORE_NODES) nodes.addResourceDependency(addon(this, name, props.cluster.ref));
    for (const name of AFTER_NODES) addon(this, name, props.cluster.ref).addResourceDependency(nodes);
  }
}

function addon(scope: Construct, addonName: string, clusterName: string): CfnAddon {
  return new CfnAddon(scope, addonName, { addonName, clusterName, resolveConflicts: "OVERWRITE" });
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

function launchTemplate(scope: Construct, { name, tags }: SystemNodesProps): CfnLaunchTemplate {
  const tagged = tagList({ ...tags, Name: `${name}-system` });
  return new CfnLaunchTemplate(scope, "LaunchTemplate", {
    tagSpecifications: [{ resourceType: "launch-template", tags: tagged }],
    launchTemplateData: {
      // IMDSv2 from the node itself only: with one hop, a pod's request dies before it gets the node's role.
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1, httpEndpoint: "enabled" },
      // Bottlerocket's two disks: the system, and what containers write.
      blockDeviceMappings: [disk("/dev/xvda", 4), disk("/dev/xvdb", 30)],
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
        resourceType,
        tags: tagged,
      })),
    },
  });
}

function disk(deviceName: string, volumeSize: number): CfnLaunchTemplate.BlockDeviceMappingProperty {
  return { deviceName, ebs: { volumeSize, volumeType: "gp3", encrypted: true, deleteOnTermination: true } };
}
