import assert from "node:assert/strict";
import ts from "typescript";
import { parseAllDocuments } from "yaml";
import { KINDS } from "../../lib/core/kube.ts";
import { readObject, readObjects } from "../../lib/core/templates.ts";
import { CLUSTER } from "../../lib/core/pins.ts";

const root = new URL("../../", import.meta.url).pathname;

/** What TypeScript says of each object, when it is written down as the `Kube` of its kind. */
function problemsOf(objects: readonly { readonly kind: string }[]): string[][] {
  const file = `${root}tests/core/written.ts`;
  const lines = objects.map((object, at) => `export const o${at}: Kube<"${object.kind}"> = ${JSON.stringify(object)};`);
  const text = ['import type { Kube } from "../../lib/core/kube.ts";', ...lines].join("\n");
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...more) => {
    return name === file ? ts.createSourceFile(name, text, ts.ScriptTarget.ESNext, true) : getSourceFile(name, ...more);
  };
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file)!, found = program.getSemanticDiagnostics(source);
  return objects.map((_, at) => {
    const own = found.filter(({ start = 0 }) => source.getLineAndCharacterOfPosition(start).line === at + 1);
    return own.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  });
}

/** Every object of the templates. `NodeConfig` is no object of the API server: nodes read it. */
function written(): { readonly kind: string; readonly metadata: Record<string, unknown>; spec?: unknown }[] {
  const cluster = [...Deno.readDirSync(`${root}templates/cluster`)].map(({ name }) => `cluster/${name}`);
  const files = ["build-job.yaml", ...cluster.filter((name) => name.endsWith(".yaml")).toSorted()];
  return files.flatMap((name) =>
    parseAllDocuments(Deno.readTextFileSync(`${root}templates/${name}`), { version: "1.1" })
  )
    .map((document) => document.toJS()).filter(({ kind }) => kind !== "NodeConfig");
}

const JOB = { apiVersion: "batch/v1", kind: "Job", metadata: { name: "a" } };
const POD = { restartPolicy: "Never", containers: [{ name: "a" }] };
const SPOILT = [
  { ...JOB, spec: { template: { spec: POD }, backofLimit: 3 } },
  { ...JOB, spec: { backoffLimit: 3 } },
  { ...JOB, spec: { template: { spec: { ...POD, terminationGracePeriodSeconds: "30" } } } },
  { ...JOB, apiVersion: "batch/v1beta1" },
];

Deno.test("the templates hold what the types of their kinds say; a misspelt, missing or wrong field would be found", () => {
  // The config decides the names of some.
  const named = written().map((object) => ({ ...object, metadata: { name: "name", ...object.metadata } }));
  assert.ok(named.length >= 12, `${named.length} objects`);
  const problems = problemsOf([...named, ...SPOILT]);
  assert.deepEqual(problems.slice(0, named.length).flat(), []);
  assert.deepEqual(problems.slice(named.length).map(({ length }) => length), SPOILT.map(() => 1));
});

const SPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {}\n";

Deno.test("an object of a template is labelled as unitune's and has the name that the config gives it", () => {
  assert.deepEqual(readObject(SPACE, KINDS.namespace, "acme").metadata, {
    labels: { [CLUSTER.managedByLabel]: CLUSTER.managedBy },
    name: "acme",
  });
});

Deno.test("a template is read as Kubernetes reads YAML, where yes and 0755 are no strings", () => {
  const [map] = readObjects(
    "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\nimmutable: yes\ndata: { a: 'yes' }\n",
  );
  assert.deepEqual([map?.kind === "ConfigMap" && map.immutable, map?.kind === "ConfigMap" && map.data], [true, {
    a: "yes",
  }]);
});

Deno.test("a template without the kind that is asked for is a fault of the program", () => {
  assert.throws(() => readObject(SPACE, KINDS.job), /Cannot read Job from its template/);
});
