/**
 * What EKS documents about its add-ons: which ServiceAccount calls AWS, with which managed policies, and what this
 * cluster needs that their charts leave out. Pods cannot use the role of their node (hop limit 1), so an add-on without
 * a role of its own crash-loops, or does nothing.
 *
 * Sources, read in November 2026: EKS's user guide ("AWS add-ons", "IAM roles for Amazon EKS add-ons"), the AWS Managed
 * Policy Reference for names and paths, the charts of the add-ons (aws-ebs-csi-driver 2.64, aws-efs-csi-driver of
 * v3.4.1, aws-fsx-csi-driver of v1.9.0, aws-mountpoint-s3-csi-driver of v2.7.0, amazon-cloudwatch-observability 6.4),
 * and the CloudWatch user guide on network flow monitor. `aws eks describe-addon-configuration --query
 * podIdentityConfiguration` lists ServiceAccounts and policies for any version.
 */

import { SYSTEM_NAMESPACE } from "../pins.ts";

/** The ServiceAccount of an add-on, and what it needs. */
export interface AddOnFacts {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Names of AWS managed policies, with their path; none where the rights depend on how the add-on is used. */
  readonly policies: readonly string[];
  /** Configuration values without which its pods do not reach all nodes that they must run on. */
  readonly configuration: Readonly<Record<string, unknown>>;
}

/** By name. */
export const ADD_ONS: Readonly<Record<string, AddOnFacts>> = {
  "aws-ebs-csi-driver": {
    namespace: SYSTEM_NAMESPACE,
    serviceAccount: "ebs-csi-controller-sa",
    policies: ["service-role/AmazonEBSCSIDriverPolicy"],
    // Its chart tolerates every taint on nodes; so do those of EFS and FSx, and the CloudWatch agents.
    configuration: {},
  },
  "aws-efs-csi-driver": {
    namespace: SYSTEM_NAMESPACE,
    serviceAccount: "efs-csi-controller-sa",
    policies: ["service-role/AmazonEFSCSIDriverPolicy"],
    configuration: {},
  },
  "aws-fsx-csi-driver": {
    namespace: SYSTEM_NAMESPACE,
    serviceAccount: "fsx-csi-controller-sa",
    policies: ["AmazonFSxFullAccess"],
    configuration: {},
  },
  "aws-mountpoint-s3-csi-driver": {
    namespace: SYSTEM_NAMESPACE,
    serviceAccount: "s3-csi-driver-sa",
    // It needs rights to buckets, which AWS cannot know.
    policies: [],
    // The add-on's default for nodes was `false`.
    configuration: { node: { tolerateAllTaints: true } },
  },
  "amazon-cloudwatch-observability": {
    namespace: "amazon-cloudwatch",
    serviceAccount: "cloudwatch-agent",
    policies: ["AWSXrayWriteOnlyAccess", "CloudWatchAgentServerPolicy"],
    configuration: {},
  },
  "aws-network-flow-monitoring-agent": {
    namespace: "amazon-network-flow-monitor",
    serviceAccount: "aws-network-flow-monitor-agent-service-account",
    policies: ["CloudWatchNetworkFlowMonitorAgentPublishPolicy"],
    configuration: {},
  },
};

/**
 * Configuration values of add-ons that need no role of their own. NetworkPolicies are off in the VPC CNI by default: the
 * API server then accepts them, and nothing enforces them. To enforce them it needs version 1.14 or newer, no further
 * rights, and Linux nodes with BPF, which AL2023 and Bottlerocket have. A pod starts without policies until the agent on
 * its node has seen them: NETWORK_POLICY_ENFORCING_MODE stays at its default, "standard", as with "strict" every pod of
 * the cluster, CoreDNS's too, is cut off until a policy allows it something. (EKS's user guide, "Restrict Pod network
 * traffic with Kubernetes network policies"; chart aws-vpc-cni of v1.23.0.)
 */
const CONFIGURED: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "vpc-cni": { enableNetworkPolicy: "true" },
};

/** Configuration values that unitune sets, and the user's own override. */
export function defaultConfiguration(name: string): Readonly<Record<string, unknown>> {
  return addOnFacts(name)?.configuration ?? CONFIGURED[name] ?? {};
}

/** `undefined` for an add-on that this release does not know. */
export function addOnFacts(name: string): AddOnFacts | undefined {
  return Object.hasOwn(ADD_ONS, name) ? ADD_ONS[name] : undefined;
}

/** The CSI drivers, by what they mount. */
export const CSI_ADD_ONS = {
  ebs: "aws-ebs-csi-driver",
  bucket: "aws-mountpoint-s3-csi-driver",
  efs: "aws-efs-csi-driver",
  fsx: "aws-fsx-csi-driver",
} as const;
