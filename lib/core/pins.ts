import { CLUSTER_TAG, NODE_POOL_TAG } from "./facts/tags.ts";

/**
 * The pinned facts: the versions and images that this release of unitune was tested with; their digests are in
 * `core/facts/digests.ts`. Templates and manifests are a function of the config and these facts alone.
 */
export const PINS = {
  karpenter: {
    /** `core/facts/kubernetes.ts` names a newer one for versions of Kubernetes that require it. */
    version: "1.14.3",
    chart: "public.ecr.aws/karpenter/karpenter",
    crdChart: "public.ecr.aws/karpenter/karpenter-crd",
    controller: "public.ecr.aws/karpenter/controller",
  },
  helmImage: "docker.io/alpine/helm:4.3.0",
  buildkit: {
    version: "v0.34.2",
    /** Runs as root, either of the node or of the pod's user namespace. */
    image: "docker.io/moby/buildkit:v0.34.2",
    /** Runs as uid 1000. */
    rootless: "docker.io/moby/buildkit:v0.34.2-rootless",
  },
  /** Lists the packages of an image; BuildKit runs it. */
  sbomScanner: "docker.io/docker/buildkit-syft-scanner:1.11.0",
  /** Node.js with zstd in its zlib: runs `templates/fetch-context.mjs`. */
  fetcherImage: "public.ecr.aws/docker/library/node:24.18.0-slim",
  devicePlugins: {
    /** In EKS's registry of the region: `core/facts/eks_registries.ts`. */
    efa: "eks/aws-efa-k8s-device-plugin:v0.5.20",
    nvidia: "nvcr.io/nvidia/k8s-device-plugin:v0.20.1",
  },
} as const;

/** Kubernetes' own namespace, where Karpenter, device plugins and most add-ons run. */
export const SYSTEM_NAMESPACE = "kube-system";

/** Namespaces, accounts, labels and tags that several rooms use. */
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
  /** On Jobs: what they do not take from earlier builds, comma-separated. */
  freshAnnotation: "unitune.dev/fresh",
  /** Set on a node class so that Karpenter looks at it again. */
  askedAnnotation: "unitune.dev/asked",
  /** OCI annotation of a pushed image; compared before an image is reused. */
  imageKeyAnnotation: "dev.unitune.key",
  /** OCI annotation with short hashes of what the key is made of. */
  imagePartsAnnotation: "dev.unitune.parts",
  /** OCI annotation with an id of the build, of images that have a `maxAge`. */
  imageBuildAnnotation: "dev.unitune.build",
  builderPool: "builder",
  /** The StorageClass of volumes that hold the state of builds. */
  cacheStorageClass: "unitune-cache",
  /** The tag by which Karpenter finds subnets and security groups; its value is the cluster's name. */
  discoveryTag: "karpenter.sh/discovery",
  /** Tag on everything that unitune creates in AWS; its value is the cluster's name. */
  clusterTag: CLUSTER_TAG,
  /** Tag on access entries that unitune creates; its value: for an admin in the config, or for a caller of unitune. */
  accessTag: "unitune:access",
} as const;

const KARPENTER_PODS = `app.kubernetes.io/name=${CLUSTER.karpenterAccount}`;

/** Karpenter's labels, and the command that shows the log of its pods. */
export const KARPENTER = {
  /** Label of nodes and NodeClaims: the pool that they belong to. */
  poolLabel: NODE_POOL_TAG,
  /** Annotation of pods whose node it must not replace. */
  doNotDisrupt: "karpenter.sh/do-not-disrupt",
  /** Label selector of its own pods. */
  pods: KARPENTER_PODS,
  logs: `kubectl logs -n ${SYSTEM_NAMESPACE} -l ${KARPENTER_PODS}`,
} as const;

/**
 * AWS services that need an interface endpoint in a network without a way to the Internet (S3 has a gateway endpoint):
 * nodes use them to join, to pull from ECR and to assume their roles, and Karpenter uses them to launch nodes.
 */
export const NODES_NEED: readonly string[] = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "sqs", "ssm", "sts"];

/** One of these is the range of Services, if the config names none: the one that does not overlap with the VPC. */
export const EKS_SERVICE_RANGES: readonly string[] = ["10.100.0.0/16", "172.20.0.0/16"];

/** Output of `<name>-vpc`: the ids of its zones in order, comma-separated. */
export const ZONES_OUTPUT = "Zones";

/** Output of `<name>-eks`, only if the config names the range of its Services; otherwise EKS chooses one. */
export const SERVICE_CIDR_OUTPUT = "ServiceCidr";

/** Names of the outputs of `<name>-eks`: the typed references that actions fill in after a deployment. */
export const OUTPUTS = {
  clusterName: "ClusterName",
  nodeRoleName: "NodeRoleName",
  nodeRoleArn: "NodeRoleArn",
  queueName: "InterruptionQueueName",
  contextBucket: "ContextBucketName",
  pushRoleArn: "PushRoleArn",
} as const;

/** Stands in a plan for a value that only the deployment decides. */
export const KNOWN_AFTER_APPLY = "known-after-apply";
