/** `docs/reference/config.md`: every field of the config, from the comments of the types that a config is checked by. */
import ts from "typescript";

/** Where the fields begin: the type, and the path that all of its fields have before them. */
const PARTS = [
  { at: "", type: "ConfigInput", about: "What `defineConfig` accepts." },
  { at: "cpuPool", type: "CpuPoolInput", about: "What `cpuPool` accepts, besides the fields of every [pool](#pool)." },
  { at: "gpuPool", type: "GpuPoolInput", about: "What `gpuPool` accepts, besides the fields of every [pool](#pool)." },
  { at: "image", type: "ImageInput", about: "What `image` accepts." },
  { at: "python", type: "PythonInput", about: "What `python` accepts, which writes the Dockerfile of an image." },
] as const;

interface Field {
  readonly path: string;
  /** `excluded`: not together with another field, so that neither is required. */
  readonly need: "required" | "optional" | "excluded";
  readonly text: string;
}

type Declared = ts.InterfaceDeclaration | ts.TypeAliasDeclaration;

/** The parts of the page, from the texts of the modules in `lib/config/input`. */
export function configPage(modules: readonly string[]): string {
  const declared = modules.flatMap((text) => {
    const tree = ts.createSourceFile("input.ts", text, ts.ScriptTarget.ESNext, true);
    return tree.statements.filter((one) => ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one));
  });
  const reader = new Reader(new Map(declared.map((one) => [one.name.text, one])));
  const fields = new Map(PARTS.map(({ at, type }) => [at as string, merged(reader.fieldsOf(type, at))]));
  const [cpu = [], gpu = []] = [fields.get("cpuPool"), fields.get("gpuPool")];
  const twins = new Map(gpu.map(({ path, text }) => [path.replace("gpuPool", "cpuPool"), text]));
  const common = cpu.filter(({ path, text }) => twins.get(path) === text);
  const rest = (part: string) =>
    (fields.get(part) ?? []).filter(({ path }) => {
      return !common.some((one) => one.path === path.replace(/^gpuPool/, "cpuPool"));
    });
  const every = common.map((field) => ({ ...field, path: field.path.replace(/^cpuPool/, "pool") }));
  const sections = PARTS.map(({ at, about }) => section(at || "The config", about, rest(at)));
  sections.splice(1, 0, section("pool", "Fields of every pool, with GPUs or without.", every));
  return sections.join("\n\n");
}

function section(heading: string, about: string, fields: readonly Field[]): string {
  const texts = fields.map(({ path, need, text }) => {
    return `### \`${path}\`\n\n${need === "required" ? "Required. " : ""}${text}`;
  });
  return [`## ${heading}`, about, ...texts].join("\n\n");
}

/** A field that is in several types, as its values differ, is one field with what each says. */
function merged(fields: readonly Field[]): Field[] {
  const byPath = Map.groupBy(fields, ({ path }) => path);
  return [...byPath].flatMap(([path, same]): Field[] => {
    const texts = same.filter(({ need }) => need !== "excluded").map(({ text }) => text);
    const need = same.every((one) => one.need === "required") ? "required" : "optional";
    return texts.length > 0 ? [{ path, need, text: [...new Set(texts)].join("\n\n") }] : [];
  });
}

/** Follows types by their names. */
class Reader {
  readonly #types: ReadonlyMap<string, Declared>;

  constructor(types: ReadonlyMap<string, Declared>) {
    this.#types = types;
  }

  fieldsOf(name: string, at: string): Field[] {
    const type = this.#types.get(name);
    if (!type) return [];
    // `maxCpus` and `maxGpus` are fields of a generic type, which the comment of its use describes.
    const [, limit, text] = /^`(max\w+)`: ([^]*)$/.exec(commentOf(type)) ?? [];
    const first: Field[] = limit && text ? [{ path: joined(at, limit), need: "optional", text }] : [];
    return [...first, ...this.#in(type, at)];
  }

  #in(node: ts.Node, at: string): Field[] {
    const fields: Field[] = [];
    ts.forEachChild(node, (child) => void fields.push(...this.#of(child, at)));
    return fields;
  }

  #of(node: ts.Node, at: string): Field[] {
    if (ts.isTypeParameterDeclaration(node)) return [];
    if (ts.isPropertySignature(node) && ts.isIdentifier(node.name)) {
      return this.#property(node, joined(at, node.name.text));
    }
    if (ts.isArrayTypeNode(node) || ts.isTupleTypeNode(node)) return this.#in(node, `${at}[]`);
    if (ts.isIndexSignatureDeclaration(node)) return this.#of(node.type, `${at}.<name>`);
    if (ts.isMappedTypeNode(node)) return node.type ? this.#of(node.type, `${at}.<name>`) : [];
    if (ts.isTypeReferenceNode(node)) return this.#reference(node.typeName.getText(), node.typeArguments ?? [], at);
    if (ts.isExpressionWithTypeArguments(node)) return this.fieldsOf(node.expression.getText(), at);
    return this.#in(node, at);
  }

  #reference(name: string, args: readonly ts.Node[], at: string): Field[] {
    if (name === "Record") return this.#of(args[1]!, `${at}.<name>`);
    if (name === "Readonly") return this.#of(args[0]!, at);
    return this.fieldsOf(name, at);
  }

  #property(node: ts.PropertySignature, path: string): Field[] {
    const isExcluded = node.type?.kind === ts.SyntaxKind.NeverKeyword;
    const need = isExcluded ? "excluded" : node.questionToken ? "optional" : "required";
    const text = commentOf(node) + this.#keysOf(node.type), inside = node.type ? this.#of(node.type, path) : [];
    return [...text || isExcluded ? [{ path, need, text } as const] : [], ...inside];
  }

  /** The keys of a map whose keys are listed in a type of their own. */
  #keysOf(type: ts.TypeNode | undefined): string {
    if (!type || !ts.isMappedTypeNode(type)) return "";
    const named = this.#types.get(type.typeParameter.constraint?.getText() ?? "");
    const keys = named ? [...named.getText().matchAll(/"(\w+)"/g)].map(([, key]) => `\`${key}\``) : [];
    return keys.length > 0 ? ` Keys: ${keys.join(", ")}.` : "";
  }
}

const joined = (at: string, name: string): string => at === "" ? name : `${at}.${name}`;

function commentOf(node: ts.Node): string {
  const comment = ts.getJSDocCommentsAndTags(node).at(-1)?.getText() ?? "";
  return comment.replace(/^\/\*\*\s?/, "").replace(/\s*\*\/$/, "").replaceAll(/^ *\* ?/gm, "").trim();
}
