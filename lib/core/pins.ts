/**
 * The pinned facts: versions and images that a release of unitune was tested with.
 * Templates and manifests are a function of the config and these alone.
 */
export const PINS = {
  kubernetes: "1.35",
  /** Oldest minor version of Karpenter 1 for each version of Kubernetes. */
  karpenterFor: { "1.34": 6, "1.35": 9, "1.36": 13 },
  /**
   * Versions of the add-ons that every cluster has, by version of Kubernetes. For 1.34 and 1.35 EKS's own defaults of
   * September 2026, for 1.36 what a new cluster was given in October: read from `aws eks describe-addon-versions` and
   * `describe-addon` by several operators who publish what they pin; EKS's user guide has the same kube-proxy patch for
   * 1.34 and 1.35. `aws eks describe-addon-versions --kubernetes-version 1.36 --addon-name coredns` lists them.
   */
  addOns: {
    "1.34": {
      "vpc-cni": "v1.22.4-eksbuild.3",
      "kube-proxy": "v1.34.6-eksbuild.21",
      "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
      "coredns": "v1.12.4-eksbuild.29",
    },
    "1.35": {
      "vpc-cni": "v1.22.4-eksbuild.3",
      "kube-proxy": "v1.35.3-eksbuild.21",
      "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
      "coredns": "v1.13.2-eksbuild.21",
    },
    "1.36": {
      "vpc-cni": "v1.22.4-eksbuild.3",
      "kube-proxy": "v1.36.0-eksbuild.21",
      "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
      "coredns": "v1.14.3-eksbuild.16",
    },
  },
  karpenter: {
    version: "1.14.3",
    chart: "oci://public.ecr.aws/karpenter/karpenter",
    crdChart: "oci://public.ecr.aws/karpenter/karpenter-crd",
  },
  helmImage: "docker.io/alpine/helm:4.3.1",
  buildkit: {
    version: "v0.34.2",
    rootless: "docker.io/moby/buildkit:v0.34.2-rootless",
    privileged: "docker.io/moby/buildkit:v0.34.2",
  },
  /** What writes the list of an image's packages, as BuildKit runs it. */
  sbomScanner: "docker.io/docker/buildkit-syft-scanner:1.11.0",
  /** Node.js with zstd in its zlib: runs `templates/fetch-context.mjs`. */
  fetcherImage: "public.ecr.aws/docker/library/node:24-slim",
  /** Bottlerocket, as an exact alias: `@latest` would roll nodes by surprise. */
  bottlerocket: "bottlerocket@v1.50.0",
  devicePlugins: {
    efa: "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/aws-efa-k8s-device-plugin:v0.5.8",
    nvidia: "nvcr.io/nvidia/k8s-device-plugin:v0.17.0",
  },
} as const;

/** The add-on's version for this version of Kubernetes; `null` where this release knows none: EKS then chooses. */
export function pinnedAddOn(kubernetes: string, name: string): string | null {
  const pins: Readonly<Record<string, Readonly<Record<string, string>>>> = PINS.addOns;
  return pins[kubernetes]?.[name] ?? null;
}

/** Namespaces, accounts and labels that the cluster side agrees on. */
export const CLUSTER = {
  buildNamespace: "unitune-build",
  builderAccount: "unitune-builder",
  installNamespace: "unitune-install",
  karpenterNamespace: "kube-system",
  karpenterAccount: "karpenter",
  fieldManager: "unitune",
  managedByLabel: "app.kubernetes.io/managed-by",
  managedBy: "unitune",
  imageLabel: "unitune.dev/image",
  keyAnnotation: "unitune.dev/key",
  /** Put on the pushed image (OCI annotation) and compared before a tag is trusted. */
  imageKeyAnnotation: "dev.unitune.key",
  builderPool: "builder",
  builderTaint: "unitune.dev/builder",
  /** The tag by which Karpenter finds subnets and security groups; its value is the cluster's name. */
  discoveryTag: "karpenter.sh/discovery",
  /** Tag on everything that unitune makes in AWS; its value is the cluster's name. */
  clusterTag: "unitune:cluster",
} as const;

/**
 * AWS services that a node without a way to the Internet reaches by interface endpoints, besides S3 by a gateway: what
 * it needs to join, to pull from ECR and to take its roles, and Karpenter to launch it.
 */
export const NODES_NEED: readonly string[] = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "sqs", "ssm", "sts"];

/** Output of `<name>-vpc`: the zones by id, in their order, with commas between. */
export const ZONES_OUTPUT = "Zones";

/** Names of the outputs of `<name>-eks`: the typed references that exec fills in after a deployment. */
export const OUTPUTS = {
  clusterName: "ClusterName",
  nodeRoleName: "NodeRoleName",
  nodeRoleArn: "NodeRoleArn",
  queueName: "InterruptionQueueName",
  contextBucket: "ContextBucketName",
  pushRoleArn: "PushRoleArn",
} as const;
