/** What a config or a file name says reaches a terminal as text: through the compiled program. */
import assert from "node:assert/strict";
import { isSteering } from "../../lib/core/text.ts";
import { makeProject } from "../config/project.ts";
import { runProgram } from "../lab/program.ts";

// deno-lint-ignore no-control-regex
const STEERS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|^\s*(::|##)|##\[/m;
const NASTY = String.raw`\x1b]0;owned\x07\x1b[2J\x9b31m\u202ereversed`;

Deno.test("nothing that a config logs, throws or is refused for steers a terminal or a CI runner", async () => {
  await using project = await makeProject();
  const head = 'import { defineConfig } from "unitune/config";\n';
  for (
    const config of [
      `console.log("${NASTY}");\nconsole.log("\\n::set-output name=a::b");\nexport default defineConfig({});`,
      `throw new Error("${NASTY}\\n::error::b");`,
      `export default defineConfig({ name: "${NASTY}", region: "${NASTY}", "${NASTY}": 1, cluster: { endpoint: "private" } });`,
    ]
  ) {
    await project.write("unitune.config.ts", head + config);
    const ran = await runProgram(["plan", "--offline"], { cwd: project.root, env: {} });
    assert.equal(ran.code, 3);
    assert.doesNotMatch(ran.stderr, STEERS, JSON.stringify(ran.stderr));
  }
});

Deno.test("the names of a context's files are told as text, and by --json as they are", async () => {
  await using project = await makeProject();
  const name = "a\x1b[31m\u202eb ##[error]c";
  await project.write(`images/base/${name}`, "x");
  const told = await runProgram(["context", "images/base"], { cwd: project.root, env: {} });
  assert.equal(told.code, 0, told.stderr);
  assert.doesNotMatch(told.stdout + told.stderr, STEERS);
  const json = await runProgram(["context", "images/base", "--json"], { cwd: project.root, env: {} });
  assert.equal(isSteering(json.stdout), false);
  const { files } = JSON.parse(json.stdout) as { files: { path: string }[] };
  assert.ok(files.some(({ path }) => path === name));
});

Deno.test("with --json a command that fails ends with an event of type error, which has a time and a level", async () => {
  const before = Date.now(),
    { stderr } = await runProgram(["plan", "--json", "-c", "nowhere.ts"], { cwd: "/", env: {} });
  const { at, ...event } = JSON.parse(stderr.trimEnd().split("\n").at(-1)!);
  assert.ok(at >= before && at <= Date.now(), `${at}`);
  assert.deepEqual([event.type, event.level, event.code], ["error", "error", "CONFIG_NOT_FOUND"]);
});
