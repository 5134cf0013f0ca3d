import assert from "node:assert/strict";
import { annotations } from "../../lib/cli/annotations.ts";
import { UnituneError } from "../../lib/core/errors.ts";
import { makeProject } from "../config/project.ts";
import { run } from "./run.ts";

const GITHUB = { GITHUB_ACTIONS: "true" };

const BROKEN = `import { defineConfig } from "unitune/config";
export default defineConfig({
  name: "acme",
  regoin: "us-west-2",
  cluster: { endpoint: "private", version: "1.2" },
});\n`;

Deno.test("each mistake in a config is an annotation of its line, in both forms of output", async () => {
  await using project = await makeProject();
  await project.write("unitune.config.ts", BROKEN);
  const args = ["plan", "--offline", "-c", `${project.root}/unitune.config.ts`];
  const env = { ...GITHUB, GITHUB_WORKSPACE: project.root };
  for (const { stdout, stderr } of [await run(args, { env }), await run([...args, "--json"], { env })]) {
    const lines = stderr.split("\n").filter((line) => line.startsWith("::"));
    assert.deepEqual(lines.map((line) => line.slice(0, line.indexOf("::", 2))), [
      "::error file=unitune.config.ts,line=4,col=3,title=UNKNOWN_FIELD",
      "::error file=unitune.config.ts,line=5,col=35,title=INVALID_VALUE",
    ]);
    assert.equal(stdout, "");
  }
});

Deno.test("the first ten mistakes are annotations", () => {
  const mistakes = Array.from({ length: 12 }, (_, index) => ({ code: "PATH", message: `${index}` }) as const);
  const error = new UnituneError("CONFIG_INVALID", "Cannot use it as it has 12 mistakes", { mistakes });
  const lines = annotations(error, (name) => name === "GITHUB_ACTIONS" ? "true" : undefined).trim().split("\n");
  assert.deepEqual(lines.map((line) => line.split("::").at(-1)), [...Array(10).keys()].map(String));
});

Deno.test("elsewhere there are no annotations", async () => {
  const { stderr } = await run(["plan", "--ofline"]);
  assert.doesNotMatch(stderr, /::/);
  assert.equal(annotations(new Error("no"), () => undefined), "");
});

Deno.test("a text cannot end an annotation or begin another one", () => {
  const error = new UnituneError("USAGE", "Cannot: 100%\n::set-output name=a::b", {
    mistakes: [{ code: "PATH", message: "50%\n::error::x", place: { file: "a:b,c.ts", line: 1, column: 2 } }],
  });
  const env = (name: string) => (GITHUB as Record<string, string>)[name];
  assert.equal(
    annotations(error, env),
    "::error file=a%3Ab%2Cc.ts,line=1,col=2,title=PATH::50%25%0A: :error::x\n",
  );
});
