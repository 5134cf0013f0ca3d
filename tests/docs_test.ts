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

/** Texts with commands: lines in blocks marked as `sh`. */
const GUIDES = [
  ...["README.md", "CONTRIBUTING.md"],
  ...["demo", "existing-vpc", "lora-l40s", "monorepo", "multi-node-h100", "scripts", "smallest"]
    .map((name) => `examples/${name}/README.md`),
];

/** The commands of a guide as lists of words, without comments. */
function commandsOf(guide: string): string[][] {
  const text = Deno.readTextFileSync(root + guide);
  return [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, block = ""]) => block.trim().split("\n"))
    .map((line) => line.replace(/\s+#.*$/, "").split(" "));
}

async function run(...args: string[]): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), { args: ["run", "-A", ...args], cwd: root, stdin: "null" });
  const { success, stdout, stderr } = await child.output();
  assert.ok(success, `${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

Deno.test("every example has a README", () => {
  const examples = [...Deno.readDirSync(`${root}examples`)].map(({ name }) => `examples/${name}/README.md`);
  assert.deepEqual(examples.toSorted(), GUIDES.filter((name) => name.startsWith("examples/")).toSorted());
});

Deno.test("commands in the guides are the program's, with options that it has, and files that exist", async () => {
  const commands = GUIDES.flatMap(commandsOf).filter(([program]) => program === "unitune");
  const helps = new Map<string, string>();
  for (const [, name = "", ...words] of commands) {
    if (!helps.has(name)) helps.set(name, await run("main.ts", name, "--help"));
    const options = words.filter((word) => word.startsWith("-"));
    for (const option of options) {
      assert.match(helps.get(name)!, new RegExp(`(^|[ ,])${option}\\b`, "m"), `${name} ${option}`);
    }
    for (const word of words.filter((word) => word.endsWith(".ts"))) assert.ok(Deno.statSync(root + word).isFile, word);
  }
  assert.ok(helps.size >= 5, [...helps.keys()].join(", "));
});

Deno.test("tasks and scripts in the guides exist", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${root}deno.json`)) as { tasks: Record<string, string> };
  for (const command of GUIDES.flatMap(commandsOf)) {
    const at = command.indexOf("task");
    if (at > 0) assert.ok(tasks[command[at + 1]!], command.join(" "));
    const files = command.filter((word) => /^examples\/.*\.(ts|yaml)$/.test(word));
    for (const file of files) assert.ok(Deno.statSync(root + file).isFile, file);
  }
});

Deno.test("the plans that the guides make without an account are made", async () => {
  const offline = GUIDES.flatMap(commandsOf).filter((words) => words[0] === "unitune" && words.includes("--offline"));
  assert.ok(offline.length >= 4);
  for (const [, ...args] of offline) assert.match(await run("main.ts", ...args), /^Plan for /);
});

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
