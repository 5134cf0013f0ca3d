/**
 * Finds the place in the source where a path of the config object was written. Follows keys through object literals,
 * calls, functions, `const`s, spreads and imports; if it cannot follow further, it returns the place of the last key.
 */
import type { AnyNode, Program } from "acorn";
import type { Path, PathPart } from "../issues.ts";
import type { Place } from "../types.ts";
import { lineAndColumn } from "./lines.ts";
import { nodesOf, textOf } from "./nodes.ts";

/** A module as `locate` needs it: types stripped, every character at its original offset. */
export interface SourceModule {
  readonly file: string;
  readonly text: string;
  readonly program: Program;
  readonly imports: readonly {
    readonly file: string | null;
    readonly names: readonly { readonly name: string; readonly local: string }[];
  }[];
  /** Exported names, with the local name of those that have one. */
  readonly exports: ReadonlyMap<string, string | undefined>;
}

/** A node of a module. */
interface Spot {
  readonly module: SourceModule;
  readonly node: AnyNode;
}

type Modules = ReadonlyMap<string, SourceModule>;

/** Maximum number of names and calls to follow, so that circular references end too. */
const MAX_STEPS = 32;

export function locate(modules: Modules, file: string, path: Path): Place | undefined {
  const config = modules.get(file);
  let value = config && exported(modules, config, "default", 0), place = value;
  for (const part of path) {
    const holder = value && literalAt(modules, value, 0);
    const found = holder && entryIn(modules, holder, part, 0);
    if (!found) break;
    place = found.key;
    value = found.value;
  }
  return place && { file: place.module.file, ...lineAndColumn(place.module.text, place.node.start) };
}

/** The expression that an exported name refers to. */
function exported(modules: Modules, module: SourceModule, name: string, steps: number): Spot | undefined {
  const direct = module.program.body.find((one) => one.type === "ExportDefaultDeclaration");
  if (name === "default" && direct) return { module, node: direct.declaration };
  return declared(modules, module, module.exports.get(name) ?? name, steps);
}

/** The expression that a name in a module refers to, also when it is imported. */
function declared(modules: Modules, module: SourceModule, name: string, steps: number): Spot | undefined {
  for (const node of nodesOf(module.program)) {
    if (node.type === "VariableDeclarator" && node.init && textOf(node.id) === name) return { module, node: node.init };
    if (node.type === "FunctionDeclaration" && node.id?.name === name) return { module, node };
  }
  for (const { file, names } of module.imports) {
    const imported = names.find(({ local }) => local === name), other = file === null ? undefined : modules.get(file);
    if (imported && other && steps < MAX_STEPS) return exported(modules, other, imported.name, steps + 1);
  }
  return undefined;
}

/** The object or array literal that an expression evaluates to. */
function literalAt(modules: Modules, { module, node }: Spot, steps: number): Spot | undefined {
  if (steps >= MAX_STEPS) return undefined;
  const follow = (next: AnyNode | null | undefined) =>
    next ? literalAt(modules, { module, node: next }, steps + 1) : undefined;
  switch (node.type) {
    case "ObjectExpression":
    case "ArrayExpression":
      return { module, node };
    case "ArrowFunctionExpression":
      return follow(node.expression ? node.body : returned(node.body));
    case "FunctionExpression":
    case "FunctionDeclaration":
      return follow(returned(node.body));
    case "AwaitExpression":
      return follow(node.argument);
    case "ChainExpression":
      return follow(node.expression);
    case "Identifier": {
      const named = declared(modules, module, node.name, steps);
      return named && literalAt(modules, named, steps + 1);
    }
    case "MemberExpression": {
      const holder = node.computed ? undefined : follow(node.object);
      const found = holder && entryIn(modules, holder, textOf(node.property), steps + 1);
      return found && literalAt(modules, found.value, steps + 1);
    }
    case "CallExpression":
    case "NewExpression": {
      // A call evaluates to the literal that its function returns, or else to its first argument.
      const [first] = node.arguments;
      return (node.callee.type === "Identifier" ? follow(node.callee) : undefined) ?? follow(first);
    }
    default:
      return undefined;
  }
}

/** The value of a block's first `return`. */
function returned(body: AnyNode): AnyNode | null | undefined {
  for (const node of nodesOf(body)) if (node.type === "ReturnStatement") return node.argument;
  return undefined;
}

interface Entry {
  readonly key: Spot;
  readonly value: Spot;
}

function entryIn(modules: Modules, { module, node }: Spot, part: PathPart, steps: number): Entry | undefined {
  if (typeof part === "number") {
    const before = node.type === "ArrayExpression" ? node.elements.slice(0, part + 1) : [], element = before[part];
    // After a spread, positions are unknown.
    if (!element || before.some((one) => one?.type === "SpreadElement")) return undefined;
    return { key: { module, node: element }, value: { module, node: element } };
  }
  if (node.type !== "ObjectExpression") return undefined;
  const spreads: AnyNode[] = [];
  for (const property of node.properties.toReversed()) {
    if (property.type === "SpreadElement") spreads.push(property.argument);
    else if (!property.computed && textOf(property.key) === part) {
      return { key: { module, node: property.key }, value: { module, node: property.value } };
    }
  }
  for (const spread of steps < MAX_STEPS ? spreads : []) {
    const inner = literalAt(modules, { module, node: spread }, steps + 1);
    const found = inner && entryIn(modules, inner, part, steps + 1);
    if (found) return found;
  }
  return undefined;
}
