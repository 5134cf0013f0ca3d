/** What an editor offers at a place of a config, and what it says of a mistake: TypeScript's own answers, over the types of `unitune init`. */
import assert from "node:assert/strict";
import ts from "typescript";
import { DECLARATIONS } from "../../.ci/declarations.ts";
import { DSL_NAMES } from "../../lib/adapters/config/names.ts";
import { GPU_NAMES } from "../../lib/config/gpus.ts";
import { cpuPoolSchema, gpuPoolSchema } from "../../lib/config/schema/pool.ts";
import { imageSchema, SECTIONS } from "../../lib/config/schema/config.ts";
import { KUBERNETES } from "../../lib/core/facts/kubernetes.ts";
import { ZONES } from "../../lib/core/zones.ts";

const FILE = "/project/unitune.config.ts";
const HERE = "▮";
const CONSTANT = ts.ScriptElementKind.constElement;
const HEAD = 'import { cpuPool, defineConfig, gpuPool, image } from "unitune/config";\n';

let text = "";
let version = 0;
const editor = ts.createLanguageService({
  getScriptFileNames: () => [FILE],
  getScriptVersion: (name) => name === FILE ? `${version}` : "1",
  getScriptSnapshot: (name) => ts.ScriptSnapshot.fromString(name === FILE ? text : ts.sys.readFile(name) ?? ""),
  getCurrentDirectory: () => "/project",
  getCompilationSettings: () => ({
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    paths: { "unitune/config": [DECLARATIONS] },
    types: [],
  }),
  getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
  fileExists: (name) => name === FILE || ts.sys.fileExists(name),
  readFile: (name) => name === FILE ? text : ts.sys.readFile(name),
  useCaseSensitiveFileNames: () => true,
});

/** Opens the text in the editor; gives where the mark was. */
function open(marked: string): number {
  const at = marked.indexOf(HERE);
  assert.ok(at >= 0, `${HERE} is missing: ${marked}`);
  text = marked.replace(HERE, "");
  version++;
  return at;
}

function offered(marked: string): Set<string> {
  const entries = editor.getCompletionsAtPosition(FILE, open(marked), {})?.entries ?? [];
  return new Set(entries.map(({ name }) => name).filter((name) => !name.startsWith("_")));
}

const whole = (fields: string) =>
  `${HEAD}export default defineConfig({ name: "acme", region: "us-west-2", cluster: { endpoint: "private" }, ${fields} });`;

// deno-lint-ignore no-explicit-any
const fieldsOf = (schema: any): string[] => {
  const { def } = schema;
  if (def.type === "optional") return fieldsOf(def.innerType);
  return Object.keys(def.shape).filter((name) => !name.startsWith("$"));
};
const without = (names: readonly string[], ...others: readonly string[]) =>
  names.filter((name) => !others.includes(name));

const OFFERS: Readonly<Record<string, [marked: string, expected: readonly string[]]>> = {
  "every section": [`${HEAD}export default defineConfig({ ${HERE} });`, [...Object.keys(SECTIONS), "pools", "images"]],
  "every section, in a function of the stage": [
    `${HEAD}export default defineConfig(({ stage }) => ({ ${HERE} }));`,
    [...Object.keys(SECTIONS), "pools", "images"],
  ],
  "regions": [`${HEAD}export default defineConfig({ region: "${HERE}" });`, Object.keys(ZONES)],
  "versions of Kubernetes": [
    `${HEAD}export default defineConfig({ cluster: { version: "${HERE}" } });`,
    Object.keys(KUBERNETES),
  ],
  "fields of the cluster": [
    `${HEAD}export default defineConfig({ cluster: { ${HERE} } });`,
    fieldsOf(SECTIONS.cluster),
  ],
  "fields of the network": [whole(`network: { ${HERE} }`), fieldsOf(SECTIONS.network)],
  "ways to the Internet": [whole(`network: { nat: "${HERE}" }`), ["per-az", "single", "none"]],
  "fields of a CPU pool": [whole(`pools: { a: cpuPool({ ${HERE} }) }`), fieldsOf(cpuPoolSchema)],
  "GPUs": [whole(`pools: { a: gpuPool({ gpu: "${HERE}" }) }`), GPU_NAMES],
  "fields of a pool of H100": [
    whole(`pools: { a: gpuPool({ gpu: "h100", maxGpus: 8, ${HERE} }) }`),
    without(fieldsOf(gpuPoolSchema), "gpu", "maxGpus"),
  ],
  "GPUs in a list": [whole(`pools: { a: gpuPool({ gpu: ["l4", "${HERE}"] }) }`), GPU_NAMES],
  "instance types of several GPUs": [
    whole(`pools: { a: gpuPool({ gpu: ["h200", "b300"], maxGpus: 8, instanceTypes: ["${HERE}"] }) }`),
    ["p5e.48xlarge", "p5en.48xlarge", "p6-b300.48xlarge"],
  ],
  "instance types with EFA": [
    whole(`pools: { a: gpuPool({ gpu: "t4", maxGpus: 8, efa: true, instanceTypes: ["${HERE}"] }) }`),
    ["g4dn.8xlarge", "g4dn.12xlarge", "g4dn.16xlarge"],
  ],
  "instance types of one GPU": [
    whole(`pools: { a: gpuPool({ gpu: "h200", maxGpus: 8, instanceTypes: ["${HERE}"] }) }`),
    ["p5e.48xlarge", "p5en.48xlarge"],
  ],
  "capacity without a reservation": [
    whole(`pools: { a: gpuPool({ gpu: "h100", maxGpus: 8, capacity: ["${HERE}"] }) }`),
    ["spot", "on-demand"],
  ],
  "effects of a taint": [
    whole(`pools: { a: cpuPool({ maxCpus: 8, taints: [{ key: "a", effect: "${HERE}" }] }) }`),
    ["NoSchedule", "PreferNoSchedule", "NoExecute"],
  ],
  "fields of an image": [whole(`images: { a: image({ ${HERE} }) }`), fieldsOf(imageSchema)],
  "platforms": [
    whole(`images: { a: image({ context: ".", platforms: ["${HERE}"] }) }`),
    ["linux/amd64", "linux/arm64"],
  ],
  "the CPU pools of this config, for the builder": [
    whole(
      `pools: { heavy: cpuPool({ maxCpus: 8 }), tune: gpuPool({ gpu: "l4", maxGpus: 1 }) }, builder: { pool: "${HERE}" }`,
    ),
    ["heavy"],
  ],
};

