/** Permissions as IAM policies, ready to paste. */
import type { Permission } from "../core/ports.ts";
import type { Command } from "./parts.ts";

/** A statement of an IAM policy. */
export interface PolicyStatement {
  /** All statements here allow. */
  readonly Effect: "Allow";
  /** IAM actions, sorted. */
  readonly Action: readonly string[];
  /** ARNs or patterns. */
  readonly Resource: readonly string[];
  /** Conditions that the request must meet. */
  readonly Condition?: { readonly StringEquals: Readonly<Record<string, string>> };
}

/** An IAM policy, ready to paste. */
export interface PolicyDocument {
  /** Version of the policy language. */
  readonly Version: "2012-10-17";
  /** The statements. */
  readonly Statement: readonly PolicyStatement[];
}

/** Policies by command, and those of the role that CloudFormation uses. */
export type Policies = Readonly<Record<Command | "cloudformation", readonly PolicyDocument[]>>;

/** Longest managed policy that IAM accepts, in characters without white space. */
const LONGEST_POLICY = 6144;

/** The permissions as one policy, or as several if one would be too long for IAM. */
export function policyDocuments(permissions: readonly Permission[]): PolicyDocument[] {
  const documents: PolicyStatement[][] = [[]];
  for (const statement of statements(permissions)) {
    const last = documents.at(-1)!;
    if (last.length > 0 && JSON.stringify(documentOf([...last, statement])).length > LONGEST_POLICY) {
      documents.push([statement]);
    } else last.push(statement);
  }
  return documents.map(documentOf);
}

function documentOf(Statement: readonly PolicyStatement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement };
}

/** One statement for all actions on the same resources under the same conditions. */
function statements(permissions: readonly Permission[]): PolicyStatement[] {
  const groups = new Map<string, { readonly permission: Permission; readonly actions: Set<string> }>();
  for (const permission of permissions) {
    const key = JSON.stringify([[...permission.resources].sort(), permission.when ?? {}]);
    const group = groups.get(key) ?? { permission, actions: new Set<string>() };
    groups.set(key, group);
    group.actions.add(permission.action);
  }
  return [...groups.values()].map(({ permission: { resources, when }, actions }): PolicyStatement => ({
    Effect: "Allow",
    Action: [...actions].sort(),
    Resource: [...new Set(resources)].sort(),
    ...(when && { Condition: { StringEquals: when } }),
  }));
}
