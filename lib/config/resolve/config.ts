/** Turns plain data into `Config`: fills in defaults and finds every mistake, without reading files. */
import { MAX_NAME, NAME_PATTERN } from "../../core/names.ts";
import { pinnedAmi } from "../../core/facts/kubernetes.ts";
import { isTable } from "../../core/tables.ts";
import type * as z from "zod";
import { accessIssues, accessOf, accessPartitionIssues } from "./access.ts";
import { builderOf, cacheOf, defaultPool } from "./builder.ts";
import { devicePluginIssues, devicePluginsOf } from "./device_plugins.ts";
import type { PlainConfig } from "../dsl.ts";
import { efaZoneIssues } from "./efa.ts";
import { check, unknownField } from "../explain.ts";
import { inBuildOrder, needIssues, repositoryIssues, resolveImage } from "./images.ts";
import { type Issue, show, withoutMisspelt } from "../issues.ts";
import { clusterIssues, clusterOf, iamOf, keyIssues } from "./infra.ts";
import { karpenterIssues, karpenterOf, zoneRegionIssues } from "./karpenter.ts";
import { networkOf, poolZoneIssues, serviceCidrIssues } from "./network.ts";
import { sorted, withBuildBudgets } from "./pool_fields.ts";
import { sharedIssues } from "./pool_knobs.ts";
import { resolvePool } from "./pools.ts";
import { referenceIssues } from "./references.ts";
import { name as nameSchema, SECTIONS } from "../schema/config.ts";
import { sourceIssues, type Sources } from "./sources.ts";
import { storageIssues, storageOf } from "./storage.ts";
import { tagIssues } from "./tags.ts";
import type { Config } from "../types.ts";

export interface ResolveOptions {
  readonly stage?: string | undefined;
  /** Replaces the config's region. */
  readonly region?: string | undefined;
  /** Real paths of the images' contexts, by image. */
  readonly contexts?: Readonly<Record<string, string>> | undefined;
  /** Real paths of the folders in their `contexts`, by image and name. */
  readonly folders?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
  /** Certificates of the builder's registries, by host. */
  readonly cas?: Readonly<Record<string, string>> | undefined;
}

export interface Resolved {
  /** `null` if there are issues. */
  readonly config: Config | null;
  readonly issues: readonly Issue[];
}

type Whole<K extends keyof typeof SECTIONS> = z.output<(typeof SECTIONS)[K]>;
/** The sections; of objects, their valid fields. */
type Sections = {
  readonly [K in keyof typeof SECTIONS]?: K extends
    "network" | "cluster" | "iam" | "storage" | "karpenter" | "devicePlugins" | "builder"
    ? Partial<NonNullable<Whole<K>>>
    : Whole<K>;
};

export function resolveConfig(plain: PlainConfig, options: ResolveOptions = {}): Resolved {
  const notPlain = plain.refused.map(notPlainIssue);
  if (!isTable(plain.value)) {
    const whole: Issue = {
      code: "INVALID_VALUE",
      path: [],
      message: `the config must be an object: found ${show(plain.value)}`,
    };
    return { config: null, issues: notPlain.length > 0 ? notPlain : [whole] };
  }
  const { region } = options, issues: Issue[] = [];
  const input: Readonly<Record<string, unknown>> = { ...plain.value, ...(region !== undefined && { region }) };
  const sections = checkSections(input, issues);
  if (region !== undefined) issues.forEach((one, at) => issues[at] = ofFlag(one, "region", "--region"));
  const name = clusterName(sections.name, options.stage, issues);
  const parts = resolveParts(input, sections, { ...options, cluster: name }, issues);
  const refused = [...notPlain, ...referenceIssues(plain.value)];
  const all = [...refused, ...withoutShadowed(withoutMisspelt(issues), refused)];
  return all.length > 0
    ? { config: null, issues: all }
    : { config: assemble(sections, name, options.stage, parts), issues: [] };
}

/** The parts of the config, each resolved and checked against the others. */
function resolveParts(
  input: Readonly<Record<string, unknown>>,
  sections: Sections,
  options: ResolveOptions & { readonly cluster: string },
  issues: Issue[],
): Parts {
  const { cluster: name, contexts = {}, folders = {} } = options;
  const pools = named(input.pools, "pools", issues, (pool, value) => resolvePool(pool, value, issues));
  const scope = { cluster: name, contexts, folders, pool: defaultPool(sections.builder), pools };
  const found = named(input.images, "images", issues, (image, value) => resolveImage(image, value, scope, issues));
  const images = inBuildOrder(found, issues);
  // An invalid region may be anything, even an object: it is reported, and nothing is concluded from it.
  const known = typeof sections.region === "string" ? sections.region : undefined;
  const { mirrors = {}, digests = {} } = sections, sources: Sources = { mirrors, digests };
  const storage = storageOf(sections.storage, known, issues);
  const disks = images.length > 0 && cacheOf(sections.builder) !== null;
  const cluster = clusterOf(sections.cluster, issues, { storage, disks, region: known });
  const karpenter = karpenterOf(cluster.version, sections.karpenter, sources);
  const devicePlugins = devicePluginsOf(sections.devicePlugins, known ?? "", sources);
  const access = accessOf(sections.access, issues);
  const place = { region: sections.region, written: isTable(input.network) ? Object.keys(input.network) : [] };
  const network = networkOf(sections.network ?? {}, place, issues);
  issues.push(...repositoryIssues(images), ...needIssues(found));
  issues.push(...partIssues(sections, { network, cluster, access, storage, karpenter, devicePlugins, pools }));
  issues.push(...sourceIssues(sources, known, karpenter.version));
  const declared = { names: isTable(input.pools) ? Object.keys(input.pools) : [], pools, region: known };
  const { builder, added } = builderOf(sections.builder, declared, found, options.cas ?? {}, sources, issues);
  const building = new Set([builder.pool, ...images.map((image) => image.pool)]);
  const all = [...pools, ...added].map((pool) => building.has(pool.name) ? withBuildBudgets(pool) : pool);
  return { network, cluster, access, storage, karpenter, devicePlugins, images, builder, pools: all };
}

