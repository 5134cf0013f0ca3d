/** Loads a config file: reads it, checks its imports, evaluates it in the sandbox, resolves it. Makes no requests. */
import { basename, dirname, join, relative, resolve } from "node:path";
import type { PlainConfig } from "../../config/dsl.ts";
import { formatIssue, formatPath, type Issue } from "../../config/issues.ts";
import type { ResolveOptions } from "../../config/resolve/config.ts";
import { locate } from "../../config/source/locate.ts";
import type { LoadedConfig, Place } from "../../config/types.ts";
import type { GitFacts } from "../../core/git.ts";
import { UnituneError } from "../../core/errors.ts";
import { isTable } from "../../core/tables.ts";
import type { ModuleGraph } from "./module_graph.ts";
import { ConfigProblem } from "./problem.ts";
import { realPath } from "./walls.ts";

export interface LoadOptions {
  /** The config file. Default: `unitune.config.ts`, searched upward from `cwd`. */
  readonly file?: string | undefined;
  readonly cwd: string;
  readonly stage?: string | undefined;
  /** The region, instead of the config's. */
  readonly region?: string | undefined;
  /** The variables that the config may read. */
  readonly env: Readonly<Record<string, string>>;
  /** Additional folders that may hold contexts, Dockerfiles, ignore files and secrets. */
  readonly allowRead?: readonly string[] | undefined;
  /** Receives what the config writes to its console. */
  readonly log?: ((line: string) => void) | undefined;
  /** How long the evaluation may take. Default: 10 seconds. */
  readonly timeoutMs?: number | undefined;
}

/** A config, and what it was resolved from. */
export interface LoadedProject extends LoadedConfig {
  readonly plain: PlainConfig;
  readonly options: ResolveOptions;
  /** Real paths of the config and of the modules that it imports. */
  readonly modules: readonly string[];
  /** Where `pools.cpu.ami` was written: `unitune.config.ts:12:5`. `null`: it is no path of the config. */
  readonly placeOf: (path: string) => string | null;
}

const NAME = "unitune.config.ts";

/** Throws `CONFIG_NOT_FOUND`, or `CONFIG_INVALID` with a line for each mistake. */
export async function loadConfig(options: LoadOptions): Promise<LoadedProject> {
  const path = await findConfig(options), root = await Deno.realPath(dirname(path));
  const file = await Deno.realPath(path), asked = join(root, basename(path));
  let graph: ModuleGraph = new Map();
  try {
    if (file !== asked && dirname(file) !== root) throw new ConfigProblem([linkedOut(asked)]);
    const [{ readModules }, { evaluate }] = await Promise.all([import("./modules.ts"), import("./evaluate.ts")]);
    graph = await readModules(file, root);
    const plain = await evaluate(graph, file, root, {
      ...options,
      stage: options.stage,
      git: await gitOf(graph, root),
    });
    const { findPaths } = await import("./paths.ts"),
      { resolveConfig } = await import("../../config/resolve/config.ts");
    const allowed = await Promise.all((options.allowRead ?? []).map((folder) => allowedFolder(folder, options.cwd)));
    const found = await findPaths(plain.value, { root, allowed });
    const { stage, region } = options;
    const resolving = { contexts: found.contexts, folders: found.folders, cas: found.cas, stage, region };
    const { config, issues } = resolveConfig(plain, resolving);
    const all = [...issues, ...found.issues];
    if (config === null || all.length > 0) throw new ConfigProblem(all);
    const placeOf = (path: string) => placeIn(graph, file, plain, path, options.cwd);
    return { config, file, root, allowed, plain, options: resolving, modules: [...graph.keys()], placeOf };
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    throw invalid(error.issues, graph, file, options.cwd);
  }
}

async function allowedFolder(folder: string, cwd: string): Promise<string> {
  const real = await realPath(resolve(cwd, folder));
  if (real !== null) return real;
  throw new UnituneError("DIRECTORY_NOT_FOUND", `Cannot allow ${folder} to be read: it does not exist`, {
    path: "--allow-read",
    hint: "Name a folder that exists, or omit the flag",
  });
}

/** What Git knows, if a module may ask for it: to find out, every file that Git tracks is looked at. */
async function gitOf(graph: ModuleGraph, root: string): Promise<GitFacts | null> {
  if (![...graph.values()].some(({ text }) => /\bgit\b/.test(text))) return null;
  const { gitFacts } = await import("../git/facts.ts");
  return await gitFacts(root);
}

