/** The AWS actions in `permissions.json` that unitune and its stacks need, with placeholders filled in for a config. */
import data from "../../infra/permissions.json" with { type: "json" };
import { partitionOf } from "../core/names.ts";
import type { Conditions, Identity, Permission } from "../core/ports.ts";
import type { Config } from "../plan/types.ts";
import { BOOTSTRAP_ROLES, bounded } from "./roles.ts";
import { ANY_CLUSTER, contextBuckets, madeBy, madeByAll, madeWhole } from "./names.ts";
import type { Command, PermissionPart } from "./parts.ts";
import type { Need } from "./verdict.ts";

/** The content of `permissions.json`. */
export interface PermissionsFile {
  /** What the caller of unitune needs, part by part. */
  readonly caller: readonly {
    readonly part: PermissionPart;
    readonly does: string;
    readonly permissions: readonly Entry[];
  }[];
  /** What CloudFormation's role needs, by type of resource in the stacks. */
  readonly cloudformation: {
    readonly part: "cloudformation";
    readonly does: string;
    readonly types: Readonly<Record<string, TypeActions>>;
    /** The resources of an action: those of the first scope that names it. */
    readonly scopes: readonly Scope[];
  };
}

/** Resources under conditions. */
interface Where {
  readonly on: readonly string[];
  readonly when?: Conditions;
  /** If nothing ties the resources to the cluster: why. */
  readonly everywhere?: string;
}

/** Where actions are allowed. */
interface Scope extends Where {
  readonly actions: readonly string[];
  /** Where they are allowed, too. */
  readonly or?: readonly Where[];
}

/** Actions on the same resources: either each with its call, or with the reason why tests see no call. */
export interface Entry extends Where {
  readonly commands: readonly Command[];
  /** Action → call, as `s3:GetObject` → `s3:HeadObject`. */
  readonly calls?: Readonly<Record<string, string>>;
  readonly actions?: readonly string[];
  readonly reason?: string;
  /** If the command can go on without it: what is then different. */
  readonly optional?: string;
}

/** What CloudFormation calls for a resource; `also`: actions missing in AWS's list for the type, with the reason. */
export interface TypeActions {
  readonly create?: readonly string[];
  readonly update?: readonly string[];
  readonly delete?: readonly string[];
  readonly also?: Readonly<Record<string, string>>;
}

/** The type of a JSON module follows its values; a test checks the file against this type. */
export const PERMISSIONS = data as unknown as PermissionsFile;

type Values = Readonly<Record<string, readonly string[]>>;
/** What of the config the permissions depend on. */
export type PolicyFacts = Pick<Config, "name" | "region" | "account" | "images" | "iam" | "ebsKey">;

/**
 * What the caller of a command needs, for all parts or for `parts`. Without a caller, ARNs of principals are patterns.
 * Throws for a part in which the command has no permissions, as nothing would be checked.
 */
export function callerPermissions(
  command: Command,
  config: PolicyFacts,
  options: { readonly parts?: readonly PermissionPart[] | undefined; readonly caller?: Identity | undefined } = {},
): Need[] {
  const values = valuesOf(config, options.caller);
  const needs = PERMISSIONS.caller.filter(({ part }) => options.parts?.includes(part) ?? true)
    .flatMap(({ part, permissions }) => {
      return permissions.filter(({ commands }) => commands.includes(command))
        .flatMap((entry) => needsOf(entry, part, values, config));
    });
  const empty = options.parts?.filter((asked) => !needs.some(({ part }) => part === asked)) ?? [];
  if (empty.length === 0) return needs;
  throw new Error(`Cannot check ${empty.join(", ")} for ${command}: permissions.json has no such permissions`);
}

function needsOf(entry: Entry, part: PermissionPart, values: Values, { iam }: PolicyFacts): Need[] {
  const { optional } = entry, resources = entry.on.flatMap((pattern) => filled(pattern, values));
  if (resources.length === 0) return [];
  return actionsOf(entry).flatMap((action) =>
    bounded({
      action,
      resources,
      part,
      ...withWhen(entry.when, values),
      ...(optional && { optional }),
    }, iam.permissionsBoundary)
  );
}

/**
 * What CloudFormation's role needs for all types of resources that our stacks can have. `cluster`: the name of the
 * cluster that it deploys, or `ANY_CLUSTER` for the role that all clusters of the region share.
 */
