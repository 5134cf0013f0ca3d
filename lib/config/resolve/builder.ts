/** Where images are built: the builder, the pool that unitune adds for it, and what an image requires of its pool. */
import { archOf } from "../../core/names.ts";
import { CLUSTER, PINS } from "../../core/pins.ts";
import { bytesOf } from "../../core/units.ts";
import { cpusOf, secondsOf } from "../fields.ts";
import { mostDisk, vcpusOf } from "./build_sizes.ts";
import { buildkitImage, DEFAULT_ISOLATION, isolationIssues } from "./isolation.ts";
import { didYouMean, type Issue, oneOf, type Path, show } from "../issues.ts";
import { builderPool } from "./pool_fields.ts";
import { proxyOf } from "./proxy.ts";
import { pulledOf } from "./pull.ts";
import { reachOf } from "./reach.ts";
import { registriesOf } from "./registries.ts";
import type { BuilderIn } from "../schema/config.ts";
import { buildPulls, sourced, type Sources } from "./sources.ts";
import type { Builder, CpuPool, Image, Pool } from "../types.ts";

interface BuilderChoice {
  readonly builder: Builder;
  /** The pool that unitune adds, if it adds one. */
  readonly added: readonly Pool[];
}

interface Declared {
  /** Names in the config, including pools that could not be resolved. */
  readonly names: readonly string[];
  readonly pools: readonly Pool[];
  /** `undefined` if it is invalid. */
  readonly region: string | undefined;
}

/** The pool of images that do not name one. */
export function defaultPool(input: BuilderIn | undefined): string {
  return input?.pool ?? CLUSTER.builderPool;
}

/** The volumes for BuildKit's state, which need a driver in the cluster. */
export function cacheOf(input: BuilderIn | undefined): Builder["cache"] {
  return input?.cache === false ? null : { size: input?.cache?.size ?? "50Gi" };
}

export function builderOf(
  input: BuilderIn | undefined,
  declared: Declared,
  images: readonly Image[],
  cas: Readonly<Record<string, string>>,
  sources: Sources,
  issues: Issue[],
): BuilderChoice {
  const isolation = input?.isolation ?? DEFAULT_ISOLATION, concurrency = input?.concurrency ?? 4;
  const sbomScanner = sourced(PINS.sbomScanner, sources), registries = registriesOf(input?.registries, cas, issues);
  const pulled = pulledOf(input?.pull, declared.region, issues);
  const builder: Builder = {
    pool: defaultPool(input),
    concurrency,
    isolation,
    image: input?.image ?? sourced(buildkitImage(isolation), sources),
    fetcher: sourced(PINS.fetcherImage, sources),
    sbomScanner,
    cache: cacheOf(input),
    ttlSeconds: secondsOf(input?.ttl ?? "300s") ?? 0,
    nodeTimeoutSeconds: secondsOf(input?.nodeTimeout ?? "15m") ?? 0,
    registries,
    proxy: proxyOf(input?.proxy, issues),
    network: { allow: reachOf(input ?? {}, registries, issues) },
    pulls: buildPulls(sbomScanner, registries, pulled.flatMap(({ pattern, cache }) => cache ? [pattern] : [])),
    reads: pulled.flatMap(({ pattern, cache }) => cache ? [] : [pattern]).toSorted(),
  };
  if (input?.pool !== undefined) issues.push(...nameIssues(builder.pool, ["builder", "pool"], declared, ADDED));
  for (const image of images) issues.push(...imageIssues(image, builder.pool, declared));
  issues.push(...isolationIssues(input, builder, declared.pools, images, issues));
  if (input?.pool !== undefined) return { builder, added: [] };
  if (declared.names.includes(CLUSTER.builderPool)) {
    issues.push({
      code: "CONFLICT",
      path: ["pools", CLUSTER.builderPool],
      message: "has the same name as the pool that unitune adds for builds",
      hint: `rename it, or build on it: builder: { pool: "${CLUSTER.builderPool}" }`,
    });
  }
  // Added even if every image names its own pool: it costs nothing while it is empty, `unitune deploy` builds on it, and
  // it should not come and go with an option of an image.
  const arch = [...new Set(images.flatMap((image) => image.platforms.map(archOf)))].toSorted();
  const cpus = Math.max(1, ...images.map((image) => cpusOf(image.resources.cpu) ?? 0));
  return { builder, added: [builderPool(arch.length > 0 ? arch : ["amd64"], concurrency, cpus)] };
}

