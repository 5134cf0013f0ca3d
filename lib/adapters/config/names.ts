/** Checks that every imported name is exported. The engine would find it too, but without the place. */
import { makeDsl } from "../../config/dsl.ts";
import { didYouMean, type Issue } from "../../config/issues.ts";
import { lineAndColumn } from "../../config/source/lines.ts";
import type { ConfigModule, ModuleGraph } from "./module_graph.ts";
import { issue } from "./source.ts";

/** The names that `unitune/config` exports. */
export const DSL_NAMES: readonly string[] = Object.keys(makeDsl());

export function nameIssues(graph: ModuleGraph): Issue[] {
  return [...graph.values()].flatMap((module) =>
    module.imports.flatMap((one) => {
      const known = one.file === null ? DSL_NAMES : exportedNames(one.file, graph);
      return one.names.flatMap(({ name, at }) => {
        if (name === "*" || known === null || known.includes(name)) return [];
        const { specifier } = one;
        const hint = didYouMean(name, known) ?? typeHint(name);
        const message = name === "default"
          ? `${specifier} has no default export`
          : `"${name}" is not exported by ${specifier}`;
        return [issue(module.file, "IMPORT", message, hint, lineAndColumn(module.text, at))];
      });
    })
  );
}

function typeHint(name: string): string | undefined {
  return /^[A-Z]/.test(name) ? `if it is a type, write import type { ${name} }` : undefined;
}

/** `null` if the module could not be read, which is a separate issue. */
function exportedNames(file: string, graph: ModuleGraph): readonly string[] | null {
  const module: ConfigModule | undefined = graph.get(file);
  if (!module) return null;
  const names = [...module.exports.keys()];
  for (const star of module.stars) {
    const more = star === null ? DSL_NAMES : exportedNames(star, graph);
    if (more === null) return null;
    names.push(...more.filter((name) => name !== "default"));
  }
  return names;
}
