/** `docs/reference/config.md`: every field of the config, from the comments of the types that a config is checked by. */
import ts from "typescript";

/** Where the fields of types are in a config; types in the order of the page. */
const SECTIONS: readonly (readonly [at: string, types: readonly string[]])[] = [
  ["", ["ConfigInput"]],
  ["network", ["OwnNetworkFields", "ZonesInput", "ExistingNetworkInput"]],
  ["cluster", ["ClusterInput"]],
  ["cluster.systemNodes", ["SystemNodesInput"]],
  ["cluster.addOns.<name>", ["AddOnInput"]],
  ["iam", ["IamInput"]],
  ["access.<account>", ["AccessInput"]],
  ["access.<account>.buckets[]", ["BucketAccessInput"]],
  ["storage", ["StorageInput"]],
  ["storage.buckets.<name>", ["BucketVolumeInput", "VolumeFields"]],
  ["storage.efs.<name>", ["EfsVolumeInput", "VolumeFields"]],
  ["storage.fsx.<name>", ["FsxVolumeInput", "VolumeFields"]],
  ["karpenter", ["KarpenterInput"]],
  ["devicePlugins", ["DevicePluginsInput"]],
  ["builder", ["BuilderInput"]],
  ["builder.registries.<host>", ["RegistryInput"]],
  ["builder.network.allow[]", ["ReachInput"]],
  ["cpuPool", ["CpuPoolInput", "CpuPoolFields"]],
  ["gpuPool", [
    ...["GpuPoolInput", "GpuPoolFields", "UnreservedGpuCapacity", "ReservedGpuCapacity"],
    ...["PlainNetworkInput", "EfaInput", "GpuKnobs"],
  ]],
  ["gpuPool.reservation", ["ReservationInput"]],
  ["gpuPool.placementGroup", ["PlacementGroupInput"]],
  ["gpuPool.sharing", ["SharingInput"]],
  ["pool", ["PoolFields", "NodeKnobs", "Scale"]],
  ["pool.taints[]", ["TaintInput"]],
  ["pool.consolidation", ["ConsolidationInput"]],
  ["pool.budgets[]", ["BudgetInput"]],
  ["image", ["ImageInput"]],
  ["image.secrets.<id>", ["SecretInput"]],
  ["image.tags[]", ["ImageTagInput"]],
  ["python", ["PythonInput"]],
];

/** What the parts that are not sections of the config are. */
const PARTS: Readonly<Record<string, string>> = {
  cpuPool: "What `cpuPool` accepts, besides the fields of every [pool](#pool).",
  gpuPool: "What `gpuPool` accepts, besides the fields of every [pool](#pool).",
  pool: "Fields of every pool, with GPUs or without.",
  image: "What `image` accepts.",
  python: "What `python` accepts, which writes the Dockerfile of an image.",
};

/** Types with fields that are no part of a config. */
const OTHERS = ["ConfigArguments"];

interface Field {
  readonly path: string;
  /** `excluded`: not together with another field, so that neither is required. */
  readonly need: "required" | "optional" | "excluded";
  readonly text: string;
}

type Declared = ts.InterfaceDeclaration | ts.TypeAliasDeclaration;
/** By name. */
type Types = ReadonlyMap<string, Declared>;

/** The page, from the texts of the modules in `lib/config/input`. */
export function configPage(modules: readonly string[]): string {
  const types = new Map(modules.flatMap((text) => {
    const tree = ts.createSourceFile("input.ts", text, ts.ScriptTarget.ESNext, true);
    return tree.statements.filter((one) => ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one))
      .map((one): [string, Declared] => [one.name.text, one]);
  }));
  const used = [...OTHERS, ...SECTIONS.flatMap(([, names]) => names)];
  const missing = [...types].filter(([name, type]) => !used.includes(name) && fieldsIn(type, "", types).length > 0);
  if (missing.length > 0) throw new Error(`No section has ${missing.map(([name]) => name).join(", ")}`);
  const sections = SECTIONS.map(([at, names]) => {
    const fields = merged(names.flatMap((name) => {
      const type = types.get(name);
      if (!type) throw new Error(`There is no type ${name}`);
      return fieldsIn(type, at, types);
    }));
    const heading = at === "" ? "## The config" : PARTS[at] ? `## ${at}\n\n${PARTS[at]}` : "";
    return [heading, ...fields.map(fieldText)].filter(Boolean).join("\n\n");
  });
  return sections.join("\n\n");
}

function fieldText({ path, need, text }: Field): string {
  return `### ${path}\n\n${need === "required" ? "Required. " : ""}${text}`;
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

function fieldsIn(type: Declared, at: string, types: Types): Field[] {
  // `maxCpus` and `maxGpus` are fields of a generic type, which the comment of its use describes.
  const [, name, text] = /^`(max\w+)`: ([^]*)$/.exec(commentOf(type)) ?? [];
  const limit = name && text ? [{ path: joined(at, name), need: "optional" as const, text }] : [];
  return [...limit, ...membersOf(type, at, types)];
}

function membersOf(node: ts.Node, at: string, types: Types): Field[] {
  const fields: Field[] = [];
  ts.forEachChild(node, (child) => {
    if (!ts.isPropertySignature(child) || !ts.isIdentifier(child.name)) {
      return void fields.push(...membersOf(child, at, types));
    }
    const path = joined(at, child.name.text), text = [commentOf(child), keysOf(child.type, types)].join("").trim();
    const isExcluded = child.type?.kind === ts.SyntaxKind.NeverKeyword;
    const need = isExcluded ? "excluded" : child.questionToken ? "optional" : "required";
    if (text || isExcluded) fields.push({ path, need, text });
    fields.push(...membersOf(child, path, types));
  });
  return fields;
}

/** The keys of a map whose keys are listed in a type of their own. */
function keysOf(type: ts.TypeNode | undefined, types: Types): string {
  if (!type || !ts.isMappedTypeNode(type)) return "";
  const named = types.get(type.typeParameter.constraint?.getText() ?? "");
  const keys = named ? [...named.getText().matchAll(/"(\w+)"/g)].map(([, key]) => `\`${key}\``) : [];
  return keys.length > 0 ? ` Keys: ${keys.join(", ")}.` : "";
}

const joined = (at: string, name: string): string => at === "" ? name : `${at}.${name}`;

function commentOf(node: ts.Node): string {
  const comment = ts.getJSDocCommentsAndTags(node).at(-1)?.getText() ?? "";
  return comment.replace(/^\/\*\*\s?/, "").replace(/\s*\*\/$/, "").replaceAll(/^ *\* ?/gm, "").trim();
}