for (const [what, [marked, expected]] of Object.entries(OFFERS)) {
  Deno.test(`an editor offers ${what}`, () => {
    assert.deepEqual([...offered(marked)].sort(), [...expected].sort());
  });
}

Deno.test("an editor offers only those values for import that the sandbox has", () => {
  const at = open(`import { ${HERE} } from "unitune/config";`);
  const { entries } = editor.getCompletionsAtPosition(FILE, at, {})!;
  const values = entries.filter(({ kind }) => [ts.ScriptElementKind.functionElement, CONSTANT].includes(kind));
  assert.deepEqual(values.map(({ name }) => name).sort(), [...DSL_NAMES].sort());
});

Deno.test("an editor shows the documentation of its suggestions, with the default", () => {
  const at = open(whole(`pools: { a: cpuPool({ ${HERE} }) }`));
  for (const name of ["disk", "budgets", "expireAfter"]) {
    const details = editor.getCompletionEntryDetails(FILE, at, name, {}, undefined, {}, undefined);
    assert.match(ts.displayPartsToString(details?.documentation), /Default: /, name);
  }
});

/** A mistake, marked where it is said to be; and what is said of it. */
const MISTAKES: Readonly<Record<string, [marked: string, said: RegExp]>> = {
  "a misspelt field": [
    whole(`pools: { a: gpuPool({ gpu: "t4", ${HERE}maxGpu: 8 }) }`),
    /'maxGpu' does not exist.*Did you mean to write 'maxGpus'\?/,
  ],
  "a misspelt field of the network": [whole(`network: { ${HERE}nats: "single" }`), /Did you mean to write 'nat'\?/],
  "a section that does not exist": [whole(`${HERE}imagse: {}`), /'imagse' does not exist/],
  "a GPU that does not exist": [
    whole(`pools: { a: gpuPool({ ${HERE}gpu: "l40", maxGpus: 8 }) }`),
    /Did you mean '"l40s"'\?/,
  ],
  "EFA on an instance type that has none": [
    whole(`pools: { a: gpuPool(${HERE}{ gpu: "t4", maxGpus: 8, efa: true, instanceTypes: ["g4dn.xlarge"] }) }`),
    /'"g4dn.xlarge"' is not assignable to type '"g4dn.8xlarge"/s,
  ],
  "an instance type that none of several GPUs has": [
    whole(`pools: { a: gpuPool({ gpu: ["l4", "l40s"], maxGpus: 8, instanceTypes: [${HERE}"g5.xlarge"] }) }`),
    /'"g5.xlarge"' is not assignable/,
  ],
  "a size without its unit": [whole(`pools: { a: cpuPool({ maxCpus: 8, ${HERE}disk: "100" }) }`), /`\$\{number\}Gi`/],
  "a reservation without reserved": [
    whole(`pools: { a: gpuPool(${HERE}{ gpu: "h100", maxGpus: 8, reservation: { ids: ["cr-0123456789abcdef0"] } }) }`),
    /Property 'capacity' is missing .* but required in type 'ReservedGpuCapacity'/,
  ],
  "an order of capacity that Karpenter does not follow": [
    whole(`pools: { a: cpuPool({ maxCpus: 8, capacity: ["on-demand", ${HERE}"spot"] }) }`),
    /not assignable to type 'OnDemandIsLast'/,
  ],
  "an image that needs one that is not declared": [
    whole(`images: { ${HERE}a: image({ context: ".", needs: { b: image({ context: "b" }) } }) }`),
    /needs the image of b, which is not in images/,
  ],
  "a pool that does not exist": [
    whole(`pools: { heavy: cpuPool({ maxCpus: 8 }) }, images: { ${HERE}a: image({ context: ".", pool: "heavier" }) }`),
    /names pool heavier, which is not one of the CPU pools/,
  ],
  "no endpoint": [
    `${HEAD}export default defineConfig({ name: "acme", region: "us-west-2", ${HERE}cluster: {} });`,
    /Property 'endpoint' is missing/,
  ],
  "a secret by its value": [
    whole(`images: { a: image({ context: ".", secrets: { ${HERE}hf: "hf_0123" } }) }`),
    /'string' is not assignable to type 'SecretInput'/,
  ],
};

for (const [what, [marked, said]] of Object.entries(MISTAKES)) {
  Deno.test(`an editor reports at its place: ${what}`, () => {
    const at = open(marked);
    const found = editor.getSemanticDiagnostics(FILE);
    const messages = found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
    assert.equal(found.length, 1, messages.join("\n"));
    assert.match(messages[0]!, said);
    assert.equal(found[0]!.start, at, messages[0]);
  });
}
