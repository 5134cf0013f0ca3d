/**
 * Reads the modules of a config and checks what it imports: only `unitune`, `unitune/config`, and modules whose real
 * path lies inside the project root. Mistakes are reported here, with their places. The sandbox's module loader
 * provides nothing else, whatever the code looks like.
 */
import type { AnyNode, ImportDeclaration, Program } from "acorn";
import { basename, dirname, extname, resolve } from "node:path";
import { didYouMean, type Issue } from "../../config/issues.ts";
import { lineAndColumn } from "../../config/source/lines.ts";
import { exportsIn, importsOf, namesIn, nodesOf, textOf } from "../../config/source/nodes.ts";
import type { ConfigModule, ModuleGraph, ModuleImport } from "./module_graph.ts";
import { nameIssues } from "./names.ts";
import { ConfigProblem } from "./problem.ts";
import { issue, readSource, type Source } from "./source.ts";
import { isInside, placeOf, realPath } from "./walls.ts";

const OWN: readonly string[] = ["unitune", "unitune/config"];
const ENDINGS = [".ts", ".mts", ".js", ".mjs"];
const MAX_MODULES = 64;

interface Walk {
  readonly root: string;
  readonly done: Map<string, ConfigModule>;
  readonly seen: Set<string>;
  readonly above: string[];
  readonly issues: Issue[];
}

/** `file` and `root` are real paths. Throws {@linkcode ConfigProblem} with every mistake that it finds. */
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
  const { text, program } = source;
  walk.above.push(file);
  walk.issues.push(...expressionIssues(program, text, file), ...repeatedKeys(program, text, file));
  const imports: ModuleImport[] = [], stars: (string | null)[] = [];
  for (const statement of importsOf(program)) {
    const target = await targetOf(statement as ImportDeclaration, file, source, walk);
    if (target === undefined) continue;
    imports.push({ specifier: textOf(statement.source!), file: target, names: namesIn(statement) });
    if (statement.type === "ExportAllDeclaration" && !statement.exported) stars.push(target);
  }
  walk.above.pop();
  walk.done.set(file, { file, text, program, imports, exports: exportsIn(program), stars });
}

/** Expressions that the sandbox would refuse only when it runs them. */
function expressionIssues(program: Program, text: string, file: string): Issue[] {
  const found = (node: AnyNode, what: string, hint?: string) =>
    issue(file, "IMPORT", `a config must not use ${what}`, hint, lineAndColumn(text, node.start));
  return [...nodesOf(program)].flatMap((node) => {
    if (node.type === "ImportExpression") return found(node, "import()", "import at the top of the file");
    return node.type === "MetaProperty" && node.meta.name === "import" ? found(node, "import.meta") : [];
  });
}

/** Keys that an object literal has twice: JavaScript takes the last one, and forgets the others silently. */
function repeatedKeys(program: Program, text: string, file: string): Issue[] {
  return [...nodesOf(program)].flatMap((node) => {
    if (node.type !== "ObjectExpression") return [];
    const lines = new Map<string, number>();
    return node.properties.flatMap((property) => {
      if (property.type !== "Property" || property.computed || property.kind !== "init") return [];
      const key = textOf(property.key), place = lineAndColumn(text, property.key.start), first = lines.get(key);
      lines.set(key, first ?? place.line);
      if (first === undefined) return [];
      const message = `the key ${JSON.stringify(key)} must be written once: found it in line ${first}, too`;
      return issue(file, "CONFLICT", message, "rename one of the two, or delete it", place);
    });
  });
}

/** Reads an imported module and its imports. Returns its real path; `null` for unitune; `undefined` if refused. */
async function targetOf(
  { source: { start, value }, attributes }: ImportDeclaration,
  file: string,
  source: Source,
  walk: Walk,
): Promise<string | null | undefined> {
  // The issue points at the text inside the quotes.
  const refuse = (message: string, hint?: string) =>
    void walk.issues.push(issue(file, "IMPORT", message, hint, lineAndColumn(source.text, start + 1)));
  if (attributes.length > 0) {
    return refuse(
      "a config must import only modules: found an import with attributes",
      "export the data from a .ts file",
    );
  }
  const specifier = String(value);
  if (OWN.includes(specifier)) return null;
  if (!/^\.\.?\//.test(specifier)) {
    const rule = 'must be "unitune/config" or a relative path, as a config has no packages and no network';
    return refuse(`an import ${rule}: found ${JSON.stringify(specifier)}`, didYouMean(specifier, OWN));
  }
  const found = await locateModule(specifier, file, walk.root);
  if (typeof found !== "string") return refuse(found.message, found.hint);
  if (walk.above.includes(found)) {
    return refuse(`modules must not import each other in a cycle: found ${JSON.stringify(specifier)}`);
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
  const place = await placeOf(path), real = await realPath(path);
  // Refuse an outside path first, so that the answer does not reveal whether the file exists.
  if (!isInside(place, [root])) {
    return { message: `an import must stay inside the folder of the config: found ${shown}, which is outside` };
  }
  if (real === null || !(await Deno.stat(real)).isFile) {
    return {
      message: `an import must name an existing file: found ${shown}`,
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
    if (await realPath(path + ending)) return { hint: `write "${specifier}${ending}", with the extension` };
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
