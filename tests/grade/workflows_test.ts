/** GitHub's workflows cannot run here: actionlint reads them, and every action is pinned by its commit. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { goTool } from "./tools.ts";

const folder = fileURLToPath(new URL("../../.github/workflows/", import.meta.url));
const workflows = Array.from(Deno.readDirSync(folder), ({ name }) => `${folder}${name}`);

Deno.test("actionlint finds nothing in the workflows", async () => {
  assert.ok(workflows.length > 0);
  const { code, stdout, stderr } = await goTool("actionlint", workflows);
  assert.equal(code, 0, stdout + stderr);
});

Deno.test("actionlint finds a mistake that is planted", async () => {
  const file = await Deno.makeTempFile({ suffix: ".yml" });
  try {
    const text = await Deno.readTextFile(workflows[0]!);
    await Deno.writeTextFile(file, text.replace("needs: test", "needs: tests"));
    const { code, stdout } = await goTool("actionlint", [file]);
    assert.equal(code, 1);
    assert.match(stdout, /tests/);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("every action is pinned by its commit, with its version beside it", async () => {
  for (const workflow of workflows) {
    const used = (await Deno.readTextFile(workflow)).split("\n").filter((line) => /^\s*(- )?uses:/.test(line));
    assert.ok(used.length > 0);
    for (const line of used) assert.match(line, /uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  }
});
