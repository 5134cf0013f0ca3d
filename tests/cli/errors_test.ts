import assert from "node:assert/strict";
import { understood } from "../../lib/cli/errors.ts";
import { hasCode, UnituneError } from "../../lib/core/errors.ts";
import { run } from "./run.ts";

Deno.test("what the file system refuses is an error with the path and a next step, not a fault of unitune", async () => {
  const missing = await Deno.readTextFile("/nowhere/a").catch(understood);
  assert.ok(hasCode(missing, "FILE"));
  assert.equal(missing.message, "Cannot read /nowhere/a: no such file or directory");
  assert.equal(missing.path, "/nowhere/a");
  const unwritten = await Deno.mkdir("/proc/unitune").catch(understood);
  assert.ok(hasCode(unwritten, "FILE"));
  assert.match(unwritten.message, /^Cannot write \/proc\/unitune: /);
});

Deno.test("every other error stays what it is", () => {
  const fault = new TypeError("a fault"), ours = new UnituneError("USAGE", "Cannot");
  assert.equal(understood(fault), fault);
  assert.equal(understood(ours), ours);
});

Deno.test("a mistake that comes from a flag names the flag, and no line of the config", async () => {
  const folder = await Deno.makeTempDir(), file = `${folder}/unitune.config.ts`;
  const config = '{ name: "acme", region: "us-west-2", cluster: { endpoint: "private" } }';
  try {
    await Deno.writeTextFile(
      file,
      `import { defineConfig } from "unitune/config";\nexport default defineConfig(${config});\n`,
    );
    for (const [flag, value] of [["--region", "nowhere"], ["--stage", "Not Good"]] as const) {
      const { code, stderr } = await run(["plan", "--offline", "--json", "-c", file, flag, value]);
      assert.equal(code, 3);
      const { mistakes, line } = JSON.parse(stderr);
      assert.deepEqual([mistakes.length, mistakes[0].path, mistakes[0].line, line], [1, flag, undefined, undefined]);
    }
    const { stderr } = await run(["plan", "--offline", "--json", "-c", file, "--allow-read", "/nowhere"]);
    assert.equal(JSON.parse(stderr).path, "--allow-read");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
