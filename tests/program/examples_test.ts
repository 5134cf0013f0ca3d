/** The examples as their readers run them: through the program, and as scripts that import the library. */
import assert from "node:assert/strict";
import { copyProject, runProgram } from "../lab/program.ts";

const root = new URL("../../", import.meta.url).pathname;

const examples = [...Deno.readDirSync(`${root}examples`)].map(({ name }) => name)
  .filter((name) => [...Deno.readDirSync(`${root}examples/${name}`)].some((file) => file.name === "unitune.config.ts"))
  .toSorted();

Deno.test("there are at least five examples", () => {
  assert.ok(examples.length >= 5, examples.join(", "));
});

for (const name of examples) {
  Deno.test(`example ${name} is planned without an account`, async () => {
    const config = `${root}examples/${name}/unitune.config.ts`;
    const ran = await runProgram(["plan", "--offline", "--json", "-c", config], { cwd: "/tmp", env: {} });
    assert.equal(ran.code, 0, ran.stderr);
    const { changes } = JSON.parse(ran.stdout) as { changes: { kind: string; action: string }[] };
    assert.ok(changes.some(({ kind, action }) => kind === "build" && action === "build"));
    assert.ok(changes.some(({ kind, action }) => kind === "object" && action === "create"));
  });
}

async function script(name: string, args: readonly string[], cwd: string) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", `--config=${root}deno.json`, `${root}examples/scripts/${name}.ts`, ...args],
    cwd,
    // No account to be found, wherever this runs.
    env: { AWS_EC2_METADATA_DISABLED: "true", AWS_CONFIG_FILE: "/nowhere", AWS_SHARED_CREDENTIALS_FILE: "/nowhere" },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("the pull-request script writes the plan as Markdown", async () => {
  const cwd = await copyProject("checked");
  const ran = await script("plan_check", ["--offline"], cwd);
  await Deno.remove(cwd, { recursive: true });
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, /^### unitune plan for `checked`\n\n\d+ to create/);
  assert.match(ran.stdout, /```\n[\s\S]*image trainer[\s\S]*```\n$/);
});

Deno.test("the build script ends with the error's own exit code and hint where there are no credentials", async () => {
  const cwd = await copyProject("built");
  const ran = await script("build_images", [], cwd);
  await Deno.remove(cwd, { recursive: true });
  assert.equal(ran.code, 4, ran.stderr);
  assert.equal(ran.stdout, "");
  assert.match(ran.stderr, /credentials/i);
});

Deno.test("the nightly script runs two projects side by side, and tells each one's failure", async () => {
  const folders = [await copyProject("one"), await copyProject("two")];
  const files = folders.map((folder) => `${folder}/unitune.config.ts`);
  const ran = await script("nightly_rebuild", files, root);
  for (const folder of folders) await Deno.remove(folder, { recursive: true });
  assert.equal(ran.code, 1, ran.stderr);
  for (const file of files) assert.ok(ran.stderr.includes(`${file}: `), ran.stderr);
});
