/**
 * What Karpenter, the VPC CNI and EKS may leave behind. The stack's clean-up function and its rights, the deletions and
 * the proof of `destroy`, and `infra/permissions.json` are derived from this table, or checked against it by a test.
 */
import { BALANCER_TAG, CLUSTER_TAG, NODE_POOL_TAG, OWNED, ownerTag } from "./tags.ts";

/** A tag that a resource must have; `null`: with any value. */
export interface Mark {
  readonly key: string;
  readonly value: string | null;
}

type Marks = (cluster: string) => readonly Mark[];

/** Names of the sets of tags by which a resource belongs to a cluster. */
export type MarkSet = "karpenter" | "pods" | "unitune" | "claims" | "owned" | "balancers";

/** unitune's tag: Karpenter copies it from the node class. What another cluster of this name left does not have it. */
export const OURS = (cluster: string): Mark => ({ key: CLUSTER_TAG, value: cluster });

/** A resource must have all tags of a set. */
export const MARKS: Readonly<Record<MarkSet, Marks>> = {
  /** Karpenter puts the first two on all that it launches instances with. */
  karpenter: (cluster) => [
    { key: ownerTag(cluster), value: OWNED },
    OURS(cluster),
    { key: NODE_POOL_TAG, value: null },
  ],
  /** The VPC CNI's, on network interfaces for pods: a node that ends suddenly does not take them along. */
  pods: (cluster) => [{ key: "cluster.k8s.amazonaws.com/name", value: cluster }],
  /** The cloud controller puts it on load balancers and their groups. */
  owned: (cluster) => [{ key: ownerTag(cluster), value: OWNED }],
  /** The AWS Load Balancer Controller's, on the same. */
  balancers: (cluster) => [{ key: BALANCER_TAG, value: cluster }],
  unitune: (cluster) => [OURS(cluster)],
  /** Volumes of nodes have the first of them, too; the other is the EBS CSI driver's, on each disk that it creates. */
  claims: (cluster) => [OURS(cluster), { key: "CSIVolumeName", value: null }],
};

/** Kinds of resources that a cluster may leave in the account. */
export type LeftoverKind =
  | "instance"
  | "launch template"
  | "instance profile"
  | "network interface"
  | "placement group"
  | "load balancer"
  | "security group"
  | "log group"
  | "disk";

/** The kinds that the stack's clean-up function deletes. */
export type StackLeftover = Exclude<
  LeftoverKind,
  "load balancer" | "security group" | "log group" | "disk"
>;

interface LeftoverFacts {
  /** Sets of tags, one of which is enough. */
  readonly marks: readonly MarkSet[];
  /** A path or a name, for resources that are not found by tags. */
  readonly within?: (place: { readonly cluster: string; readonly region: string }) => string;
  /** Is only the cluster's name on some of them, and no tag of unitune's? */
  readonly unmarked?: true;
  /** The action that lists them. */
  readonly list: string;
  /** The actions that delete one, in order. */
  readonly remove: readonly string[];
  /** Does AWS return the list in pages? */
  readonly pages: boolean;
  /** The service in ARNs; default: `ec2`. */
  readonly service?: string;
  /** The type of resource in ARNs; the id, or the result of `within`, follows it. */
  readonly resource: string;
  /** What deletes it: the stack's function and then `destroy`, only `destroy`, or only `destroy --delete-data`. */
  readonly removedBy: "stack" | "destroy" | "data";
}

/** In the order of their deletion: each after the resources that use it. */
export const LEFTOVERS: Readonly<Record<LeftoverKind, LeftoverFacts>> = {
  "instance": {
    marks: ["karpenter"],
    list: "ec2:DescribeInstances",
    remove: ["ec2:TerminateInstances"],
    pages: true,
    resource: "instance",
    removedBy: "stack",
  },
  "launch template": {
    marks: ["karpenter"],
    list: "ec2:DescribeLaunchTemplates",
    remove: ["ec2:DeleteLaunchTemplate"],
    pages: true,
    resource: "launch-template",
    removedBy: "stack",
  },
  "instance profile": {
    marks: [],
    within: profilePath,
    list: "iam:ListInstanceProfiles",
    remove: ["iam:RemoveRoleFromInstanceProfile", "iam:DeleteInstanceProfile"],
    pages: true,
    resource: "instance-profile",
    removedBy: "stack",
  },
  "network interface": {
    marks: ["karpenter", "pods"],
    unmarked: true,
    list: "ec2:DescribeNetworkInterfaces",
    remove: ["ec2:DeleteNetworkInterface"],
    pages: true,
    resource: "network-interface",
    removedBy: "stack",
  },
  "placement group": {
    marks: ["unitune"],
    list: "ec2:DescribePlacementGroups",
    remove: ["ec2:DeletePlacementGroup"],
    pages: false,
    resource: "placement-group",
    removedBy: "stack",
  },
  // A Service or an Ingress leaves them when its controller ends before it.
  "load balancer": {
    marks: ["owned", "balancers"],
    unmarked: true,
    list: "elasticloadbalancing:DescribeLoadBalancers",
    remove: ["elasticloadbalancing:DeleteLoadBalancer"],
    pages: true,
    service: "elasticloadbalancing",
    resource: "loadbalancer",
    removedBy: "destroy",
  },
  // Those of load balancers.
  "security group": {
    marks: ["owned", "balancers"],
    unmarked: true,
    list: "ec2:DescribeSecurityGroups",
    remove: ["ec2:DeleteSecurityGroup"],
    pages: true,
    resource: "security-group",
    removedBy: "destroy",
  },
  // EKS may write its last lines after the stack removed the group, and so create it again.
  "log group": {
    marks: [],
    within: ({ cluster }) => controlPlaneLogs(cluster),
    unmarked: true,
    list: "logs:DescribeLogGroups",
    remove: ["logs:DeleteLogGroup"],
    pages: true,
    resource: "log-group:",
    removedBy: "destroy",
  },
  "disk": {
    marks: ["claims"],
    list: "ec2:DescribeVolumes",
    remove: ["ec2:DeleteVolume"],
    pages: true,
    resource: "volume",
    removedBy: "data",
  },
};

/** States of an instance that still exists. */
export const LIVE_INSTANCES: string[] = ["pending", "running", "shutting-down", "stopping", "stopped"];
/** The status of a network interface that can be deleted; otherwise its instance must end first. */
export const FREE_INTERFACE = "available";

export interface Filter {
  Name: string;
  Values: string[];
}

/** Filters of EC2, one list for each set of tags. */
export function filtersOf(kind: LeftoverKind, cluster: string): Filter[][] {
  return LEFTOVERS[kind].marks.map((set) =>
    MARKS[set](cluster).map(({ key, value }) =>
      value === null ? { Name: "tag-key", Values: [key] } : { Name: `tag:${key}`, Values: [value] }
    )
  );
}

/** Karpenter keeps a cluster's instance profiles under a path of its own. */
export function profilePath({ cluster, region }: { readonly cluster: string; readonly region: string }): string {
  return `/karpenter/${region}/${cluster}/`;
}

/** The log group of a cluster's control plane, as EKS names it. */
export function controlPlaneLogs(cluster: string): string {
  return `/aws/eks/${cluster}/cluster`;
}