function linkedOut(file: string): Issue {
  const message = "a config must not be a link to another folder";
  return { code: "PATH", path: [], message, hint: "name the file itself with -c", place: { file, line: 1, column: 1 } };
}

async function findConfig({ file, cwd }: LoadOptions): Promise<string> {
  if (file !== undefined) {
    const path = resolve(cwd, file);
    if (await isFile(path)) return path;
    const lack = await realPath(path) === null ? "the file does not exist" : "it is not a file";
    throw new UnituneError("CONFIG_NOT_FOUND", `Cannot read the config as ${lack}: found ${file}`, {
      path: file,
      hint: `Name another file with -c, or omit -c to search upward for ${NAME}`,
    });
  }
  for (let folder = resolve(cwd);; folder = dirname(folder)) {
    if (await isFile(join(folder, NAME))) return await trusted(folder);
    if (folder === dirname(folder)) break;
  }
  throw new UnituneError(
    "CONFIG_NOT_FOUND",
    `Cannot find a config as neither ${resolve(cwd)} nor any folder above it holds ${NAME}`,
    {
      hint: "`unitune init` writes one into this folder; or name a config with -c",
    },
  );
}

/**
 * A config that nobody named runs with the caller's credentials: it must be the caller's own, or root's, as git asks of
 * a repository. Else whoever may write to a folder above could plant one.
 */
async function trusted(folder: string): Promise<string> {
  const path = join(folder, NAME);
  for (const each of [folder, path]) {
    const { uid } = await Deno.stat(each);
    if (isTrusted(uid, Deno.uid(), Deno.env.get("SUDO_UID"))) continue;
    throw new UnituneError(
      "CONFIG_FOREIGN",
      `Cannot use ${path}, found by searching upward: it belongs to another user`,
      {
        path: each,
        hint: `Name it with -c ${path} if you trust its owner`,
      },
    );
  }
  return path;
}

/** `sudo`: who runs the program by it, as sudo says. Systems without user ids trust. */
export function isTrusted(owner: number | null, uid: number | null, sudo: string | undefined): boolean {
  if (owner === null || uid === null) return true;
  return owner === 0 || owner === uid || (uid === 0 && String(owner) === sudo);
}

async function isFile(path: string): Promise<boolean> {
  return await realPath(path) !== null && (await Deno.stat(path)).isFile;
}

/** Of a path that goes further than the file, the place of its last part that was written. */
function placeIn(graph: ModuleGraph, file: string, { value }: PlainConfig, path: string, cwd: string): string | null {
  const parts = path.split(".").flatMap((part) => {
    const [, name = part, at] = /^(.*?)\[(\d+)\]$/.exec(part) ?? [];
    return at === undefined ? [name] : [name, Number(at)];
  });
  if (!isTable(value) || !Object.hasOwn(value, String(parts[0]))) return null;
  const found = locate(graph, file, parts);
  return found ? `${relative(cwd, found.file)}:${found.line}:${found.column}` : null;
}

/** One error with a line for each mistake, in the order of the file. */
function invalid(issues: readonly Issue[], graph: ModuleGraph, file: string, cwd: string): UnituneError {
  const shown = (place: Place): Place => ({ ...place, file: relative(cwd, place.file) });
  const placed = issues.map((issue) => {
    const place = issue.place ?? locate(graph, file, issue.path) ?? { file, line: 1, column: 1 };
    return { issue, place: shown(place) };
  });
  const config = relative(cwd, file);
  const order = placed.toSorted((a, b) => compare(a.place, b.place, config));
  const mistakes = order.length === 1 ? "1 mistake" : `${order.length} mistakes`;
  return new UnituneError("CONFIG_INVALID", `Cannot use ${config} as it has ${mistakes}`, {
    path: file,
    lines: order.map(({ issue, place }) => formatIssue(issue, place)),
    mistakes: order.map(({ issue: { code, message, path, hint, flag }, place }) => {
      return { code, message, path: flag ?? (formatPath(path) || undefined), hint, ...(!flag && { place }) };
    }),
  });
}

/** Sorts by file, the config before its imports, then by line and column. */
function compare(a: Place, b: Place, config: string): number {
  if (a.file !== b.file) return a.file === config ? -1 : b.file === config ? 1 : a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
