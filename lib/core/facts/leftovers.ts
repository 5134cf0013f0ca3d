/**
 * What Karpenter, the VPC CNI and EKS may leave behind, told once: the clean-up function of the stack and its rights,
 * the removal and the proof of `destroy`, and `infra/permissions.json` are made from this table, or held to it by a test.
 */
import { CLUSTER_TAG, NODE_POOL_TAG, OWNED, ownerTag } from "./tags.ts";

/** A tag that a resource must have; `null`: with any value. */
export interface Mark {
  readonly key: string;
  readonly value: string | null;
}

type Marks = (cluster: string) => readonly Mark[];

/** Which tags make something this cluster's. */
export type MarkSet = "karpenter" | "pods" | "unitune" | "claims";

/** All tags of a set have to be there. */
export const MARKS: Readonly<Record<MarkSet, Marks>> = {
  /** Karpenter puts them on all that it launches instances with. */
  karpenter: (cluster) => [{ key: ownerTag(cluster), value: OWNED }, { key: NODE_POOL_TAG, value: null }],
  /** The VPC CNI's, on network interfaces for pods: a node that ends suddenly does not take them along. */
  pods: (cluster) => [{ key: "cluster.k8s.amazonaws.com/name", value: cluster }],
  unitune: (cluster) => [{ key: CLUSTER_TAG, value: cluster }],
  /** Volumes of nodes have the first of them, too; the other is the EBS CSI driver's, on each disk that it creates. */
  claims: (cluster) => [{ key: CLUSTER_TAG, value: cluster }, { key: "CSIVolumeName", value: null }],
};

/** What of this cluster may be left in the account. */
export type LeftoverKind =
  | "instance"
  | "launch template"
  | "instance profile"
  | "network interface"
  | "placement group"
  | "log group"
  | "disk";

/** Those that the stack's own function removes. */
export type StackLeftover = Exclude<LeftoverKind, "log group" | "disk">;

interface LeftoverFacts {
  /** Sets of tags: one of them is enough. */
  readonly marks: readonly MarkSet[];
  /** What has no tags to look for is under a path or a name. */
  readonly within?: (place: { readonly cluster: string; readonly region: string }) => string;
  /** The action that lists them. */
  readonly list: string;
  /** The actions that remove one, in their order. */
  readonly remove: readonly string[];
  /** Whether AWS gives the list in pages. */
  readonly pages: boolean;
  /** As ARNs name it; after it comes the id, or what `within` gives. */
  readonly resource: string;
  /** Who removes it: the stack's own function and `destroy` after it, `destroy` alone, or `destroy --delete-data`. */
  readonly removedBy: "stack" | "destroy" | "data";
}

/** In the order of their removal: each after what holds it. */
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
  // EKS may write its last lines after the stack removed the group, and so create it again.
  "log group": {
    marks: [],
    within: ({ cluster }) => controlPlaneLogs(cluster),
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

/** States of an instance that is still there. */
export const LIVE_INSTANCES: string[] = ["pending", "running", "shutting-down", "stopping", "stopped"];
/** The status of a network interface that can be deleted: another one belongs to an instance that has to end first. */
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