/** Checks the rules between the parts. */
function partIssues(sections: Sections, parts: Omit<Parts, "images" | "builder">): readonly Issue[] {
  const { network, cluster, access, storage, karpenter, devicePlugins, pools } = parts;
  const known = typeof sections.region === "string" ? sections.region : undefined;
  return [
    ...clusterIssues(cluster, sections.region, karpenter.replicas),
    ...keyIssues(sections.ebsKey, sections.region, ["ebsKey"]),
    ...accessIssues(access, cluster.addOns),
    ...accessPartitionIssues(access, known),
    ...storageIssues(storage, known),
    ...karpenterIssues(karpenter, cluster.version, pools),
    ...sharedIssues(karpenter, pools),
    ...zoneRegionIssues(pools, sections.region),
    ...serviceCidrIssues(cluster.serviceCidr, network),
    ...poolZoneIssues(pools, network),
    ...efaZoneIssues(pools, sections.region),
    ...devicePluginIssues(devicePlugins, pools, sections.region),
  ];
}

function notPlainIssue({ path, found }: PlainConfig["refused"][number]): Issue {
  if (path.length > 0) {
    const hint = found === "a Promise" ? "await it at the top of the file" : undefined;
    return { code: "EVALUATION", path, message: `must be plain data: found ${found}`, hint };
  }
  return {
    code: "EVALUATION",
    path,
    message: `the default export must come from defineConfig: found ${found}`,
    hint: "write export default defineConfig({ … }); a function passed to it must not be async",
  };
}

/** Values that are not plain data are missing from the copy and would be reported a second time. */
function withoutShadowed(issues: readonly Issue[], notPlain: readonly Issue[]): readonly Issue[] {
  const reported = new Set(notPlain.map((issue) => JSON.stringify(issue.path)));
  return issues.filter((issue) => !reported.has(JSON.stringify(issue.path)));
}

function checkSections(input: Readonly<Record<string, unknown>>, issues: Issue[]): Sections {
  const known = [...Object.keys(SECTIONS), "pools", "images"];
  for (const key of Object.keys(input)) if (!known.includes(key)) issues.push(unknownField([key], key, known));
  const data = Object.entries(SECTIONS).map(([key, schema]) => {
    // If there is no cluster at all, its endpoint is what is missing.
    const value = key === "cluster" && input[key] === undefined ? {} : input[key];
    const checked = check(schema, value, [key]);
    issues.push(...checked.issues);
    return [key, checked.data ?? (isTable(value) ? checked.partial : undefined)];
  });
  issues.push(...tagIssues(Object.keys(isTable(input.tags) ? input.tags : {})));
  return Object.fromEntries(data);
}

/** The issue, as one of the flag that replaced the field. */
function ofFlag(issue: Issue, field: string, flag: string): Issue {
  return issue.path.length === 1 && issue.path[0] === field ? { ...issue, flag } : issue;
}

function clusterName(name: string | undefined, stage: string | undefined, issues: Issue[]): string {
  if (stage === undefined || name === undefined) return name ?? "unnamed";
  const full = `${name}-${stage}`;
  if (!NAME_PATTERN.test(full)) {
    const message = `the stage must be lower-case letters, digits and single hyphens: found ${show(stage)}`;
    issues.push({ code: "INVALID_NAME", path: [], message, flag: "--stage" });
  } else if (full.length > MAX_NAME) {
    const message = `must be at most ${MAX_NAME} characters together with the stage: found ${
      show(full)
    }, ${full.length}`;
    issues.push({ code: "INVALID_NAME", path: ["name"], message, hint: "shorten the name or the stage" });
  }
  return full;
}

/** The entries that can be resolved, sorted by name; names that AWS or Kubernetes would not accept are mistakes. */
function named<T>(
  value: unknown,
  section: string,
  issues: Issue[],
  resolve: (name: string, value: unknown) => T | undefined,
): readonly T[] {
  if (value === undefined) return [];
  if (!isTable(value)) {
    issues.push({
      code: "INVALID_VALUE",
      path: [section],
      message: `must be an object of ${section} by name: found ${show(value)}`,
    });
    return [];
  }
  return Object.keys(value).toSorted().flatMap((key) => {
    for (const issue of check(nameSchema, key, [section, key]).issues) {
      issues.push({ ...issue, code: "INVALID_NAME", message: `its name ${issue.message}` });
    }
    const resolved = resolve(key, value[key]);
    return resolved === undefined ? [] : [resolved];
  });
}

/** The parts of a config that have been checked against each other. */
type Parts = Pick<
  Config,
  | "network"
  | "cluster"
  | "access"
  | "storage"
  | "karpenter"
  | "devicePlugins"
  | "images"
  | "builder"
  | "pools"
>;

function assemble(
  sections: Sections,
  name: string,
  stage: string | undefined,
  parts: Parts,
): Config {
  return {
    ...parts,
    name,
    project: sections.name ?? name,
    stage: stage ?? null,
    region: sections.region ?? "",
    account: sections.account ?? null,
    tags: sorted(sections.tags ?? {}),
    mirrors: sorted(sections.mirrors ?? {}),
    iam: iamOf(sections.iam),
    ebsKey: sections.ebsKey ?? null,
    pools: parts.pools.map((pool) => ({ ...pool, ami: pinnedAmi(pool.ami, parts.cluster.version) }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
