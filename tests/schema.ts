/** The fields of a config by their paths, from its JSON Schema. */
import { configSchema, type JsonSchema } from "../lib/config/schema/json_schema.ts";

type Node = JsonSchema & {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly anyOf?: readonly Node[];
  readonly items?: Node;
  readonly $ref?: string;
};

const schema = configSchema() as Node, defs = schema["$defs"] as Readonly<Record<string, Node>>;

/** What a field may be: the schema itself, its alternatives, and the entries of a map or a list. */
function optionsOf(node: Node): Node[] {
  const entries = typeof node.additionalProperties === "object" ? [node.additionalProperties] : [];
  return [node, ...[...(node.anyOf ?? []), ...entries, ...node.items ? [node.items] : []].flatMap(optionsOf)];
}

function pathsIn(node: Node, at: string): string[] {
  return optionsOf(node).flatMap(({ properties = {} }) => {
    return Object.entries(properties).flatMap(([name, field]) => {
      const path = at === "" ? name : `${at}.${name}`;
      return [path, ...pathsIn(field, path)];
    });
  });
}

/** All paths; those in `cpuPool`, `gpuPool`, `image` and `python` begin with that. Names in maps are left out. */
export const fieldPaths: ReadonlySet<string> = new Set([
  ...pathsIn(schema, ""),
  ...Object.entries(defs).flatMap(([name, node]) => pathsIn(node, name)),
]);

/** Whether a path is a field, from the top or from within a pool or an image. */
export function isField(path: string): boolean {
  return [path, ...Object.keys(defs).map((name) => `${name}.${path}`)].some((one) => fieldPaths.has(one));
}
