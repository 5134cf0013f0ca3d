/**
 * Answers to the linters cdk-nag and checkov: each finding that we do not follow has its reason beside the resource,
 * both in code and in the template.
 */
import { type CfnResource, Stack, Validations } from "aws-cdk-lib/core";
import type { IConstruct } from "constructs";
import type { PolicyDocument } from "./policy.ts";

/** `AwsSolutions-…` is a rule of cdk-nag, `CKV_…` one of checkov. */
type Rule = `AwsSolutions-${string}` | `CKV_${string}`;

export function answer(construct: IConstruct, reason: string, ...rules: Rule[]): void {
  const checkov = rules.filter((rule) => rule.startsWith("CKV_"));
  const resource = (construct.node.defaultChild ?? construct) as CfnResource;
  if (checkov.length > 0) {
    const before: object[] = resource.getMetadata("checkov")?.skip ?? [];
    resource.addMetadata("checkov", { skip: [...before, ...checkov.map((id) => ({ id, comment: reason }))] });
  }
  // What `Validations.acknowledge` writes, without its stack trace, which would put local paths into the assembly.
  const nag = rules.filter((rule) => !checkov.includes(rule)).map((rule) => [`Annotation::${rule}`, reason]);
  if (nag.length > 0) {
    resource.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, Object.fromEntries(nag));
  }
}

/** Answers cdk-nag for each AWS managed policy. */
export function answerManaged(construct: IConstruct, reason: string, arns: readonly string[]): void {
  for (const arn of arns) answer(construct, reason, `AwsSolutions-IAM4[Policy::${spelled(construct, arn)}]`);
}

/** Answers cdk-nag for exactly the resources with a wildcard in the policy's statements. */
export function answerWildcards(construct: IConstruct, reason: string, { Statement }: PolicyDocument): void {
  const resources = Statement.flatMap(({ Resource }) => Resource).map((resource) => spelled(construct, resource));
  for (const resource of new Set(resources)) {
    if (resource.includes("*")) answer(construct, reason, `AwsSolutions-IAM5[Resource::${resource}]`);
  }
}

/** A string with tokens as cdk-nag writes it: `arn:<AWS::Partition>:…`, `<LogicalId.Arn>/*`. */
function spelled(construct: IConstruct, text: string): string {
  const parts = (value: unknown): string => {
    if (typeof value === "string") return value;
    const { Ref, "Fn::GetAtt": attribute, "Fn::Join": join } = value as {
      Ref?: string;
      "Fn::GetAtt"?: string[];
      "Fn::Join"?: [string, unknown[]];
    };
    if (join) return join[1].map(parts).join(join[0]);
    return `<${Ref ?? attribute?.join(".")}>`;
  };
  return parts(Stack.of(construct).resolve(text));
}

export const LOGS_ENCRYPTED =
  "CloudWatch Logs encrypts them with its own key; one of ours would end with the stack, and " +
  "make what was logged unreadable when it is asked for";
