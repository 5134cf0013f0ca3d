/**
 * Generates `templates/init/unitune.d.ts`: the types of `unitune/config` in one file without imports. `unitune init`
 * writes it beside a config, so that editors complete it with nothing installed. Run `deno task declarations`.
 */
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../", import.meta.url));
export const DECLARATIONS: string = `${root}templates/init/unitune.d.ts`;

const HEAD =
  `// The types of unitune.config.ts, for editors and type checkers. Written by \`unitune init\`, renewed by \`unitune types\`;
// nothing runs it.
// deno-lint-ignore-file
// deno-fmt-ignore-file
`;

export function declarations(): string {
  const program = ts.createProgram([`${root}lib/config/mod.ts`], {
    target: ts.ScriptTarget.ESNext,
    // The only kind of module for which TypeScript writes all declarations into one file.
    module: ts.ModuleKind.AMD,
    moduleResolution: ts.ModuleResolutionKind.Classic,
    ignoreDeprecations: "5.0",
    outFile: "config.js",
    declaration: true,
    emitDeclarationOnly: true,
    allowImportingTsExtensions: true,
    strict: true,
    types: [],
  });
  let text = "";
  program.emit(undefined, (_, written) => text = written);
  return HEAD + flat(text);
}

/** Joins the blocks of all modules. Their names are distinct, so the imports between them are dropped. */
function flat(text: string): string {
  const file = ts.createSourceFile("config.d.ts", text, ts.ScriptTarget.ESNext, true);
  const statements = file.statements.filter(ts.isModuleDeclaration).flatMap((module) => {
    if (!module.body || !ts.isModuleBlock(module.body)) return [];
    // The code of the DSL declares no types for users.
    if (/\bdsl"$/.test(module.name.getText())) return [];
    const own = /\bconfig\/mod"$/.test(module.name.getText());
    return module.body.statements.filter((one) =>
      !ts.isImportDeclaration(one) && !ts.isExportDeclaration(one) && (own || !ts.isFunctionDeclaration(one))
    );
  });
  const names = namedByTypes(statements);
  const lines = statements.filter((one) => !ts.isVariableStatement(one) || names.has(nameOf(one))).map((one) => {
    const whole = text.slice(one.getFullStart(), one.end).replace(/^\n+/, "").replace(/^ {4}/gm, "");
    // Values are declared for their types only, and are not exported: a config cannot import them.
    return whole.replace(/^export (?=function )/m, "export declare ").replace(/^(?:export )?const /m, "declare const ");
  });
  // Without this line, TypeScript would export every declaration.
  return `${lines.join("\n")}\nexport {};\n`;
}

function nameOf({ declarationList }: ts.VariableStatement): string {
  return declarationList.declarations[0]!.name.getText();
}

/** Constants that types use: after `typeof`, or as the name of a field. */
function namedByTypes(statements: readonly ts.Statement[]): Set<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node) => {
    if (ts.isTypeQueryNode(node)) found.add(node.exprName.getText());
    if (ts.isComputedPropertyName(node)) found.add(node.expression.getText());
    ts.forEachChild(node, visit);
  };
  statements.forEach(visit);
  return found;
}

if (import.meta.main) await Deno.writeTextFile(DECLARATIONS, declarations());
