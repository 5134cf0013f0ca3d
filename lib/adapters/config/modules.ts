/**
 * The modules that a config consists of, and what it may import: nothing but `unitune`, `unitune/config` and modules
 * whose real path lies inside the project root.
 */
import { basename, dirname, extname, resolve } from "node:path";
import { didYouMean, type Issue } from "../../config/issues.ts";
import { lineAndColumn } from "../../config/tokens.ts";
import { type ImportedName, importedNames } from "./clause.ts";
import { nameIssues } from "./names.ts";
import { ConfigProblem } from "./problem.ts";
import { issue, type LexedImport, readSource, type Source } from "./source.ts";
import { hiddenImport } from "./suspects.ts";
import { isInside, realPath } from "./walls.ts";

export interface ModuleImport {
  /** Real path of the module, or `null` for unitune's own. */
  readonly file: string | null;
  readonly names: readonly ImportedName[];
  /** The statement and, inside it, the specifier: offsets in `text`. */
  readonly start: number;
  readonly end: number;
  readonly specifierStart: number;
  readonly specifierEnd: number;
}

export interface ConfigModule {
  /** Real path. */
  readonly file: string;
  /** JavaScript; every character stands where it stood in the file. */
  readonly text: string;
  readonly imports: readonly ModuleImport[];
  /** Exported names, with the local name of those that have one. */
  readonly exports: ReadonlyMap<string, string | undefined>;
  /** Modules whose names are all exported too. */
  readonly stars: readonly (string | null)[];
}

/** Modules by real path, each after those that it imports; the config itself is the last. */
export type ModuleGraph = ReadonlyMap<string, ConfigModule>;

const OWN = ["unitune", "unitune/config"];
const ENDINGS = [".ts", ".mts", ".js", ".mjs"];
const MAX_MODULES = 64;

interface Walk {
  readonly root: string;
  readonly done: Map<string, ConfigModule>;
  readonly seen: Set<string>;
  readonly above: string[];
  readonly issues: Issue[];
}

/** `file` and `root` are real paths. Throws {@linkcode ConfigProblem} with every mistake found on the way. */
export async function readModules(file: string, root: string): Promise<ModuleGraph> {
  const walk: Walk = { root, done: new Map(), seen: new Set(), above: [], issues: [] };
  await visit(file, walk);
  walk.issues.push(...nameIssues(walk.done));
  if (walk.issues.length > 0) throw new ConfigProblem(walk.issues);
  return walk.done;
}

async function visit(file: string, walk: Walk): Promise<void> {
  walk.seen.add(file);
  const source = await readSource(file);
  if ("code" in source) {
    walk.issues.push(source);
    return;
  }
  walk.above.push(file);
  const imports: ModuleImport[] = [], byIndex: (string | null | undefined)[] = [];
  for (const one of source.imports) {
    const target = await targetOf(one, file, source, walk);
    byIndex.push(target);
    if (target !== undefined) imports.push(importOf(one, target, source.text));
  }
  const hidden = hiddenImport(source.text, source.imports.map((one) => [one.importStart, one.importEnd]));
  if (hidden !== undefined) {
    const message =
      "an import must be a statement at the top of the file: found one in a text, a comment or an expression";
    walk.issues.push(issue(file, "IMPORT", message, "remove it", lineAndColumn(source.text, hidden)));
  }
  walk.above.pop();
  walk.done.set(file, { file, text: source.text, imports, ...exportsOf(source, byIndex) });
}

function importOf(one: LexedImport, file: string | null, text: string): ModuleImport {
  return {
    file,
    names: importedNames(text.slice(one.importStart, one.importEnd), one.importStart),
    start: one.importStart,
    end: one.importEnd,
    specifierStart: one.start,
    specifierEnd: one.end,
  };
}

/** Real path of what is imported, read with all that it imports; `null`: unitune; `undefined`: refused, with its issue. */
async function targetOf(
  one: LexedImport,
  file: string,
  source: Source,
  walk: Walk,
): Promise<string | null | undefined> {
  const refuse = (message: string, hint?: string, offset = one.start) =>
    void walk.issues.push(issue(file, "IMPORT", message, hint, lineAndColumn(source.text, offset)));
  if (one.type === "dynamic") {
    return refuse("a config must not use import()", "import at the top of the file", one.importStart);
  }
  if (one.type === "import-meta") return refuse("a config must not use import.meta", undefined, one.importStart);
  if (one.attributes !== null || one.attributesStart !== -1 || one.phase !== null) {
    return refuse(
      "a config must import modules only: found an import with attributes or a phase",
      "export the data from a .ts file",
    );
  }
  const specifier = one.specifier;
  if (OWN.includes(specifier)) return null;
  if (!/^\.\.?\//.test(specifier)) {
    const rule = 'must be "unitune/config" or a relative path, as a config has no packages and no network';
    return refuse(`an import ${rule}: found ${JSON.stringify(specifier)}`, didYouMean(specifier, OWN));
  }
  const found = await locateModule(specifier, file, walk.root);
  if (typeof found !== "string") return refuse(found.message, found.hint);
  if (walk.above.includes(found)) {
    return refuse(`modules must not import each other in a circle: found ${JSON.stringify(specifier)}`);
  }
  if (walk.seen.has(found)) return found;
  if (walk.seen.size >= MAX_MODULES) return refuse(`a config must consist of at most ${MAX_MODULES} modules`);
  await visit(found, walk);
  return found;
}

async function locateModule(
  specifier: string,
  from: string,
  root: string,
): Promise<string | { message: string; hint?: string }> {
  const shown = JSON.stringify(specifier), path = resolve(dirname(from), specifier);
  const real = await realPath(path);
  // A path that leads out is refused before it is said whether there is anything.
  if (!isInside(real ?? path, [root])) {
    return { message: `an import must stay inside the folder of the config: found ${shown}, which leads out of it` };
  }
  if (real === null || !(await Deno.stat(real)).isFile) {
    return {
      message: `an import must name a file that is there: found ${shown}`,
      ...(await missingHint(specifier, path)),
    };
  }
  if (ENDINGS.includes(extname(real))) return real;
  return {
    message: `an import must be a module (${ENDINGS.join(", ")}): found ${shown}`,
    hint: "export the data from a .ts file",
  };
}

async function missingHint(specifier: string, path: string): Promise<{ hint?: string }> {
  for (const ending of ENDINGS) {
    if (await realPath(path + ending)) return { hint: `write "${specifier}${ending}", with its ending` };
  }
  const siblings: string[] = [];
  try {
    for await (const entry of Deno.readDir(dirname(path))) siblings.push(entry.name);
  } catch {
    // No such folder: no siblings to guess from.
  }
  const guess = didYouMean(basename(path), siblings.toSorted());
  return guess === undefined ? {} : { hint: guess };
}

function exportsOf(
  source: Source,
  targets: readonly (string | null | undefined)[],
): Pick<ConfigModule, "exports" | "stars"> {
  const names = new Map<string, string | undefined>(), stars: (string | null)[] = [];
  for (const one of source.exports) {
    if (one.type === "reexport-all") {
      const target = targets[one.importIndex];
      if (target !== undefined) stars.push(target);
    } else names.set(one.name, one.type === "direct" ? one.localName : undefined);
  }
  return { exports: names, stars };
}
