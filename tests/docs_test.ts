/** The examples in the documents do what they say: each type-checks, each config is planned, each script runs. */
import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { openProject } from "../lib/mod.ts";
import { type Block, blocksOf, documents, placeOf, root } from "./blocks.ts";

const blocks = documents().flatMap(blocksOf);
const of = (language: string) => blocks.filter((block) => block.language === language);
const examples = of("ts");
const isConfig = ({ text }: Block) => text.includes("export default defineConfig");

/** Blocks that nothing runs: why not. All others run, or are read by what they are for. */
const SHOWN: Readonly<Record<string, string>> = {
  "docs/architecture.md text": "a picture of how data flows",
  "docs/architecture.md mermaid": "a picture of rooms; tests/architecture/picture_test.ts holds it",
  "docs/tutorial.md text of apply": "the last line of an apply, which needs an account",
};

/** Programs in the guides besides unitune and Deno's tasks: why a test does not start them. */
const PROGRAMS: Readonly<Record<string, string>> = {
  kubectl: "needs a cluster",
  aws: "needs an account",
  curl: "downloads a release",
  sh: "runs what was downloaded; tests/ci/release_test.ts does that with a release of its own",
  gh: "needs a release",
  mkdir: "changes the reader's folder",
  cd: "changes the reader's folder",
  eval: "sets the lab's environment in the reader's shell",
  source: "gives the reader's shell completions; tests/lab/completions_test.ts does that",
  export: "sets the PATH of the reader's shell",
};

const folder = await Deno.makeTempDir({ prefix: "unitune-docs-" });
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

async function deno(cwd: string, ...args: string[]): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), { args, cwd, env: { NO_COLOR: "1" }, stdin: "null" });
  const { success, stdout, stderr } = await child.output();
  const [out = "", err = ""] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.ok(success, `${args.join(" ")}: ${out}${err}`);
  return out;
}

/** A config whose tags come from a commit needs one. */
async function commit(): Promise<void> {
  const identity = ["-c", "user.name=docs", "-c", "user.email=docs@example.com"];
  for (const args of [["init", "--quiet"], [...identity, "commit", "--quiet", "--allow-empty", "-m", "Start"]]) {
    assert.ok((await new Deno.Command("git", { args, cwd: folder }).output()).success, args.join(" "));
  }
}

const run = (...args: string[]): Promise<string> => deno(root, "run", "-A", ...args);

interface Command {
  readonly at: string;
  readonly words: readonly string[];
}

/** The commands of the guides as lists of words, without comments. */
const commands: readonly Command[] = of("sh").flatMap((block) =>
  block.text.trim().split("\n").filter((line) => !/^(#|$)/.test(line)).map((line) => ({
    at: `${placeOf(block)}: ${line}`,
    words: line.replace(/\s+#.*$/, "").split(" "),
  }))
);
const ofProgram = (name: string) => commands.filter(({ words }) => words[0] === name);

Deno.test("every example has a README", () => {
  for (const { name } of Deno.readDirSync(`${root}examples`)) {
    assert.ok(Deno.statSync(`${root}examples/${name}/README.md`).isFile, name);
  }
});

Deno.test("every block in the documents runs, is checked, or says why not", () => {
  const kinds = ["ts", "sh", "yaml", "json"];
  // The reference is written from the program's own help and catalogues: tests/ci/reference_test.ts.
  const left = blocks.filter(({ document, language, note }) =>
    !kinds.includes(language) && `${language} ${note}` !== "text of plan" && !document.startsWith("docs/reference/")
  );
  const named = left.map(({ document, language, note }) => `${document} ${language} ${note}`.trim());
  assert.deepEqual([...new Set(named)].toSorted(), Object.keys(SHOWN).toSorted());
});

Deno.test("every command in the guides is unitune's or a task, or says why no test starts it", () => {
  const first = new Set(commands.map(({ words }) => words[0]!));
  const known = ["unitune", "deno", "npx", ...Object.keys(PROGRAMS)];
  assert.deepEqual([...first].filter((name) => !known.includes(name)), []);
});

Deno.test("commands in the guides are the program's, with options that it has, and files that exist", async () => {
  const helps = new Map<string, string>();
  for (const { at, words: [, name = "", ...words] } of ofProgram("unitune")) {
    if (!helps.has(name)) helps.set(name, await run("main.ts", name, "--help"));
    const options = words.filter((word) => word.startsWith("-"));
    for (const option of options) assert.match(helps.get(name)!, new RegExp(`(^|[ ,])${option}\\b`, "m"), at);
    for (const word of words.filter((word) => word.endsWith(".ts"))) assert.ok(Deno.statSync(root + word).isFile, at);
  }
  assert.ok(helps.size >= 8, [...helps.keys()].join(", "));
});

