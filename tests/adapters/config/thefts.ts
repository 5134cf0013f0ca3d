/** What configs try to reach: refused as they are loaded by a script (`sandbox_test.ts`), and by the compiled program. */
export const HEAD = 'import { defineConfig } from "unitune/config";\n';
export const EXPORT =
  '\nexport default defineConfig({ name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private" } });\n';

/** Refused before anything runs, at this line and column. */
export const IMPORTS: Readonly<Record<string, readonly [code: string, place: string]>> = {
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
  "an import inside what looks like a block comment": ['/*\n// */ import x from "npm:left-pad"; /* */', "3:22"],
};

/** Texts that a lexer takes for an import, and a parser does not: they are taken, and reach nothing. */
export const LOOKALIKES: Readonly<Record<string, string>> = {
  "in a comment behind a division": "const a = {}\n/1;/*/.test(''); import('npm:left-pad'); //*/",
  "in a text": "const x = 'import(\"npm:left-pad\")';",
  "in a long comment of slashes": `${"/".repeat(20)} import types ${"/".repeat(80)}`,
  "in a template in a comment": "// ${ import('npm:left-pad') }",
  "in a regular expression": 'const o = { typeof: /import("npm:left-pad")/ };',
};

/** Runs and finds nothing. */
export const GLOBALS: Readonly<Record<string, string>> = {
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
  "throw dice": "Math.random()",
  "use crypto": "crypto.randomUUID()",
};

/** Runs, and is refused for what it did to the language. */
export const TRICKS: Readonly<Record<string, readonly [code: string, changed: string]>> = {
  "give every object a field": [
    "Object.defineProperty(Object.prototype, 'endpoint', { value: 'private' });",
    "Object.prototype",
  ],
  "put code into what every list has": ["Array.prototype.map = () => [];", "Array.prototype.map"],
  "put code into what every list has, when its function is called": [
    "export default defineConfig(() => { Array.prototype.map = () => []; return {}; });",
    "Array.prototype.map",
  ],
  "change how the result is written": ["JSON.stringify = () => '{}';", "JSON.stringify"],
  "take a method away": ["delete Object.fromEntries;", "Object.fromEntries"],
  "change how keys are listed": ["Object.keys = Reflect.ownKeys = () => [];", "Object.keys"],
  "change all at once, and the watcher's own means": [
    "Object.keys = Object.entries; Reflect.getOwnPropertyDescriptor = () => undefined;",
    "Object.keys",
  ],
};
