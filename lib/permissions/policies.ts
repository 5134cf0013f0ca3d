/** Permissions as IAM policies, ready to paste. */
import type { Conditions, Permission } from "../core/ports.ts";
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
  readonly Condition?: Conditions;
}

/** An IAM policy, ready to paste. */
export interface PolicyDocument {
  /** Version of the policy language. */
  readonly Version: "2012-10-17";
  /** The statements. */
  readonly Statement: readonly PolicyStatement[];
}

/**
 * Policies by command, and those for the role that CloudFormation uses. `cloudformation` is for a role that deploys this
 * cluster alone. `bootstrap` is what unitune's bootstrap attaches to the role that all clusters of the region share.
 */
export type Policies = Readonly<Record<Command | "cloudformation" | "bootstrap", readonly PolicyDocument[]>>;

/** Longest managed policy that IAM accepts, in characters without white space. */
const LONGEST_POLICY = 6144;

/** The permissions as one policy, or as several if one would be too long for IAM. */
export function policyDocuments(permissions: readonly Permission[]): PolicyDocument[] {
  const documents: PolicyStatement[][] = [[]];
  for (const statement of statements(permissions).flatMap(shortened)) {
    const last = documents.at(-1)!;
    if (last.length > 0 && isTooLong([...last, statement])) documents.push([statement]);
    else last.push(statement);
  }
  return documents.map(documentOf);
}

/** A statement that is too long for a policy of its own becomes two, each with half of the resources. */
function shortened(statement: PolicyStatement): PolicyStatement[] {
  const { Resource } = statement, half = Math.ceil(Resource.length / 2);
  if (half === Resource.length || !isTooLong([statement])) return [statement];
  return [Resource.slice(0, half), Resource.slice(half)].flatMap((part) => shortened({ ...statement, Resource: part }));
}

function isTooLong(all: readonly PolicyStatement[]): boolean {
  return JSON.stringify(documentOf(all)).length > LONGEST_POLICY;
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
    ...(when && { Condition: when }),
  }));
}
