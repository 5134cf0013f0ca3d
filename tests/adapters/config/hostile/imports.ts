/** Imports of what is not the project's own. */
import { EXPORT, HEAD, type Hostile, withCode } from "./case.ts";

type Entry = readonly [name: string, code: Hostile["config"], says: RegExp];

const OUTSIDE = /an import must stay inside the folder of the config/;
const FORM = /must be "unitune\/config" or a relative path/;
const text = (around: { readonly file: string }) => JSON.stringify(around.file);

const PATHS: readonly Entry[] = [
  ["absolute", (a) => withCode(`import x from ${text(a)};`), FORM],
  ["upward", withCode('import x from "../elsewhere/canary.ts";'), OUTSIDE],
  ["upward and back", withCode('import x from "./images/../../elsewhere/canary.ts";'), OUTSIDE],
  ["a link", withCode('import x from "./linked.ts";'), OUTSIDE],
  ["through a linked folder", withCode('import x from "./images/linked/canary.ts";'), OUTSIDE],
  ["through a link that leads nowhere", withCode('import x from "./dangling.ts";'), OUTSIDE],
  ["by percent signs", withCode('import x from "./%2e%2e/elsewhere/canary.ts";'), /must name an existing file/],
  ["by a backslash", withCode(String.raw`import x from "./..\\elsewhere\\canary.ts";`), /must name an existing file/],
  ["by a NUL", withCode(String.raw`import x from "./pools.ts\u0000.txt";`), /must name an existing file/],
  ["by a line break", withCode(String.raw`import x from "./a\n::error::b.ts";`), /must name an existing file/],
  ["with a query", withCode('import x from "./pools.ts?x";'), /must name an existing file/],
  ["a folder", withCode('import x from "./images";'), /must name an existing file/],
  ["a Dockerfile", withCode('import x from "./images/base/Dockerfile";'), /must be a module/],
  ["re-exported", withCode('export * from "../elsewhere/canary.ts";'), OUTSIDE],
];

const URLS: readonly Entry[] = [
  ["file:", (a) => withCode(`import x from "file://${a.file}";`), FORM],
  ["http:", (a) => withCode(`import x from "http://127.0.0.1:${a.port}/x.ts";`), FORM],
  ["https:", withCode('import x from "https://example.com/x.ts";'), FORM],
  ["npm:", withCode('import x from "npm:left-pad@1.3.0";'), FORM],
  ["jsr:", withCode('import x from "jsr:@std/fs";'), FORM],
  ["node:", withCode('import { readFileSync } from "node:fs";'), FORM],
  ["data:", withCode('import x from "data:text/javascript,export default 1";'), FORM],
  ["blob:", withCode('import x from "blob:null/1";'), FORM],
  ["ext:", withCode('import { core } from "ext:core/mod.js";'), FORM],
  ["a package's name", withCode('import fs from "fs";'), FORM],
  ["an imports map's name", withCode('import x from "#internal";'), FORM],
  ["a part of unitune", withCode('import x from "unitune/lib/adapters/config/engine.ts";'), FORM],
  ["with a scheme's letters escaped", withCode(String.raw`import x from "f\u0069le:///etc/passwd";`), FORM],
];

const ATTRIBUTES: readonly Entry[] = [
  ["text", (a) => withCode(`import x from ${text(a)} with { type: "text" };`), /only modules/],
  ["bytes", withCode('import x from "./linked.ts" with { type: "bytes" };'), /only modules/],
  ["json", withCode('import x from "../elsewhere/canary.json" with { type: "json" };'), /only modules/],
  ["json of the project", withCode('import x from "./data.json";'), /must be a module|must name/],
  ["assert", withCode('import x from "./data.json" assert { type: "json" };'), /cannot be read as|only modules/],
];

const DYNAMIC: readonly Entry[] = [
  ["known", withCode('await import("../elsewhere/canary.ts");'), /must not use import\(\)/],
  ["computed", (a) => withCode(`await import([${text(a)}].join(""));`), /must not use import\(\)/],
  ["with a comment in it", withCode('await import/**/("node:fs");'), /must not use import\(\)/],
  ["in a template in a template", withCode("`${`${await import('node:fs')}`}`;"), /must not use import\(\)/],
  [
    "in a default of a parameter",
    withCode("const f = (x = import('node:fs')) => x; await f();"),
    /must not use import\(\)/,
  ],
  ["of its own kind", withCode("await import.source('node:fs');"), /cannot be read as|must not use/],
  [
    "behind a regular expression",
    withCode("const o = { return: 1 }; o.return /import('x')/ 1; await import('node:fs');"),
    /must not use import\(\)/,
  ],
];

const many = Object.fromEntries(Array.from({ length: 80 }, (_, at) => {
  return [`many/m${at}.ts`, at < 79 ? `export * from "./m${at + 1}.ts";\n` : "export const last = 1;\n"];
}));
const wide = Array.from({ length: 80 }, (_, at) => `import "./many/m${at}.ts";`).join("\n");

const GRAPHS: readonly Hostile[] = [
  {
    kind: "graphs of modules",
    name: "a long chain",
    files: many,
    config: withCode('import { last } from "./many/m0.ts";'),
    says: /at most 64 modules/,
  },
  { kind: "graphs of modules", name: "many at once", files: many, config: withCode(wide), says: /at most 64 modules/ },
  {
    kind: "graphs of modules",
    name: "a circle",
    files: { "a.ts": 'export * from "./b.ts";\n', "b.ts": 'export * from "./a.ts";\n' },
    config: withCode('import { x } from "./a.ts";'),
    says: /must not import each other in a cycle/,
  },
  {
    kind: "graphs of modules",
    name: "the config itself",
    config: withCode('import me from "./unitune.config.ts";'),
    says: /must not import each other in a cycle/,
  },
  {
    kind: "graphs of modules",
    name: "a module that changes the language for others",
    files: { "bad.ts": "Object.prototype.endpoint = 'private';\n" },
    config: `import "./bad.ts";\n${HEAD}${EXPORT}`,
    says: /must not change built-in objects/,
  },
  {
    kind: "graphs of modules",
    name: "a module that is large",
    files: { "large.ts": `// ${"x".repeat(1 << 20)}\n` },
    config: withCode('import "./large.ts";'),
    says: /at most 1 MiB/,
  },
];

function list(kind: string, entries: readonly Entry[]): Hostile[] {
  const prepare: Hostile["prepare"] = async ({ root, file }) => {
    await Deno.symlink(file, `${root}/linked.ts`);
    await Deno.symlink(`${file}.nothing`, `${root}/dangling.ts`);
    await Deno.symlink(file.slice(0, file.lastIndexOf("/")), `${root}/images/linked`);
  };
  return entries.map(([name, config, says]) => ({ kind, name, config, says, prepare }));
}

export const IMPORTS: readonly Hostile[] = [
  ...list("imports by path", PATHS),
  ...list("imports by URL", URLS),
  ...list("imports with attributes", ATTRIBUTES),
  ...list("import()", DYNAMIC),
  ...GRAPHS,
];
