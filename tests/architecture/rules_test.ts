/** The house holds its rules: see `rules.ts` and `docs/architecture.md`. Every rule is shown to find what breaks it. */
import assert from "node:assert/strict";
import {
  importCycles,
  importers,
  impurities,
  longFiles,
  longFunctions,
  outsideOfInfra,
  unpinned,
  unusedExports,
  unusedPackages,
  wrongArrows,
} from "./rules.ts";
import { parse, readSources } from "./sources.ts";
import deno from "../../deno.json" with { type: "json" };

const program = readSources("main.ts", "lib/", "infra/"), scripts = readSources(".ci/");
const examples = readSources("examples/", "unitune.config.ts"), tests = readSources("tests/");
const PACKAGES = Object.entries(deno.imports).filter(([, to]) => to.startsWith("npm:"));

/** Packages that no file names, with the reason why they are there. */
const UNNAMED: Readonly<Record<string, string>> = {
  "@types/node": "the types of node: modules",
  "commander": "what @commander-js/extra-typings gives types to, and expects beside itself",
};

/** The public API, and what AWS calls. */
const ENTRIES = ["lib/mod.ts", "lib/config/mod.ts", "infra/lambda/clean_up.ts", "infra/lambda/default_group.ts"];

/** Values that are exported for tests alone: parts that are tried by themselves, and tables that others are held to. */
const FOR_TESTS: Readonly<Record<string, readonly string[]>> = {
  "infra/synth.ts": ["construct"],
  "lib/actions/observe.ts": ["ourObjects", "staleObjects"],
  "lib/actions/steps/permissions.ts": ["ensureNeeds"],
  "lib/adapters/config/load.ts": ["isTrusted"],
  "lib/cluster/mod.ts": ["nodeClass", "nodePool", "poolInputs"],
  "lib/core/facts/add_ons.ts": ["ADD_ONS"],
  "lib/core/stack_states.ts": ["STACK_STATES"],
  "lib/core/text.ts": ["plainLine"],
  "lib/core/user_data.ts": ["SHELL_SCRIPT"],
  "lib/images/backends/buildkit/progress.ts": ["FAILURE"],
  "lib/images/key.ts": ["buildKey", "buildkitVersion", "keyParts"],
  "lib/permissions/parts.ts": ["PERMISSION_PARTS"],
  "lib/permissions/table.ts": ["PERMISSIONS", "actionsOf"],
  "lib/plan/sources.ts": ["supplied"],
};

Deno.test("every export is taken by another file, or is public", () => {
  const unused = unusedExports([...program, ...scripts], [...program, ...scripts, ...tests, ...examples], ENTRIES);
  assert.deepEqual(unused.map(({ file, name }) => `${file}: ${name}`), []);
});

Deno.test("what the program exports for tests alone is listed here, but for types", () => {
  const used = unusedExports(program, [...program, ...scripts, ...examples], ENTRIES);
  const listed = Object.entries(FOR_TESTS).flatMap(([file, names]) => names.map((name) => `${file}: ${name}`));
  const values = used.filter(({ typeOnly }) => !typeOnly).map(({ file, name }) => `${file}: ${name}`);
  assert.deepEqual(values.filter((one) => !listed.includes(one)), []);
});

Deno.test("every import follows an arrow that the house allows", () => {
  assert.deepEqual(wrongArrows([...program, ...examples]), []);
});

Deno.test("no files import each other, not even for types", () => {
  assert.deepEqual(importCycles([...program, ...scripts, ...examples, ...tests]), []);
});

Deno.test("no file of the program or its scripts is longer than 400 lines", () => {
  assert.deepEqual(longFiles([...program, ...scripts]), []);
});

Deno.test("no function of the program or its scripts is longer than 50 lines", () => {
  assert.deepEqual(longFunctions([...program, ...scripts]), []);
});

Deno.test("pure rooms mention no runtime, clock, network or SDK", () => {
  assert.deepEqual(impurities(program), []);
});

Deno.test("infra has no SDK, environment, files, clock or network", () => {
  assert.deepEqual(outsideOfInfra(program), []);
});

Deno.test("Kubernetes' client gives one file its types, and is loaded by none", () => {
  assert.deepEqual(importers("@kubernetes/client-node", program), ["lib/core/kube.ts (types)"]);
});

Deno.test("every package of the import map is imported, or has a reason", () => {
  const unused = unusedPackages(PACKAGES.map(([name]) => name), [...program, ...scripts, ...examples, ...tests]);
  assert.deepEqual(unused.filter((name) => !UNNAMED[name]), []);
});

Deno.test("every package of the import map has an exact version, and the lock file holds it", async () => {
  assert.deepEqual(unpinned(deno.imports), []);
  const lock = JSON.parse(await Deno.readTextFile(new URL("../../deno.lock", import.meta.url)));
  const wanted: readonly string[] = lock.workspace.dependencies;
  assert.deepEqual(wanted.toSorted(), PACKAGES.map(([, to]) => to).toSorted());
  assert.deepEqual(wanted.filter((to) => !lock.specifiers[to]), []);
});

