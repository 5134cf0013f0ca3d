/** AWS tags: which keys are reserved, and by whom. A user's tag with such a key would affect whatever reads it. */
import { entryOf } from "../tables.ts";

/** The tag on everything that unitune creates in AWS; its value is the cluster's name. */
export const CLUSTER_TAG = "unitune:cluster";
/** The tag that CloudFormation puts on what a stack creates; its value is the ARN of the stack. */
export const STACK_ID_TAG = "aws:cloudformation:stack-id";
/** The name of the pool, on everything that Karpenter launches: a tag in AWS, a label in the cluster. */
export const NODE_POOL_TAG = "karpenter.sh/nodepool";

/** The AWS Load Balancer Controller's tag; its value is the cluster's name. */
export const BALANCER_TAG = "elbv2.k8s.aws/cluster";

/** The tag that says whether a cluster owns a resource; Karpenter and load balancers read it. */
export function ownerTag(cluster: string): string {
  return `kubernetes.io/cluster/${cluster}`;
}

export const OWNED = "owned";

/** How many tags a resource may have; those under `aws:` do not count. */
export const MOST_TAGS = 50;

/**
 * How many tags a resource has at most besides the user's: instances of Karpenter have `Name`, `unitune:cluster`,
 * `kubernetes.io/cluster/…`, `eks:eks-cluster-name`, `karpenter.sh/nodepool`, `karpenter.sh/nodeclaim` and
 * `karpenter.k8s.aws/ec2nodeclass`; three more are reserved for the future.
 */
export const OWN_TAGS = 10;

/** Who reads a reserved tag, and what the user's tag would cause. */
interface ReservedTag {
  /** What is reserved: a prefix, or a whole key. */
  readonly what: string;
  readonly reason: string;
}

const PREFIXES: Readonly<Record<string, string>> = {
  "aws:": "only AWS sets it",
  "aws-cdk:": "CDK marks subnets with it",
  "eks:": "EKS sets it, and Karpenter's node classes refuse it",
  "unitune:": "unitune uses it to find what belongs to this cluster",
};

/** Domains and their subdomains: `karpenter.sh`, `node.kubernetes.io`, `elbv2.k8s.aws`. */
const DOMAINS: Readonly<Record<string, string>> = {
  "karpenter.sh": "Karpenter uses it to find subnets and security groups, and would launch nodes in public subnets",
  "karpenter.k8s.aws": "Karpenter uses it to find its own instances and launch templates",
  "kubernetes.io": "load balancers use it to find subnets, and Karpenter's node classes refuse it",
  "k8s.io": "autoscalers and cloud controllers use it to find their groups",
  "k8s.aws": "AWS's controllers use it to find what they created",
  "k8s.amazonaws.com": "the VPC CNI uses it to find its network interfaces",
  "eks.amazonaws.com": "EKS uses it to find what it created",
  "csi.aws.com": "AWS's storage drivers use it to find their volumes",
};

/** Older keys that Kubernetes still reads. */
const KEYS: Readonly<Record<string, string>> = {
  KubernetesCluster: "Kubernetes uses it to find what belongs to a cluster",
};

/** Why a user may not set a tag with this key; `null`: the key is free. */
export function reservedTag(key: string): ReservedTag | null {
  const reason = entryOf(KEYS, key);
  if (reason !== undefined) return { what: key, reason };
  const prefix = Object.keys(PREFIXES).find((prefix) => key.toLowerCase().startsWith(prefix));
  if (prefix !== undefined) return { what: prefix, reason: PREFIXES[prefix]! };
  const domain = key.toLowerCase().split("/")[0]!;
  const owner = Object.keys(DOMAINS).find((owner) => domain === owner || domain.endsWith(`.${owner}`));
  return owner === undefined ? null : { what: `${owner}/`, reason: DOMAINS[owner]! };
}