export function cloudFormationPermissions(config: PolicyFacts, cluster: string): Permission[] {
  const values = valuesOf(cluster === ANY_CLUSTER ? anyOf(config) : { ...config, name: cluster }),
    { types } = PERMISSIONS.cloudformation;
  const actions = Object.values(types).flatMap((type) => [
    ...type.create ?? [],
    ...type.update ?? [],
    ...type.delete ?? [],
    ...Object.keys(type.also ?? {}),
  ]);
  return [...new Set(actions)].sort().flatMap((action) => {
    const { or = [], ...scope } = scopeOf(action);
    return [scope, ...or].flatMap(({ on, when }) => {
      const resources = on.flatMap((pattern) => filled(pattern, values));
      return bounded({ action, resources, ...withWhen(when, values) }, config.iam.permissionsBoundary);
    });
  });
}

/** The same config for a cluster of any name, with roles under any path. */
function anyOf(config: PolicyFacts): PolicyFacts {
  return { ...config, name: ANY_CLUSTER, images: [], iam: { ...config.iam, rolePath: "/" } };
}

/** The first scope that names the action. */
function scopeOf(action: string): Scope {
  const scope = PERMISSIONS.cloudformation.scopes.find(({ actions }) =>
    actions.some((pattern) => named(action, pattern))
  );
  if (!scope) throw new Error(`Cannot scope ${action}: permissions.json has no scope for it`);
  return scope;
}

/** Conditions with their placeholders filled in, without those that any value or none meets. */
function withWhen(when: Conditions = {}, values: Values): { readonly when?: Conditions } {
  const conditions = Object.entries(when).flatMap(([operator, keys]) => {
    const each = Object.entries(keys).map(([key, value]) => {
      const accepted = [value].flat().flatMap((one) => filled(one, values));
      return [filled(key, values)[0]!, accepted.length === 1 ? accepted[0]! : accepted] as const;
    }).filter(([, accepted]) => !(operator.endsWith("IfExists") && accepted === ANY_CLUSTER));
    return each.length === 0 ? [] : [[operator, Object.fromEntries(each)] as const];
  });
  return conditions.length === 0 ? {} : { when: Object.fromEntries(conditions) };
}

export function actionsOf({ calls, actions }: Entry): readonly string[] {
  return actions ?? Object.keys(calls ?? {});
}

/** `ec2:Describe*` matches `ec2:DescribeVpcs`. */
function named(action: string, pattern: string): boolean {
  return pattern.endsWith("*") ? action.startsWith(pattern.slice(0, -1)) : action === pattern;
}

function valuesOf({ name, region, account, images, iam, ebsKey }: PolicyFacts, caller?: Identity): Values {
  const ours = `${name}/`, repositories = images.map(({ repository }) => repository);
  const partition = caller?.partition ?? partitionOf(region), known = caller?.account ?? account ?? "*";
  return {
    partition: [partition],
    region: [region],
    account: [known],
    name: [name],
    made: madeByAll(name),
    ...Object.fromEntries(["CleanUp", "Karpenter", "Network"].flatMap((construct) => [
      [`made:${construct}`, madeBy(construct, name)],
      [`whole:${construct}`, [madeWhole(construct, name)]],
    ])),
    bucket: contextBuckets(name),
    path: [iam.rolePath],
    bootstrapRole: BOOTSTRAP_ROLES.map((role) => `cdk-hnb659fds-${role}-role-${known}-${region}`),
    ebsKey: ebsKey === null ? [] : [ebsKey],
    caller: [caller?.principalArn ?? `arn:${partition}:iam::${known}:role/*`],
    repository: name === ANY_CLUSTER
      ? [ANY_CLUSTER]
      : [`${ours}*`, ...new Set(repositories.filter((repository) => !repository.startsWith(ours)).sort())],
  };
}

/** The pattern with its placeholders filled in: one result for each value of a placeholder. */
function filled(pattern: string, values: Values): string[] {
  const placeholder = /\{(\w+(?::\w+)?)\}/.exec(pattern);
  if (!placeholder) return [pattern];
  const [found, key] = placeholder;
  const known = values[key!];
  if (!known) throw new Error(`Cannot fill in ${found}: permissions.json knows ${Object.keys(values).join(", ")}`);
  return known.flatMap((value) => filled(pattern.replace(found, () => value), values));
}
