/**
 * On deletion of the stack, ends what Karpenter left: instances, launch templates, network interfaces and instance
 * profiles that carry its tags for this cluster, or lie under its path, and no others; then the placement groups of
 * those instances. So whoever deletes the stack, with unitune or by hand, leaves nothing behind.
 */
import { Aws, type CfnCustomResource, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { LEFTOVERS, type Mark, MARKS, type MarkSet, profilePath } from "../lib/core/facts/leftovers.ts";
import { CustomResource, regionalRead } from "./function.ts";
import type { Statement } from "./policy.ts";

/** Lambda's longest, in round minutes: a large GPU instance takes some to shut down. */
const TIMEOUT_SECONDS = 840;

export class CleanUp extends Construct {
  /** Nodes and Karpenter's role go before it: nothing is launched behind its back. What it frees goes after it. */
  readonly resource: CfnCustomResource;

  constructor(scope: Construct, id: string, { name, code }: { readonly name: string; readonly code: string }) {
    super(scope, id);
    const stack = Stack.of(this);
    this.resource = new CustomResource(this, "Leftovers", {
      description: `Ends what Karpenter left of EKS cluster ${name}, when its stack is deleted`,
      code,
      timeoutSeconds: TIMEOUT_SECONDS,
      properties: { Cluster: name, Region: stack.region },
      statements: statements(name, stack.region, this),
      wildcards:
        "Reading has no resource to name; what is removed is tied to this cluster's tags, or lies under its path",
    }).resource;
  }
}

/** What the function may remove, by the tags that it looks for. */
const SIDS: readonly (readonly [MarkSet, string])[] = [
  ["karpenter", "RemoveWhatKarpenterMade"],
  ["pods", "RemoveInterfacesOfPods"],
  ["unitune", "RemovePlacementGroups"],
];

function statements(name: string, region: string, scope: Construct): Statement[] {
  const own = Object.values(LEFTOVERS).filter(({ removedBy }) => removedBy === "stack");
  const profiles = LEFTOVERS["instance profile"], path = profilePath({ cluster: name, region });
  return [
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
    {
      Sid: "RemoveInstanceProfiles",
      Effect: "Allow",
      Action: [...profiles.remove].sort(),
      Resource: `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:${profiles.resource}${path}*`,
    },
  ];
}

function one(all: readonly string[]): string | readonly string[] {
  return all.length === 1 ? all[0]! : all;
}

/** A tag with any value is one that is like anything. */
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
