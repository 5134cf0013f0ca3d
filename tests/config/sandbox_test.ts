/** What a config tries to read, and does not get. */
import assert from "node:assert/strict";
import { makeProject } from "./project.ts";

const HEAD = 'import { defineConfig } from "unitune/config";\n';
const EXPORT =
  '\nexport default defineConfig({ name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private" } });\n';

/** Refused before anything runs, at this line and column. */
const IMPORTS: Readonly<Record<string, readonly [code: string, place: string]>> = {
  "a text file": ['import x from "../elsewhere/secret.txt" with { type: "text" };', "2:16"],
  "a file's bytes": ['import x from "../elsewhere/secret.txt" with { type: "bytes" };', "2:16"],
  "a JSON file outside": ['import x from "../elsewhere/secret.json" with { type: "json" };', "2:16"],
  "a JSON file by its absolute path": ['import x from "/etc/os-release.json" with { type: "json" };', "2:16"],
  "a module outside": ['import x from "../elsewhere/secret.ts";', "2:16"],
  "a module through a link": ['import x from "./linked.ts";', "2:16"],
  "a module through a linked folder": ['import x from "./images/linked/secret.ts";', "2:16"],
  "a module outside by an escape": [String.raw`import x from "\u002e./elsewhere/secret.ts";`, "2:16"],
  "a module outside, given on": ['export * from "../elsewhere/secret.ts";', "2:16"],
  "an npm package": ['import x from "npm:left-pad";', "2:16"],
  "a package without npm:": ['import x from "left-pad";', "2:16"],
  "a module over https": ['import x from "https://example.com/x.ts";', "2:16"],
  "a file: URL": ['import x from "file:///etc/passwd";', "2:16"],
  "a data: URL": ['import x from "data:text/javascript,export default 1";', "2:16"],
  "a part of the runtime": ['import x from "node:fs";', "2:16"],
  "a module for its effects": ['import "npm:left-pad";', "2:9"],
  "import()": ['const x = await import("../elsewhere/secret.json", { with: { type: "json" } });', "2:17"],
  "import() of what is only known later": ['const x = await import("../else" + "where/secret.ts");', "2:17"],
  "import() in an expression": ["const x = `${await import('npm:left-pad')}`;", "2:20"],
  "import() behind a comment": ["const x = import /* ( */ ('npm:left-pad');", "2:11"],
  "import.meta": ["const x = import.meta.url;", "2:11"],
  "an import behind what looks like a regular expression": [
    "const a = {}\n/1;/*/.test(''); import('npm:left-pad'); //*/",
    "3:18",
  ],
  "an import inside what looks like a text": ["const x = 'import(\"npm:left-pad\")';", "2:12"],
  "an import inside what looks like a block comment": ['/*\n// */ import x from "npm:left-pad"; /* */', "3:22"],
};

for (const [what, [code, place]] of Object.entries(IMPORTS)) {
  Deno.test(`a config cannot import ${what}`, async () => {
    await using project = await makeProject();
    const failure = await project.failure(HEAD + code + EXPORT);
    assert.match(failure, new RegExp(`^CONFIG_INVALID .*\nunitune\\.config\\.ts:${place}  `));
    assert.doesNotMatch(failure, /stolen|threw/);
  });
}

/** Runs and finds nothing. */
const GLOBALS: Readonly<Record<string, string>> = {
  "read a file": 'Deno.readTextFileSync("../elsewhere/secret.txt")',
  "read the environment": "Deno.env.get('HOME')",
  "reach Deno through globalThis": "globalThis.Deno.env.toObject()",
  "reach process": "process.env",
  "fetch": 'fetch("https://example.com")',
  "open a WebSocket": 'new WebSocket("wss://example.com")',
  "start a Worker": 'new Worker("data:text/javascript,1", { type: "module" })',
  "make an event": 'new Event("message")',
  "post a result of its own": 'postMessage("forged")',
  "listen to messages": 'addEventListener("message", () => {})',
  "wait": "setTimeout(() => {}, 1)",
  "use WebAssembly": "new WebAssembly.Module(new Uint8Array())",
  "evaluate a text": 'eval("1")',
  "evaluate a text indirectly": '(0, globalThis.eval)("1")',
  "make a function of a text": 'new Function("return 1")()',
  "make a function of a text through a function": '(() => {}).constructor("return 1")()',
  "make an async function of a text": '(async () => {}).constructor("return 1")()',
  "make a generator of a text": '(function* () {}).constructor("return 1")()',
  "make an async generator of a text": '(async function* () {}).constructor("return 1")()',
  "make a function of a text through a class": 'Object.getPrototypeOf(class {}).constructor("return 1")()',
  "tell the time": "new Date()",
  "tell the time by Temporal": "Temporal.Now.instant()",
  "throw dice": "Math.random()",
  "use crypto": "crypto.randomUUID()",
};

