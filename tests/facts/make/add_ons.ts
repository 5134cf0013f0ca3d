/**
 * Makes `add-ons.json` from what is read by hand here: EKS tells its add-ons' versions to accounts alone. Each version
 * is one that operators publish as read from `aws eks describe-addon-versions` or pin in a cluster of that version of
 * Kubernetes, or that EKS's user guide listed as its newest.
 */
import { write } from "./sources.ts";

/** What runs with rights of its own, and which managed policies EKS recommends for it. */
interface Role {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** `arn:<partition>:iam::aws:policy/<this>`, sorted; none where the rights are to one's own buckets. */
  readonly policies: readonly string[];
  /** Whether the node's role gives the rights as well, as it does for the VPC CNI. */
  readonly nodeRoleIsEnough: boolean;
}

interface AddOn {
  readonly namespace: string;
  readonly role?: Role;
  /** Versions by version of Kubernetes, newest first; under "any" those for every version here. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
}

const builds = (version: string, ...numbers: readonly number[]) =>
  numbers.map((number) => `${version}-eksbuild.${number}`);

function role(serviceAccount: string, policies: readonly string[], rest: Partial<Role> = {}): Role {
  return { namespace: "kube-system", serviceAccount, policies, nodeRoleIsEnough: false, ...rest };
}

const ADD_ONS: Readonly<Record<string, AddOn>> = {
  "vpc-cni": {
    namespace: "kube-system",
    role: role("aws-node", ["AmazonEKS_CNI_Policy"], { nodeRoleIsEnough: true }),
    versions: {
      any: [
        ...builds("v1.23.2", 1),
        ...builds("v1.23.1", 1),
        ...builds("v1.23.0", 1),
        ...builds("v1.22.4", 3),
        ...builds("v1.22.3", 1),
        ...builds("v1.22.2", 1),
        ...builds("v1.21.1", 8, 3),
        ...builds("v1.20.4", 2, 1),
      ],
    },
  },
  "kube-proxy": {
    namespace: "kube-system",
    versions: {
      "1.34": [...builds("v1.34.6", 25, 21, 13), ...builds("v1.34.1", 2)],
      "1.35": [...builds("v1.35.3", 29, 25, 21, 18, 17, 13, 2), ...builds("v1.35.0", 2)],
      "1.36": builds("v1.36.0", 45, 25, 21, 17, 14, 13, 9, 2),
    },
  },
  "coredns": {
    namespace: "kube-system",
    versions: {
      "1.34": [...builds("v1.13.2", 24, 10), ...builds("v1.12.4", 29), ...builds("v1.12.3", 1)],
      "1.35": [...builds("v1.14.6", 4), ...builds("v1.14.3", 22, 16, 3, 2), ...builds("v1.13.2", 31, 21, 11)],
      "1.36": [
        ...builds("v1.14.7", 11, 10),
        ...builds("v1.14.6", 4),
        ...builds("v1.14.3", 23, 16, 14, 3),
        ...builds("v1.14.2", 4),
      ],
    },
  },
  "eks-pod-identity-agent": {
    namespace: "kube-system",
    versions: { any: [...builds("v1.4.0", 3, 2), ...builds("v1.3.10", 3, 2), ...builds("v1.3.9", 3)] },
  },
  "aws-ebs-csi-driver": {
    namespace: "kube-system",
    role: role("ebs-csi-controller-sa", ["service-role/AmazonEBSCSIDriverPolicy"]),
    versions: {
      any: [
        ...builds("v1.66.0", 1),
        ...builds("v1.65.0", 2, 1),
        ...builds("v1.63.1", 1),
        ...builds("v1.62.0", 1),
        ...builds("v1.61.1", 1),
        ...builds("v1.54.0", 1),
      ],
    },
  },
  "aws-efs-csi-driver": {
    namespace: "kube-system",
    role: role("efs-csi-controller-sa", ["service-role/AmazonEFSCSIDriverPolicy"]),
    versions: { any: [...builds("v3.4.2", 1), ...builds("v2.1.15", 1)] },
  },
  "aws-fsx-csi-driver": {
    namespace: "kube-system",
    role: role("fsx-csi-controller-sa", ["AmazonFSxFullAccess"]),
    versions: {},
  },
  "aws-mountpoint-s3-csi-driver": {
    namespace: "kube-system",
    role: role("s3-csi-driver-sa", []),
    versions: { any: builds("v2.7.0", 1) },
  },
  "amazon-cloudwatch-observability": {
    namespace: "amazon-cloudwatch",
    role: role("cloudwatch-agent", ["AWSXrayWriteOnlyAccess", "CloudWatchAgentServerPolicy"], {
      namespace: "amazon-cloudwatch",
    }),
    versions: { any: [...builds("v6.7.0", 1), ...builds("v4.8.0", 1), ...builds("v4.7.0", 1), ...builds("v4.3.1", 1)] },
  },
  "aws-network-flow-monitoring-agent": {
    namespace: "amazon-network-flow-monitor",
    role: role("aws-network-flow-monitor-agent-service-account", ["CloudWatchNetworkFlowMonitorAgentPublishPolicy"], {
      namespace: "amazon-network-flow-monitor",
    }),
    versions: { any: builds("v1.1.1", 1) },
  },
  "metrics-server": {
    namespace: "kube-system",
    versions: { any: [...builds("v0.9.0", 11, 10, 7), ...builds("v0.8.0", 6, 5)] },
  },
  "snapshot-controller": { namespace: "kube-system", versions: { any: builds("v8.3.0", 1) } },
  "eks-node-monitoring-agent": { namespace: "kube-system", versions: { any: builds("v1.7.2", 1) } },
  "aws-ec2-local-instance-store-csi-driver": { namespace: "kube-system", versions: { any: builds("v1.0.5", 2) } },
  "aws-secrets-store-csi-driver-provider": { namespace: "aws-secrets-manager", versions: { any: builds("v3.1.4", 1) } },
  "aws-guardduty-agent": { namespace: "amazon-guardduty", versions: {} },
  "adot": { namespace: "opentelemetry-operator-system", versions: {} },
  "cert-manager": { namespace: "cert-manager", versions: { any: builds("v1.19.2", 1) } },
  "external-dns": {
    namespace: "external-dns",
    role: role("external-dns", ["AmazonRoute53FullAccess"], { namespace: "external-dns" }),
    versions: {},
  },
  "kube-state-metrics": { namespace: "kube-state-metrics", versions: {} },
  "prometheus-node-exporter": { namespace: "prometheus-node-exporter", versions: {} },
};

write("add-ons.json", {
  source:
    "versions: public Terraform and CDK projects that pin them, with `describe-addon-versions` run between June and " +
    "October 2026 for 1.34 to 1.36, and EKS's user guide (managing-kube-proxy and the like) as of the same months; roles: " +
    "EKS's user guide, latest/ug/workloads/eks-add-ons.adoc and latest/ug/storage/*-csi.adoc at 4d52b4d05e34, the " +
    "CloudWatch user guide on the network flow monitor, `describe-addon-configuration` of external-dns as published",
  asOf: "2026-10-07",
  notes: [
    "newest first; EKS offers more versions than these: a version that is missing is one that nobody was seen to use",
    "an empty list of versions: EKS offers the add-on, no source tells a version",
    "1.37: no source tells which versions it has; EKS chooses where none is asked for",
    "kube-proxy may be up to three minor versions older than the API server",
    "role.policies empty: the rights name the cluster's own buckets, no managed policy fits",
    "network flow monitoring: CloudWatch's user guide, Install the EKS AWS Network Flow Monitor Agent add-on",
    "add-ons of the Marketplace are not listed",
  ],
  addOns: ADD_ONS,
});
