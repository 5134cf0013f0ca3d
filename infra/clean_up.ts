/**
 * When the stack is deleted, deletes what Karpenter left: only the instances, launch templates, network interfaces and
 * instance profiles that have its tags and ours for this cluster; then the placement groups of those instances. So
 * deleting the stack leaves nothing behind, with unitune or by hand. It refers to the cluster of the stack: if that is
 * not created, because another cluster has its name, then neither is this resource, and a rollback deletes nothing.
 */
import { Aws, type CfnCustomResource, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { LEFTOVERS, type Mark, MARKS, type MarkSet, OURS, profilePath } from "../lib/core/facts/leftovers.ts";
import { CustomResource, regionalRead } from "./function.ts";
import { clusterArn } from "./iam.ts";
import type { Statement } from "./policy.ts";

/** In whole minutes, Lambda's maximum: a large GPU instance takes minutes to shut down. */
const TIMEOUT_SECONDS = 840;

interface CleanUpProps {
  readonly name: string;
  /** The cluster of the stack. */
  readonly cluster: { readonly arn: string };
  readonly code: string;
}

export class CleanUp extends Construct {
  /** Nodes and Karpenter's role are deleted before it, so nothing is launched meanwhile; what it frees, after it. */
  readonly resource: CfnCustomResource;

  constructor(scope: Construct, id: string, { name, cluster, code }: CleanUpProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.resource = new CustomResource(this, "Leftovers", {
      description: `Ends what Karpenter left of EKS cluster ${name}, when its stack is deleted`,
      code,
      timeoutSeconds: TIMEOUT_SECONDS,
      properties: { Cluster: name, ClusterArn: cluster.arn, Region: stack.region },
      statements: statements(name, stack.region, this),
      wildcards: "Reading has no resource to name; what is removed is tied to this cluster's tags",
    }).resource;
  }
}

/** What the function may delete, by the tags that it looks for. */
const SIDS: readonly (readonly [MarkSet, string])[] = [
  ["karpenter", "RemoveWhatKarpenterMade"],
  ["pods", "RemoveInterfacesOfPods"],
  ["unitune", "RemovePlacementGroups"],
];

function statements(name: string, region: string, scope: Construct): Statement[] {
  const own = Object.values(LEFTOVERS).filter(({ removedBy }) => removedBy === "stack");
  const profiles = LEFTOVERS["instance profile"], path = profilePath({ cluster: name, region });
  const Resource = `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:${profiles.resource}${path}*`;
  return [
    {
      Sid: "ReadTheCluster",
      Effect: "Allow",
      Action: "eks:DescribeCluster",
      Resource: clusterArn(name, region),
    },
    regionalRead(scope, ...own.map(({ list }) => list).filter((action) => action.startsWith("ec2:")).sort()),
    ...SIDS.map(([set, Sid]) => {
      const kinds = own.filter(({ marks }) => marks.includes(set));
      return {
        Sid,
        Effect: "Allow" as const,
        Action: one(kinds.flatMap(({ remove }) => remove).sort()),
        Resource: one(
          kinds.map(({ resource }) => `arn:${Aws.PARTITION}:ec2:${region}:${Aws.ACCOUNT_ID}:${resource}/*`).sort(),
        ),
        Condition: condition(MARKS[set](name)),
      };
    }),
    { Sid: "ListInstanceProfiles", Effect: "Allow", Action: profiles.list, Resource: "*" },
    { Sid: "ReadTagsOfInstanceProfiles", Effect: "Allow", Action: "iam:ListInstanceProfileTags", Resource },
    {
      Sid: "RemoveInstanceProfiles",
      Effect: "Allow",
      Action: [...profiles.remove].sort(),
      Resource,
      Condition: condition([OURS(name)]),
    },
  ];
}

function one(all: readonly string[]): string | readonly string[] {
  return all.length === 1 ? all[0]! : all;
}

/** A tag with any value matches the pattern `*`. */
function condition(marks: readonly Mark[]): NonNullable<Statement["Condition"]> {
  const tags = (some: readonly Mark[]) => {
    return Object.fromEntries(some.map(({ key, value }) => [`aws:ResourceTag/${key}`, value ?? "*"]));
  };
  const exact = marks.filter(({ value }) => value !== null), any = marks.filter(({ value }) => value === null);
  return {
    ...(exact.length > 0 && { StringEquals: tags(exact) }),
    ...(any.length > 0 && { StringLike: tags(any) }),
  };
}
