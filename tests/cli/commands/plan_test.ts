/** Exit codes and forms of a plan, and files that are no saved plans. */
import assert from "node:assert/strict";
import { EXIT } from "../../../lib/core/errors.ts";
import { makeProject } from "../../config/project.ts";
import { dataOf } from "../../pages/read.ts";
import { run } from "../run.ts";

const CONFIG = `import { defineConfig } from "unitune/config";
export default defineConfig({ name: "acme", region: "us-west-2", cluster: { endpoint: "private" } });\n`;

const project = await makeProject();
await project.write("unitune.config.ts", CONFIG);
const config = ["-c", `${project.root}/unitune.config.ts`];
globalThis.addEventListener("unload", () => Deno.removeSync(project.root, { recursive: true }));

Deno.test("--detailed-exitcode ends with 2 if there are changes", async () => {
  assert.equal((await run(["plan", "--offline", ...config])).code, EXIT.done);
  assert.equal((await run(["plan", "--offline", "--detailed-exitcode", ...config])).code, 2);
});

Deno.test("--markdown prints the plan for a pull request", async () => {
  const { code, stdout } = await run(["plan", "--offline", "--markdown", ...config]);
  assert.equal(code, EXIT.done);
  assert.match(stdout, /^<h3>unitune plan for <code>acme<\/code> in us-west-2<\/h3>\n/);
});

Deno.test("an offline plan is not saved, and a file that is no plan is not applied", async () => {
  const file = `${project.root}/plan.json`;
  const offline = await run(["plan", "--offline", "--out", file, ...config]);
  assert.equal(offline.code, EXIT.usage);
  assert.match(offline.stderr, /error USAGE: .*offline/);
  for (const text of [undefined, "{", "{}", `{"version":2,"config":"","changes":[],"only":[]}`]) {
    if (text !== undefined) await Deno.writeTextFile(file, text);
    const { code, stdout, stderr } = await run(["apply", file, ...config], { ports: {} });
    assert.deepEqual([code, stdout], [EXIT.usage, ""]);
    assert.match(stderr, /^error PLAN_FILE: /);
  }
});

Deno.test("--html writes a page with the document that --json prints", async () => {
  const file = `${project.root}/plan.html`;
  const { code, stdout } = await run(["plan", "--offline", "--json", "--html", file, ...config]);
  assert.equal(code, EXIT.done);
  assert.deepEqual(dataOf(await Deno.readTextFile(file), "plan"), JSON.parse(stdout));
  const nowhere = await run(["plan", "--offline", "--html", `${project.root}/none/plan.html`, ...config]);
  assert.deepEqual([nowhere.code, nowhere.stdout], [EXIT.usage, ""]);
  assert.match(nowhere.stderr, /^error PAGE_FILE: Cannot write the page to /);
});

Deno.test("drift is not looked for offline, and not reverted without the stacks or in a saved plan", async () => {
  const cases: [string[], string][] = [
    [["plan", "--offline", "--drift"], "--drift"],
    [["apply", "--revert-drift", "--only", "pools"], "--revert-drift"],
    [["apply", "plan.json", "--revert-drift"], "--revert-drift"],
  ];
  for (const [args, flag] of cases) {
    const { code, stderr } = await run([...args, ...config], { ports: {} });
    assert.equal(code, EXIT.usage, stderr);
    assert.match(stderr, /^error USAGE: /);
    assert.ok(stderr.includes(flag), stderr);
  }
});
