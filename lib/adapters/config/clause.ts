/** The names in an import or re-export statement. */
import { tokenize } from "../../config/tokens.ts";

export interface ImportedName {
  /** The name in the module; `*` for all of it. */
  readonly name: string;
  /** The name in this file; of a re-export, the name given on. */
  readonly local: string;
  /** Offset of `name` in the file. */
  readonly at: number;
}

/** `import a, { b as c, "d" as e } from …`, `import * as f from …`, `export { g } from …`; none of `export * from`. */
export function importedNames(statement: string, offset: number): readonly ImportedName[] {
  const tokens = tokenize(statement), names: ImportedName[] = [];
  for (let i = 1; i < tokens.length; i++) {
    const token = tokens[i];
    if (!token || token.value === "from" && tokens[i + 1]?.kind === "text" && i === tokens.length - 2) break;
    if (token.kind === "mark" && token.value !== "*") continue;
    const inBraces = tokens.slice(0, i).some((before) => before.kind === "mark" && before.value === "{");
    const renamed = tokens[i + 1]?.kind === "name" && tokens[i + 1]?.value === "as";
    const local = (renamed ? tokens[i + 2]?.value : undefined) ?? token.value;
    const name = inBraces || token.value === "*" ? token.value : "default";
    if (token.value !== "*" || renamed) names.push({ name, local, at: offset + token.start });
    if (renamed) i += 2;
  }
  return tokens[1]?.kind === "text" ? [] : names;
}
