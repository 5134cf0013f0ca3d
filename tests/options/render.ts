/** Everything that a config becomes, as lines of `path: value`; and what an option changes in it. */
import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { makeKinds, makePlain } from "../../lib/config/dsl.ts";
import type { DefinedConfig } from "../../lib/config/resolve/refs.ts";
import { resolveConfig } from "../../lib/config/resolve/config.ts";
import type { Config } from "../../lib/config/types.ts";
import { UNDEPLOYED } from "../../lib/actions/observe.ts";
import { synthFiles } from "../../lib/actions/synth.ts";
import { writeFiles } from "../../lib/adapters/output.ts";
import { openFiles } from "../../lib/project/files.ts";
import type { PolicyStatement } from "../../lib/permissions/policies.ts";
import { policiesOf } from "../../lib/project/policies.ts";

const GIT = { commit: "1234567890".repeat(4), short: "123456789012-dirty", branch: "main", dirty: true };

/** File → lines, sorted. */
type Rendered = ReadonlyMap<string, ReadonlySet<string>>;

/** Contexts of the images that the cases declare: the same bytes on every machine, so the same keys. */
export async function makeContexts(): Promise<{ readonly [image: string]: string }> {
  const folder = await Deno.makeTempDir({ prefix: "unitune-options-" });
  const files = {
    Dockerfile: "FROM scratch\nCOPY a.txt /\n",
    "Other.Dockerfile": "FROM scratch\n",
    "a.txt": "a\n",
    "other.ignore": "a.txt\n",
  };
  const contexts: Record<string, string> = {};
  await Deno.mkdir(`${folder}/docker`);
  await Deno.writeTextFile(`${folder}/docker/trainer.Dockerfile`, "FROM scratch\n");
  for (const image of ["base", "trainer"]) {
    contexts[image] = `${folder}/${image}`;
    await Deno.mkdir(contexts[image]!);
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${contexts[image]}/${name}`, text);
  }
  return contexts;
}

export function resolved(defined: DefinedConfig, contexts: Readonly<Record<string, string>>): Config {
  const cas = { "docker.io": "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n" };
  const { config, issues } = resolveConfig(
    makePlain(makeKinds()).plain(defined, { stage: undefined, env: {}, git: GIT }),
    { contexts, folders: { trainer: { "acme/src:v1": contexts["base"]! } }, cas },
  );
  assert.deepEqual(issues, []);
  return config!;
}

export async function render(config: Config): Promise<Rendered> {
  const files = await openFiles(config);
  const out = await Deno.makeTempDir({ prefix: "unitune-rendered-" });
  try {
    const rendered = new Map<string, Set<string>>();
    for (const path of await writeFiles(out, await synthFiles(files, await policiesOf(config)))) {
      const text = await Deno.readTextFile(`${out}/${path}`);
      // JSON is YAML; the documents of one file are told apart by their kind.
      for (const document of parseAllDocuments(text)) add(rendered, path, document.toJS());
    }
    const deployed = { ...UNDEPLOYED, region: config.region };
    for (const object of files.objects.helm("install", deployed)) add(rendered, "charts", object);
    return rendered;
  } finally {
    await files.close();
    await Deno.remove(out, { recursive: true });
  }
}

function add(rendered: Map<string, Set<string>>, path: string, document: unknown): void {
  const { kind, Statement } = document as { readonly kind?: string; readonly Statement?: readonly PolicyStatement[] };
  if (Statement) return addPolicy(rendered, path.replace(/-\d+\.json$/, ".json"), Statement);
  const name = kind === undefined ? path : `${path} ${kind}`;
  const lines = rendered.get(name) ?? new Set<string>();
  flatten(document, "", lines);
  rendered.set(name, lines);
}

/** Which policy a statement is in, and at which place, says nothing of what is allowed. */
function addPolicy(rendered: Map<string, Set<string>>, path: string, statements: readonly PolicyStatement[]): void {
  const lines = rendered.get(path) ?? new Set<string>();
  for (const { Action, Resource, Condition } of statements) {
    const when = Condition ? ` if ${JSON.stringify(Condition)}` : "";
    for (const action of Action) Resource.forEach((resource) => lines.add(`${action}: ${resource}${when}`));
  }
  rendered.set(path, lines);
}

function flatten(value: unknown, path: string, lines: Set<string>): void {
  if (typeof value === "string" && value.includes("\n")) {
    value.split("\n").forEach((line) => lines.add(`${path} | ${line}`));
  } else if (typeof value !== "object" || value === null || Object.keys(value).length === 0) {
    lines.add(`${path}: ${JSON.stringify(value)}`);
  } else if (Array.isArray(value)) {
    value.forEach((item, at) => flatten(item, `${path}[${at}]`, lines));
  } else {
    Object.entries(value).forEach(([key, item]) => flatten(item, path === "" ? key : `${path}.${key}`, lines));
  }
}

/** The lines that are there only before (-) or only after (+), file by file. */
export function difference(before: Rendered, after: Rendered): string {
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return paths.flatMap((path) => {
    const old = before.get(path) ?? new Set(), now = after.get(path) ?? new Set();
    const lines = [...old.difference(now)].map((line) => `- ${line}`).concat(
      [...now.difference(old)].map((line) => `+ ${line}`),
    );
    return lines.length === 0 ? [] : [path, ...lines.toSorted((a, b) => (a.slice(2) < b.slice(2) ? -1 : 1)), ""];
  }).join("\n");
}
