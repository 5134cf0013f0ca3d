/** The AWS actions in `permissions.json` that unitune and its stacks need, with placeholders filled in for a config. */
import data from "../../infra/permissions.json" with { type: "json" };
import { partitionOf } from "../core/names.ts";
import type { Identity, Permission } from "../core/ports.ts";
import type { Config } from "../plan/types.ts";
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
    readonly scopes: readonly { readonly actions: readonly string[]; readonly on: readonly string[] }[];
  };
}

/** Actions on the same resources: either each with its call, or with the reason why tests see no call. */
export interface Entry {
  readonly on: readonly string[];
  readonly commands: readonly Command[];
  /** Condition keys and their values. */
  readonly when?: Readonly<Record<string, string>>;
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

/** CloudFormation shortens generated names that are too long; at least this many characters of our name remain. */
const KEPT_OF_NAME = 20;

type Values = Readonly<Record<string, readonly string[]>>;
type Facts = Pick<Config, "name" | "region" | "account" | "images" | "iam">;

/**
 * What the caller of a command needs, for all parts or for `parts`. Without a caller, ARNs of principals are patterns.
 * Throws for a part in which the command has no permissions, as nothing would be checked.
 */
export function callerPermissions(
  command: Command,
  config: Facts,
  options: { readonly parts?: readonly PermissionPart[] | undefined; readonly caller?: Identity | undefined } = {},
): Need[] {
  const values = valuesOf(config, options.caller);
  const needs = PERMISSIONS.caller.filter(({ part }) => options.parts?.includes(part) ?? true)
    .flatMap(({ part, permissions }) => {
      return permissions.filter(({ commands }) => commands.includes(command))
        .flatMap((entry) => needsOf(entry, part, values));
    });
  const empty = options.parts?.filter((asked) => !needs.some(({ part }) => part === asked)) ?? [];
  if (empty.length === 0) return needs;
  throw new Error(`Cannot check ${empty.join(", ")} for ${command}: permissions.json has no such permissions`);
}

function needsOf(entry: Entry, part: PermissionPart, values: Values): Need[] {
  const { optional } = entry, resources = entry.on.flatMap((pattern) => filled(pattern, values));
  const when = entry.when && Object.fromEntries(
    Object.entries(entry.when).map(([key, value]) => [filled(key, values)[0]!, filled(value, values)[0]!]),
  );
  return actionsOf(entry).map((action) => ({
    action,
    resources,
    part,
    ...(when && { when }),
    ...(optional && { optional }),
  }));
}

/** What CloudFormation's role needs for all types of resources that our stacks can have. */
export function cloudFormationPermissions(config: Facts): Permission[] {
  const values = valuesOf(config);
  const { types, scopes } = PERMISSIONS.cloudformation;
  const actions = Object.values(types).flatMap((type) => [
    ...type.create ?? [],
    ...type.update ?? [],
    ...type.delete ?? [],
    ...Object.keys(type.also ?? {}),
  ]);
  return [...new Set(actions)].sort().map((action) => {
    const scope = scopes.find(({ actions }) => actions.some((pattern) => named(action, pattern)));
    if (!scope) throw new Error(`Cannot scope ${action}: permissions.json has no scope for it`);
    return { action, resources: scope.on.flatMap((pattern) => filled(pattern, values)) };
  });
}

export function actionsOf({ calls, actions }: Entry): readonly string[] {
  return actions ?? Object.keys(calls ?? {});
}

/** `ec2:Describe*` matches `ec2:DescribeVpcs`. */
function named(action: string, pattern: string): boolean {
  return pattern.endsWith("*") ? action.startsWith(pattern.slice(0, -1)) : action === pattern;
}

function valuesOf({ name, region, account, images, iam }: Facts, caller?: Identity): Values {
  const ours = `${name}/`, repositories = images.map(({ repository }) => repository);
  const partition = caller?.partition ?? partitionOf(region), known = caller?.account ?? account ?? "*";
  return {
    partition: [partition],
    region: [region],
    account: [known],
    name: [name],
    cut: [name.slice(0, KEPT_OF_NAME)],
    path: [iam.rolePath],
    caller: [caller?.principalArn ?? `arn:${partition}:iam::${known}:role/*`],
    repository: [`${ours}*`, ...new Set(repositories.filter((repository) => !repository.startsWith(ours)).sort())],
  };
}

/** The pattern with its placeholders filled in: one result for each value of a placeholder. */
function filled(pattern: string, values: Values): string[] {
  const placeholder = /\{(\w+)\}/.exec(pattern);
  if (!placeholder) return [pattern];
  const [found, key] = placeholder;
  const known = values[key!];
  if (!known) throw new Error(`Cannot fill in ${found}: permissions.json knows ${Object.keys(values).join(", ")}`);
  return known.flatMap((value) => filled(pattern.replace(found, () => value), values));
}
