/** The examples in the documents do what they say: each type-checks, each config loads, each script runs. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../lib/adapters/config/load.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const DOCUMENTS = ["README.md", "lib/mod.ts", "lib/config/mod.ts"];

interface Example {
  readonly document: string;
  readonly text: string;
}

/** Blocks marked as TypeScript, in Markdown and in comments. */
function examplesOf(document: string): Example[] {
  const text = Deno.readTextFileSync(root + document).replace(/^ \* ?/gm, "");
  return [...text.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, block = ""]) => ({ document, text: block }));
}

const examples = DOCUMENTS.flatMap(examplesOf);
const isConfig = ({ text }: Example) => text.includes("export default defineConfig");

const folder = await Deno.makeTempDir({ prefix: "unitune-docs-" });
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

async function deno(...args: string[]): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), { args, cwd: folder, env: { NO_COLOR: "1" }, stdin: "null" });
  const { success, stdout, stderr } = await child.output();
  const [out = "", err = ""] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.ok(success, `${out}${err}`);
  return out;
}

Deno.test("every document has examples, configs and scripts among them", () => {
  assert.deepEqual(DOCUMENTS.filter((name) => !examples.some(({ document }) => document === name)), []);
  assert.ok(examples.some(isConfig) && !examples.every(isConfig));
});

Deno.test("the examples in the documents type-check", async () => {
  for (const [at, { text }] of examples.entries()) await Deno.writeTextFile(`${folder}/example${at}.ts`, text);
  await deno("check", "--config", `${root}deno.json`, ...examples.map((_, at) => `example${at}.ts`));
});

Deno.test("the configs in the documents load, and the scripts plan them", async () => {
  const configs = examples.filter(isConfig);
  for (const { document, text } of configs) {
    for (const [, context] of text.matchAll(/context: "([^"]+)"/g)) {
      await Deno.mkdir(`${folder}/${context}`, { recursive: true });
      await Deno.writeTextFile(`${folder}/${context}/Dockerfile`, "FROM scratch\n");
    }
    await Deno.writeTextFile(`${folder}/unitune.config.ts`, text);
    assert.equal((await loadConfig({ cwd: folder, env: {} })).config.name, "acme-ml", document);
  }
  for (const [at, example] of examples.entries()) {
    if (isConfig(example)) continue;
    await Deno.writeTextFile(`${folder}/script${at}.ts`, example.text);
    assert.match(await deno("run", "-A", "--config", `${root}deno.json`, `script${at}.ts`), /^Plan for acme-ml /);
  }
});