for (const [what, code] of Object.entries(GLOBALS)) {
  Deno.test(`a config cannot ${what}`, async () => {
    await using project = await makeProject();
    const failure = await project.failure(`${HEAD}const x = ${code};${EXPORT}`);
    assert.match(failure, /^CONFIG_INVALID .*\nunitune\.config\.ts:2:\d+ {2}threw (ReferenceError|TypeError): /);
  });
}

Deno.test("a config that never ends is given up at its time limit", async () => {
  await using project = await makeProject();
  const failure = await project.failure(`${HEAD}while (true);${EXPORT}`, { timeoutMs: 300 });
  assert.match(failure, /must be evaluated within 0\.3 s — look for a loop that does not end/);
});

Deno.test("a config that waits for what never comes is given up at its time limit", async () => {
  await using project = await makeProject();
  const failure = await project.failure(`${HEAD}await new Promise(() => {});${EXPORT}`, { timeoutMs: 300 });
  assert.match(failure, /unitune\.config\.ts:1:1 {2}(must be evaluated within 0\.3 s|cannot be evaluated|threw)/);
});

Deno.test("a config that gives too much is refused", async () => {
  await using project = await makeProject();
  const failure = await project.failure(`${HEAD}export default defineConfig({ name: "x".repeat(2e6) });`);
  assert.match(failure, /must give a config of at most 1000000 characters/);
});

Deno.test("a config that goes around in itself, or that is no data, is refused with its path", async () => {
  await using project = await makeProject();
  const failure = await project.failure(
    `${HEAD}const tags = { n: 1n, s: Symbol("s"), nan: NaN };\ntags.self = tags;\n` +
      'export default defineConfig({ name: "a", region: "us-west-2", cluster: { endpoint: "private" }, tags });',
  );
  assert.match(failure, /2:16 {2}tags\.n {2}must be plain data: found a bigint\n/);
  assert.match(failure, /2:23 {2}tags\.s {2}must be plain data: found a symbol\n/);
  assert.match(failure, /2:39 {2}tags\.nan {2}must be plain data: found NaN\n/);
  assert.match(failure, /tags\.self {2}must be plain data: found an object inside itself\n/);
});

Deno.test("an error that a config makes up cannot pretend to come from elsewhere", async () => {
  await using project = await makeProject();
  const failure = await project.failure(
    `${HEAD}throw Object.assign(new Error("no"), { stack: "at file:///etc/passwd:7:7" });${EXPORT}`,
  );
  assert.match(failure, /\nunitune\.config\.ts:1:1 {2}threw no\n/);
});

Deno.test("a rejection that nobody catches is told at its place, and does not end the program", async () => {
  await using project = await makeProject();
  const code = 'Promise.reject(new Error("lost"));\nawait new Promise(() => {});';
  assert.match(await project.failure(HEAD + code + EXPORT), /\nunitune\.config\.ts:2:16 {2}threw lost\n/);
});

Deno.test("an error outside of the config's own course is told at its place, and does not end the program", async () => {
  await using project = await makeProject();
  const code = 'queueMicrotask(() => { throw new Error("late"); });\nawait new Promise(() => {});';
  assert.match(await project.failure(HEAD + code + EXPORT), /\nunitune\.config\.ts:2:30 {2}threw late\n/);
});

Deno.test("a commented-out import is no import", async () => {
  await using project = await makeProject();
  const { config } = await project.load(
    `${HEAD}// import { x } from "npm:left-pad";\n  // const y = await import("./y.ts");${EXPORT}`,
  );
  assert.equal(config.name, "acme-ml");
});
