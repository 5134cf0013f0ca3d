/** Walks a parsed module. Used only for messages: the sandbox decides what a config can reach. */
import type { AnyNode, ModuleDeclaration, Program, Statement } from "acorn";

/** This node and all nodes below it, in source order. */
export function* nodesOf(node: AnyNode): Generator<AnyNode> {
  // An explicit stack, as a source may nest deeper than the engine's call stack.
  const waiting: AnyNode[] = [node];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    yield next;
    waiting.push(...childrenOf(next).reverse());
  }
}

function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node).flatMap((value: unknown) => Array.isArray(value) ? value : [value]).filter(isNode);
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

/** A name in an import or a re-export. */
export interface ImportedName {
  /** The name in the module; `*` for all of it. */
  readonly name: string;
  /** The name in this file; for a re-export, the exported name. */
  readonly local: string;
  /** Offset of `name` in the file. */
  readonly at: number;
}

type Importing = Extract<Statement | ModuleDeclaration, { source?: unknown }>;

/** The statements of a module that refer to another module. */
export function importsOf(program: Program): Importing[] {
  return program.body.filter((one): one is Importing => "source" in one && one.source !== null);
}

/** Of `import a, { b as c, "d" as e } from …`, `import * as f from …`, `export { g } from …`; not of `export * from`. */
export function namesIn(statement: Importing): ImportedName[] {
  if (statement.type === "ExportAllDeclaration") {
    const { exported } = statement;
    return exported ? [{ name: "*", local: textOf(exported), at: exported.start }] : [];
  }
  return statement.specifiers.map((one) => {
    switch (one.type) {
      case "ImportSpecifier":
        return { name: textOf(one.imported), local: one.local.name, at: one.start };
      case "ExportSpecifier":
        return { name: textOf(one.local), local: textOf(one.exported), at: one.start };
      case "ImportDefaultSpecifier":
        return { name: "default", local: one.local.name, at: one.start };
      case "ImportNamespaceSpecifier":
        return { name: "*", local: one.local.name, at: one.start };
      default:
        return one satisfies never;
    }
  });
}

/** Exported names, with the local name of those that have one. */
export function exportsIn(program: Program): Map<string, string | undefined> {
  const names = new Map<string, string | undefined>();
  for (const one of program.body) {
    if (one.type === "ExportDefaultDeclaration") names.set("default", undefined);
    if (one.type === "ExportAllDeclaration" && one.exported) names.set(textOf(one.exported), undefined);
    if (one.type !== "ExportNamedDeclaration") continue;
    for (const { local, exported } of one.specifiers) {
      names.set(textOf(exported), one.source ? undefined : textOf(local));
    }
    for (const name of one.declaration ? declaredBy(one.declaration) : []) names.set(name, name);
  }
  return names;
}

function declaredBy(declaration: AnyNode): string[] {
  if (declaration.type === "FunctionDeclaration" || declaration.type === "ClassDeclaration") {
    return declaration.id ? [declaration.id.name] : [];
  }
  if (declaration.type !== "VariableDeclaration") return [];
  return declaration.declarations.flatMap(({ id }) => boundBy(id));
}

/** `{ a, b: [c], ...d }` binds a, c and d. */
function boundBy(pattern: AnyNode | null): string[] {
  switch (pattern?.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((one) => boundBy(one.type === "Property" ? one.value : one.argument));
    case "ArrayPattern":
      return pattern.elements.flatMap(boundBy);
    case "AssignmentPattern":
      return boundBy(pattern.left);
    case "RestElement":
      return boundBy(pattern.argument);
    default:
      return [];
  }
}

/** The text of a name or of a string in its place. */
export function textOf(node: AnyNode): string {
  return node.type === "Identifier" ? node.name : node.type === "Literal" ? String(node.value) : "";
}
