import { CLUSTER_TAG, NODE_POOL_TAG } from "./facts/tags.ts";

/**
 * The pinned facts: versions and images that a release of unitune was tested with; their digests are in
 * `core/facts/digests.ts`. Templates and manifests are a function of the config and these alone.
 */
export const PINS = {
  karpenter: {
    /** For a version of Kubernetes that needs a newer one `core/facts/kubernetes.ts` names that. */
    version: "1.14.3",
    chart: "public.ecr.aws/karpenter/karpenter",
    crdChart: "public.ecr.aws/karpenter/karpenter-crd",
    controller: "public.ecr.aws/karpenter/controller",
  },
  helmImage: "docker.io/alpine/helm:4.3.0",
  buildkit: {
    version: "v0.34.2",
    /** Runs as root: of the node, or of the pod's user namespace. */
    image: "docker.io/moby/buildkit:v0.34.2",
    /** Runs as uid 1000. */
    rootless: "docker.io/moby/buildkit:v0.34.2-rootless",
  },
  /** What writes the list of an image's packages, as BuildKit runs it. */
  sbomScanner: "docker.io/docker/buildkit-syft-scanner:1.11.0",
  /** Node.js with zstd in its zlib: runs `templates/fetch-context.mjs`. */
  fetcherImage: "public.ecr.aws/docker/library/node:24.18.0-slim",
  devicePlugins: {
    /** In EKS's registry of the region: `core/facts/eks_registries.ts`. */
    efa: "eks/aws-efa-k8s-device-plugin:v0.5.20",
    nvidia: "nvcr.io/nvidia/k8s-device-plugin:v0.20.1",
  },
} as const;

/** Kubernetes' own namespace: of Karpenter, of device plugins and of most add-ons. */
export const SYSTEM_NAMESPACE = "kube-system";

/** Namespaces, accounts and labels that the cluster side agrees on. */
export const CLUSTER = {
  buildNamespace: "unitune-build",
  builderAccount: "unitune-builder",
  installNamespace: "unitune-install",
  installerAccount: "unitune-installer",
  karpenterNamespace: SYSTEM_NAMESPACE,
  karpenterAccount: "karpenter",
  fieldManager: "unitune",
  managedByLabel: "app.kubernetes.io/managed-by",
  managedBy: "unitune",
  imageLabel: "unitune.dev/image",
  keyAnnotation: "unitune.dev/key",
  /** Put on a class so that Karpenter looks at it again. */
  askedAnnotation: "unitune.dev/asked",
  /** Put on the pushed image (OCI annotation) and compared before a tag is trusted. */
  imageKeyAnnotation: "dev.unitune.key",
  builderPool: "builder",
  /** The tag by which Karpenter finds subnets and security groups; its value is the cluster's name. */
  discoveryTag: "karpenter.sh/discovery",
  /** Tag on everything that unitune makes in AWS; its value is the cluster's name. */
  clusterTag: CLUSTER_TAG,
  /** Tag on the access entries that unitune makes: for an admin of the config, or for somebody who ran unitune. */
  accessTag: "unitune:access",
} as const;

const KARPENTER_PODS = `app.kubernetes.io/name=${CLUSTER.karpenterAccount}`;

/** How Karpenter's own pods are found, and how a person reads what they write. */
export const KARPENTER = {
  /** Label of nodes and NodeClaims: the pool that they are of. */
  poolLabel: NODE_POOL_TAG,
  /** Label of its own pods. */
  pods: KARPENTER_PODS,
  logs: `kubectl logs -n ${SYSTEM_NAMESPACE} -l ${KARPENTER_PODS}`,
} as const;

/**
 * AWS services that a node without a way to the Internet reaches by interface endpoints, besides S3 by a gateway: what
 * it needs to join, to pull from ECR and to take its roles, and Karpenter to launch it.
 */
export const NODES_NEED: readonly string[] = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "sqs", "ssm", "sts"];

/** Output of `<name>-vpc`: the zones by id, in their order, with commas between. */
export const ZONES_OUTPUT = "Zones";

/** Output of `<name>-eks`, if the config names the range of its Services: EKS chooses one where it does not. */
export const SERVICE_CIDR_OUTPUT = "ServiceCidr";

/** Names of the outputs of `<name>-eks`: the typed references that exec fills in after a deployment. */
export const OUTPUTS = {
  clusterName: "ClusterName",
  nodeRoleName: "NodeRoleName",
  nodeRoleArn: "NodeRoleArn",
  queueName: "InterruptionQueueName",
  contextBucket: "ContextBucketName",
  pushRoleArn: "PushRoleArn",
} as const;

/** In a plan, a value that only the deployment decides. */
export const KNOWN_AFTER_APPLY = "known-after-apply";