Deno.test("arrows are seen in imports, type imports, re-exports and dynamic imports, and the wrong ones refused", () => {
  const text = `
    import { a } from "../plan/changes.ts";
    import type { Config } from "../config/types.ts";
    import { b } from "../config/types.ts";
    export { c } from "../core/names.ts";
    type D = import("../cli/main.ts").D;
    const e = await import("../adapters/clock.ts");
    // import { no } from "../cli/main.ts";
    const text = 'import { no } from "../cli/main.ts"';
  `;
  const source = parse("lib/plan/x.ts", text);
  assert.equal(source.imports.length, 6);
  assert.deepEqual(wrongArrows([source]), [
    "lib/plan/x.ts → lib/config/types.ts",
    "lib/plan/x.ts → lib/cli/main.ts",
    "lib/plan/x.ts → lib/adapters/clock.ts",
  ]);
});

Deno.test("a cycle is found around several files, and through types alone", () => {
  const sources = [
    parse("lib/a.ts", 'import { b } from "./b.ts";'),
    parse("lib/b.ts", 'import type { C } from "./c.ts";'),
    parse("lib/c.ts", 'type A = typeof import("./a.ts");'),
    parse("lib/d.ts", 'export { a } from "./a.ts";'),
  ];
  assert.deepEqual(importCycles(sources), ["lib/a.ts → lib/b.ts → lib/c.ts → lib/a.ts"]);
  assert.deepEqual(importCycles(sources.slice(1)), []);
});

Deno.test("a file over 400 lines and a function over 50 lines are found by their names", () => {
  const body = (lines: number) => "  work();\n".repeat(lines);
  const long = parse("lib/a.ts", `class A {\n  b() {\n${body(49)}  }\n}\nconst c = () => {\n${body(48)}};\n`);
  assert.deepEqual(longFunctions([long]), ["lib/a.ts:2 b: 51 lines"]);
  assert.deepEqual(longFiles([parse("lib/b.ts", "\n".repeat(400)), parse("lib/c.ts", "\n".repeat(401))]), [
    "lib/c.ts: 401 lines",
  ]);
});

Deno.test("a clock in a pure room and an SDK in infra are found", () => {
  assert.deepEqual(impurities([parse("lib/core/a.ts", "const now = Date.now();\n// Deno.exit\n")]), [
    "lib/core/a.ts: const now = Date.now();",
  ]);
  const infra = parse(
    "infra/a.ts",
    'import { EC2Client } from "@aws-sdk/client-ec2";\nimport "node:fs";\nconst a = globalThis.process.env, b = `fetch()`;',
  );
  assert.deepEqual(outsideOfInfra([infra]), [
    "infra/a.ts: @aws-sdk/client-ec2",
    "infra/a.ts: node:fs",
    "infra/a.ts: process",
  ]);
});

Deno.test("who imports a package is found, and whether for its types alone", () => {
  const sources = [
    parse("lib/a.ts", 'import type { A } from "zod";'),
    parse("lib/b.ts", 'import { type B, c } from "zod/v4";'),
    parse("lib/c.ts", 'import { d } from "zoder";'),
  ];
  assert.deepEqual(importers("zod", sources), ["lib/a.ts (types)", "lib/b.ts"]);
});

Deno.test("a package that nothing imports and a version that is not exact are found", () => {
  const source = parse("lib/a.ts", 'import { a } from "zod/v4";\nimport type { B } from "yaml";');
  assert.deepEqual(unusedPackages(["zod", "yaml", "yam"], [source]), ["yam"]);
  const imports = { a: "npm:a@1.2.3", b: "npm:b@^1.2.3", c: "npm:c@24", d: "npm:d", unitune: "./lib/mod.ts" };
  assert.deepEqual(unpinned(imports), ["npm:b@^1.2.3", "npm:c@24", "npm:d"]);
});

Deno.test("an export that no file takes is found, whatever way others are taken", () => {
  const exported = ["a", "b", "c", "d", "e"].map((name) => `export const ${name} = 1;`).join("\n");
  const sources = [
    parse("lib/a.ts", `${exported}\nexport interface F { a: 1 }\nexport type { G } from "./g.ts";`),
    parse("lib/b.ts", 'import { a as x } from "./a.ts";\nexport { b } from "./a.ts";'),
    parse("lib/c.ts", 'const { c } = await import("./a.ts");\nimport * as all from "./a.ts";\nall.d();'),
  ];
  const unused = unusedExports(sources, sources, ["lib/b.ts"]);
  assert.deepEqual(unused.map(({ name, typeOnly }) => [name, typeOnly]), [["e", false], ["F", true], ["G", true]]);
  const all = parse("lib/d.ts", 'export * from "./a.ts";');
  assert.deepEqual(unusedExports(sources, [all], ["lib/b.ts"]), []);
});