Deno.test("tasks and scripts in the guides exist", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${root}deno.json`)) as { tasks: Record<string, string> };
  for (const { at, words } of commands) {
    const task = /\btask (?:--quiet )?([\w:]+)/.exec(words.join(" "))?.[1];
    if (task) assert.ok(tasks[task], at);
    const files = words.filter((word) => /^examples\/.*\.(ts|yaml)$/.test(word));
    for (const file of files) assert.ok(Deno.statSync(root + file).isFile, at);
  }
});

Deno.test("the plans of examples that the guides make without an account are made", async () => {
  const offline = ofProgram("unitune").filter(({ words }) => words.includes("--offline") && words.includes("-c"));
  assert.ok(offline.length >= 4);
  for (const { at, words: [, ...args] } of offline) assert.match(await run("main.ts", ...args), /^Plan for /, at);
});

Deno.test("the README, both modules and every how-to page with a config have examples", () => {
  const having = new Set(examples.map(({ document }) => document));
  for (const document of ["README.md", "lib/mod.ts", "lib/config/mod.ts", "docs/tutorial.md"]) {
    assert.ok(having.has(document), document);
  }
  const pages = documents().filter((name) => name.startsWith("docs/how-to/"));
  const without = pages.filter((name) => !having.has(name));
  assert.deepEqual(without.toSorted(), ["docs/how-to/README.md", "docs/how-to/removal.md"]);
});

Deno.test("the examples in the documents type-check", async () => {
  for (const [at, { text }] of examples.entries()) await Deno.writeTextFile(`${folder}/example${at}.ts`, text);
  await deno(folder, "check", "--config", `${root}deno.json`, ...examples.map((_, at) => `example${at}.ts`));
});

Deno.test("the configs in the documents are planned without mistakes, and the scripts plan them", async () => {
  await commit();
  for (const block of examples.filter(isConfig)) {
    for (const [, context] of block.text.matchAll(/context: "([^"]+)"/g)) {
      await Deno.mkdir(`${folder}/${context}`, { recursive: true });
      await Deno.writeTextFile(`${folder}/${context}/Dockerfile`, "FROM scratch\n");
    }
    await Deno.writeTextFile(`${folder}/unitune.config.ts`, block.text);
    const stage = block.text.includes("stage") ? "prod" : undefined;
    await using project = await openProject({ cwd: folder, stage }).catch((error) => {
      throw new Error(`${placeOf(block)}: ${error.message}: ${error.lines?.join("; ")}`);
    });
    const { findings } = await project.plan({ offline: true });
    const wrong = findings.filter(({ severity }) => severity === "error").map(({ message }) => message);
    assert.deepEqual(wrong, [], placeOf(block));
    assert.match(project.config.name, /^(acme-ml|my-llm)/, placeOf(block));
  }
  for (const [at, example] of examples.entries()) {
    if (isConfig(example)) continue;
    await Deno.writeTextFile(`${folder}/script${at}.ts`, example.text);
    const out = await deno(folder, "run", "-A", "--config", `${root}deno.json`, `script${at}.ts`);
    assert.match(out, /^Plan for /, placeOf(example));
  }
});

Deno.test("the tutorial's project is written and planned as the tutorial shows it", async () => {
  const init = ofProgram("unitune").find(({ at, words }) => at.startsWith("docs/tutorial.md") && words[1] === "init");
  const project = `${folder}/my-llm`, main = `${root}main.ts`;
  await Deno.mkdir(project);
  await deno(project, "run", "-A", main, ...init!.words.slice(1), "--region", "us-west-2", "--yes");
  const plan = (await deno(project, "run", "-A", main, "plan", "--offline")).replaceAll(/\s+/g, " ");
  const [shown] = blocks.filter(({ language, note }) => `${language} ${note}` === "text of plan");
  for (const line of shown!.text.trim().split("\n")) assert.ok(plan.includes(line.trim()), line);
});

Deno.test("YAML in the documents is valid, and an object of Kubernetes has a name", () => {
  for (const block of of("yaml")) {
    for (const document of parseAllDocuments(block.text)) {
      assert.deepEqual(document.errors, [], placeOf(block));
      const { apiVersion, kind, metadata } = document.toJS();
      if (apiVersion !== undefined) assert.ok(kind && metadata.name, placeOf(block));
    }
  }
});

Deno.test("JSON in the documents is valid", () => {
  for (const block of of("json")) assert.ok(JSON.parse(block.text), placeOf(block));
});
