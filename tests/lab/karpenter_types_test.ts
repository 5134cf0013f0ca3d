/** The interfaces of Karpenter's objects against its CRDs, in the version that the lab has: no field that they lack. */
import assert from "node:assert/strict";
import ts from "typescript";
import { parse } from "yaml";
import { moduleDir } from "./install/gobuild.ts";

const FILE = new URL("../../lib/core/karpenter.ts", import.meta.url).pathname;
const CRDS = {
  NodePool: "karpenter.sh_nodepools.yaml",
  NodeClaim: "karpenter.sh_nodeclaims.yaml",
  EC2NodeClass: "karpenter.k8s.aws_ec2nodeclasses.yaml",
};

/** As much of an OpenAPI schema as is compared. */
interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly "x-kubernetes-int-or-string"?: boolean;
}

const program = ts.createProgram([FILE], {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  target: ts.ScriptTarget.ESNext,
});
const checker = program.getTypeChecker();

/** What a type says that its schema does not; `path: what`. */
function differences(type: ts.Type, schema: Schema | undefined, path: string): string[] {
  if (!schema) return [`${path}: not in the CRD`];
  const texts = textsOf(type);
  if (texts) return texts.filter((one) => schema.enum?.includes(one) === false).map((one) => `${path}: ${one}`);
  if (checker.isArrayType(type)) {
    const [item] = checker.getTypeArguments(type as ts.TypeReference);
    return schema.type === "array" ? differences(item!, schema.items, `${path}[]`) : [`${path}: no list`];
  }
  const values = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  if (values) return differences(values, schema.additionalProperties, `${path}.*`);
  const properties = checker.getPropertiesOfType(type);
  if (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) {
    // Of a status only what is read is declared.
    const required = path.includes("status") ? [] : schema.required ?? [];
    const missing = required.filter((name) => !properties.some((one) => one.name === name));
    return [
      ...missing.map((name) => `${path}.${name}: required`),
      ...properties.flatMap((one) => differences(typeOf(one), schema.properties?.[one.name], `${path}.${one.name}`)),
    ];
  }
  const name = checker.typeToString(type), wanted = schema.type === "integer" ? "number" : schema.type;
  return schema["x-kubernetes-int-or-string"] || name === wanted
    ? []
    : [`${path}: ${name}, where the CRD has ${wanted}`];
}

function typeOf(property: ts.Symbol): ts.Type {
  return checker.getNonNullableType(checker.getTypeOfSymbol(property));
}

/** The texts that a type allows, when it allows no other; `null`: it is another type. */
function textsOf(type: ts.Type): string[] | null {
  const parts = type.isUnion() ? type.types : [type];
  return parts.every((one) => one.isStringLiteral()) ? parts.map((one) => (one as ts.StringLiteralType).value) : null;
}

function interfaceOf(name: string): ts.Type {
  const source = program.getSourceFile(FILE)!;
  const declared = source.statements.find((one) => ts.isInterfaceDeclaration(one) && one.name.text === name);
  return checker.getTypeAtLocation(declared!);
}

for (const [kind, file] of Object.entries(CRDS)) {
  Deno.test(`what unitune sets and reads of a ${kind} is in Karpenter's CRD, with its type, its values and what it requires`, async () => {
    const folder = await moduleDir("karpenter", "github.com/aws/karpenter-provider-aws");
    const crd = parse(await Deno.readTextFile(`${folder}/pkg/apis/crds/${file}`));
    const { schema: { openAPIV3Schema: schema } } = crd.spec.versions.find(({ name }: { name: string }) =>
      name === "v1"
    );
    const { spec, status } = schema.properties;
    assert.deepEqual(differences(interfaceOf(kind), { properties: { spec, status } }, kind), []);
    // And it would be found.
    const { [Object.keys(status.properties)[0]!]: _, ...fewer } = status.properties;
    const poorer = { properties: { spec, status: { properties: { ...fewer, conditions: { type: "string" } } } } };
    assert.notDeepEqual(differences(interfaceOf(kind), poorer, kind), []);
  });
}
