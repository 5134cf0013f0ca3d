/** The sources as the rules of the architecture see them: parsed once, never type-checked. */
import ts from "typescript";

/** One import, re-export, dynamic import or `import("…")` type. */
export interface Import {
  /** The module as it is written. */
  readonly specifier: string;
  /** Our own file that it means, by its path from the root; `null` for a package. */
  readonly to: string | null;
  readonly typeOnly: boolean;
  /** The names that are taken; `null`: the whole module, as a namespace. */
  readonly names: readonly string[] | null;
}

export interface Export {
  readonly name: string;
  /** A type or an interface: nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

export interface Fn {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

export interface Source {
  readonly file: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
  readonly functions: readonly Fn[];
  /** Every identifier in the file. */
  readonly identifiers: ReadonlySet<string>;
}

const ROOT = new URL("../../", import.meta.url);
const OWN: Readonly<Record<string, string>> = { "unitune": "lib/mod.ts", "unitune/config": "lib/config/mod.ts" };

/** TypeScript files of a folder (with `/` at the end) or a single file, by path from the root, sorted. */
export function filesOf(...places: readonly string[]): string[] {
  return places.flatMap((place) => {
    if (!place.endsWith("/")) return [place];
    return [...Deno.readDirSync(new URL(place, ROOT))].flatMap(({ name, isDirectory }) => {
      if (isDirectory) return filesOf(`${place}${name}/`);
      return name.endsWith(".ts") ? [`${place}${name}`] : [];
    });
  }).toSorted();
}

export function readSources(...places: readonly string[]): readonly Source[] {
  return filesOf(...places).map((file) => parse(file, Deno.readTextFileSync(new URL(file, ROOT))));
}

export function parse(file: string, text: string): Source {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext);
  const imports: Import[] = [], functions: Fn[] = [], identifiers = new Set<string>();
  const lineOf = (at: number) => tree.getLineAndCharacterOfPosition(at).line + 1;
  const visit = (node: ts.Node, name: string) => {
    if (ts.isIdentifier(node)) identifiers.add(node.text);
    const found = importOf(node, file);
    if (found) imports.push(found);
    const own = nameOf(node, tree) ?? name;
    if (isFunction(node)) {
      const line = lineOf(node.getStart(tree));
      functions.push({ name: own, line, lines: lineOf(node.end) - line + 1 });
    }
    ts.forEachChild(node, (child) => visit(child, own));
  };
  visit(tree, "(file)");
  const exports = tree.statements.flatMap(exportsOf);
  const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  return { file, text, lines, imports, exports, functions, identifiers };
}

function isFunction(node: ts.Node): boolean {
  return ts.isFunctionLike(node) && "body" in node && node.body !== undefined;
}

/** What a node calls itself, for the functions in it. */
function nameOf(node: ts.Node, tree: ts.SourceFile): string | undefined {
  const named = ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node) || isFunction(node);
  const { name } = node as { name?: ts.Node };
  return named && name ? name.getText(tree) : undefined;
}

function importOf(node: ts.Node, file: string): Import | null {
  const made = (from: ts.Node | undefined, typeOnly: boolean, names: readonly string[] | null): Import | null => {
    if (!from || !ts.isStringLiteralLike(from)) return null;
    return { specifier: from.text, to: resolve(from.text, file), typeOnly, names };
  };
  if (ts.isImportDeclaration(node)) {
    const clause = node.importClause, bindings = clause?.namedBindings;
    const namespace = bindings !== undefined && ts.isNamespaceImport(bindings);
    const named = bindings && ts.isNamedImports(bindings) ? bindings.elements.map(takenName) : [];
    return made(
      node.moduleSpecifier,
      clause?.isTypeOnly ?? false,
      namespace ? null : [...(clause?.name ? ["default"] : []), ...named],
    );
  }
  if (ts.isExportDeclaration(node)) {
    const named = node.exportClause && ts.isNamedExports(node.exportClause);
    const names = named ? (node.exportClause as ts.NamedExports).elements.map(takenName) : null;
    return made(node.moduleSpecifier, node.isTypeOnly, names);
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return made(node.arguments[0], false, null);
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return made(node.argument.literal, true, null);
  return null;
}

/** The name in the other module: of `a as b`, `a`. */
function takenName(element: ts.ImportSpecifier | ts.ExportSpecifier): string {
  return (element.propertyName ?? element.name).text;
}

function resolve(specifier: string, file: string): string | null {
  const own = OWN[specifier];
  if (own !== undefined) return own;
  return specifier.startsWith(".") ? decodeURI(new URL(specifier, `x:/${file}`).pathname.slice(1)) : null;
}

function exportsOf(statement: ts.Statement): Export[] {
  if (ts.isExportDeclaration(statement)) {
    const clause = statement.exportClause, { isTypeOnly } = statement;
    if (!clause || !ts.isNamedExports(clause)) return [];
    return clause.elements.map((one) => ({ name: one.name.text, typeOnly: isTypeOnly || one.isTypeOnly }));
  }
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) ?? [] : [];
  if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
  if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)) {
    return [{ name: "default", typeOnly: false }];
  }
  if (ts.isVariableStatement(statement)) {
    const names = statement.declarationList.declarations.flatMap(({ name }) => bound(name));
    return names.map((name) => ({ name, typeOnly: false }));
  }
  const { name } = statement as { name?: ts.Identifier };
  const typeOnly = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
  return name ? [{ name: name.text, typeOnly }] : [];
}

function bound(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => ts.isBindingElement(element) ? bound(element.name) : []);
}
