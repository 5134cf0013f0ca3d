/** "I want to add…" of `docs/architecture.md`: how many files each row takes, counted on what is there already. */
import assert from "node:assert/strict";
import { ERRORS } from "../../lib/core/error_codes.ts";
import { EVENTS } from "../../lib/core/events.ts";
import { readSources } from "./sources.ts";

const program = readSources("main.ts", "lib/", "infra/");

/** Files that name something, as an identifier. */
function naming(name: string): string[] {
  return program.filter(({ identifiers }) => identifiers.has(name)).map(({ file }) => file);
}

/** Files that import a file. */
function importing(file: string): string[] {
  return program.filter(({ imports }) => imports.some(({ to }) => to === file)).map((one) => one.file);
}

Deno.test("a pool option that is taken as it is written is in four files, and in Karpenter's own interface", () => {
  for (const option of ["expireAfter", "terminationGracePeriod"]) {
    assert.deepEqual(naming(option), [
      "lib/cluster/node_pool.ts",
      "lib/config/input/pool.ts",
      "lib/config/resolve/pool_defaults.ts",
      "lib/config/schema/pool.ts",
      "lib/core/karpenter.ts",
    ]);
  }
});

Deno.test("a command is a file of the command line, which one list imports, and a file of its action", () => {
  const commands = program.filter(({ file }) => file.startsWith("lib/cli/commands/"));
  assert.ok(commands.length >= 9);
  for (const { file, imports } of commands) {
    assert.deepEqual(importing(file), ["lib/cli/main.ts"], file);
    // Beside the library, only what commands share.
    const own = imports.flatMap(({ to }) => to?.startsWith("lib/") ? [to] : []);
    assert.deepEqual(own.filter((to) => !/^lib\/(mod|core\/.*|cli\/(documents\/)?[a-z_]+)\.ts$/.test(to)), [], file);
  }
  for (const verb of ["deploy", "destroy", "plan", "synth"]) {
    const by = importing(`lib/actions/${verb}.ts`).filter((file) => !file.startsWith("lib/actions/"));
    assert.deepEqual(by, ["lib/mod.ts"], verb);
  }
});

Deno.test("a check is one file, which one list imports", () => {
  const checks = program.filter(({ file }) => /^lib\/checks\/(?!check\.ts|mod\.ts)/.test(file));
  assert.ok(checks.length >= 14);
  for (const { file } of checks) assert.deepEqual(importing(file), ["lib/checks/mod.ts"], file);
});

Deno.test("an error is one entry: no table but the catalogue has its code as a key", () => {
  for (const code of Object.keys(ERRORS)) {
    const key = new RegExp(`^ +${code}: `, "m"), tables = program.filter(({ text }) => key.test(text));
    // Adapters may have a hint for what an API answered.
    const required = tables.filter(({ file }) => !/^lib\/adapters\/[a-z]+\/errors\.ts$/.test(file));
    assert.deepEqual(required.map(({ file }) => file), ["lib/core/error_codes.ts"], code);
  }
});

Deno.test("an event is declared in one file", () => {
  const declared = new RegExp(Object.keys(EVENTS).map((type) => `readonly type: "${type}"`).join("|"));
  assert.deepEqual(program.filter(({ text }) => declared.test(text)).map(({ file }) => file), ["lib/core/events.ts"]);
});