const ADDED = "leave it out: unitune adds a pool";

/** Checks that `name` is a CPU pool. `otherwise`: the hint if no name is close. */
function nameIssues(name: string, path: Path, { names, pools }: Declared, otherwise: string): Issue[] {
  const cpu = pools.filter((one) => one.kind === "cpu").map((one) => one.name);
  if (!names.includes(name)) {
    const message = `must be one of the CPU pools, ${oneOf(cpu)}: found ${show(name)}`;
    return [{ code: "UNKNOWN_REFERENCE", path, message, hint: didYouMean(name, cpu) ?? otherwise }];
  }
  if (pools.find((one) => one.name === name)?.kind !== "gpu") return [];
  const message = `must be a CPU pool, as builds never run on GPU nodes: found ${show(name)}`;
  return [{ code: "CONFLICT", path, message, hint: otherwise }];
}

/** An image that does not name a pool is checked against the builder's pool, if the config declares that one. */
function imageIssues(image: Image, builder: string, declared: Declared): Issue[] {
  const own = image.pool !== builder;
  const wrong = own
    ? nameIssues(image.pool, ["images", image.name, "pool"], declared, "leave it out to use the builder's pool")
    : [];
  const pool = declared.pools.find(({ name }) => name === image.pool);
  // A pool that is missing or could not be resolved has issues of its own.
  if (wrong.length > 0 || pool?.kind !== "cpu") return wrong;
  return [...archIssues(image, pool, own), ...sizeIssues(image, pool), ...diskIssues(image, pool)];
}

function archIssues(image: Image, pool: CpuPool, own: boolean): Issue[] {
  const lacking = image.platforms.filter((platform) => !pool.arch.includes(archOf(platform)));
  if (lacking.length === 0) return [];
  const [whose, field] = own ? ["its pool", "the image's pool"] : ["the builder's pool", "builder.pool"];
  return [{
    code: "CONFLICT",
    path: ["images", image.name, "platforms"],
    message: `must be platforms of ${whose} "${pool.name}", which has ${show(pool.arch)}: found ${show(lacking)}`,
    hint: `add ${show(lacking.map(archOf))} to the arch of pools.${pool.name}, or leave ${field} out`,
  }];
}

/** A pod whose requests fit no node of its pool would wait forever. */
function sizeIssues({ name, resources }: Image, pool: CpuPool): Issue[] {
  const cpus = cpusOf(resources.cpu) ?? 0, path = ["images", name, "resources", "cpu"];
  const sizes = pool.families.map((type) => ({ type, cpus: vcpusOf(type) }));
  const known = sizes.filter((size): size is { type: string; cpus: number } => size.cpus !== undefined);
  const largest = known.toSorted((a, b) => b.cpus - a.cpus)[0];
  const rule = (most: number, what: string) =>
    `must be less than ${most}, as ${what} and a node reserves some for itself: found ${show(resources.cpu)}`;
  if (largest && known.length === sizes.length && cpus >= largest.cpus) {
    const message = rule(
      largest.cpus,
      `${largest.type}, the largest type of pool "${pool.name}", has ${largest.cpus} vCPUs`,
    );
    const hint = `add a larger type to pools.${pool.name}.families, or request less`;
    return [{ code: "CONFLICT", path, message, hint }];
  }
  if (pool.maxCpus > 0 && cpus >= pool.maxCpus) {
    const message = rule(pool.maxCpus, `pool "${pool.name}" has at most ${pool.maxCpus} vCPUs in total`);
    return [{ code: "CONFLICT", path, message, hint: `raise pools.${pool.name}.maxCpus, or request less` }];
  }
  return [];
}

function diskIssues({ name, resources }: Image, pool: CpuPool): Issue[] {
  const most = mostDisk(pool);
  if ((bytesOf(resources.disk) ?? 0) <= most * 2 ** 30) return [];
  return [{
    code: "CONFLICT",
    path: ["images", name, "resources", "disk"],
    message:
      `must be at most ${most}Gi, as nodes of pool "${pool.name}" have disks of ${pool.disk} and keep some free: ` +
      `found ${show(resources.disk)}`,
    hint: `raise pools.${pool.name}.disk, or request less`,
  }];
}
