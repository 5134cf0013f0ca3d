import assert from "node:assert/strict";
import { EXIT } from "../../lib/core/errors.ts";
import { run } from "./run.ts";

/** Wrong command lines, and the flag or word that each error names. */
const WRONG: readonly (readonly [args: readonly string[], path: string | undefined, hint: RegExp])[] = [
  [["aply"], "aply", /Did you mean apply\?/],
  [["plan", "--ofline"], "--ofline", /Did you mean --offline\?/],
  [["synth"], "--out", /`unitune synth --help`/],
  [["plan", "--config"], "--config", /`unitune plan --help`/],
  [["logs"], "image", /`unitune logs --help`/],
  [["completions", "tcsh"], "shell", /`unitune completions --help`/],
  [["plan", "extra"], undefined, /`unitune plan --help`/],
  [["apply", "--only", "nothing"], "--only", /Phases are/],
];

Deno.test("every wrong command line ends as an error with code, flag and next step", async () => {
  for (const [args, path, hint] of WRONG) {
    const { code, stdout, stderr } = await run([args[0]!, "--json", ...args.slice(1)]);
    assert.deepEqual([args, code, stdout], [args, EXIT.usage, ""]);
    const event = JSON.parse(stderr);
    assert.deepEqual([event.type, event.code, event.path], ["error", "USAGE", path], stderr);
    assert.match(event.hint, hint);
    const told = await run(args);
    assert.match(told.stderr, /^error USAGE: Cannot .*\n( {2}at .*\n)? {2}hint: .*\n$/);
  }
});

Deno.test("with --json an error in a config has the place of each mistake", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/unitune.config.ts`;
    await Deno.writeTextFile(
      file,
      `import { defineConfig } from "unitune/config";\nexport default defineConfig({\n  nmae: 1,\n});\n`,
    );
    const { code, stderr } = await run(["plan", "--offline", "--json", "-c", file]);
    assert.equal(code, EXIT.config);
    const { file: named, line, column, mistakes } = JSON.parse(stderr);
    assert.ok(named.endsWith("unitune.config.ts"));
    assert.deepEqual([line, column], [mistakes[0].line, mistakes[0].column]);
    const wrong = mistakes.find(({ path }: { path?: string }) => path === "nmae");
    assert.deepEqual([wrong.code, wrong.line, wrong.column], ["UNKNOWN_FIELD", 3, 3]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
