/** What a shell is offered after a Tab, asked as the scripts of the shells ask. */
import assert from "node:assert/strict";
import { run } from "./run.ts";

const config = new URL("../../examples/monorepo/unitune.config.ts", import.meta.url).pathname;

async function offered(...words: string[]): Promise<{ readonly values: string[]; readonly directive: string }> {
  const { code, stdout, stderr } = await run(["complete", "--", ...words]);
  assert.deepEqual([code, stderr], [0, ""]);
  const lines = stdout.trimEnd().split("\n"), directive = lines.pop()!;
  return { values: lines.map((line) => line.split("\t")[0]!), directive };
}

Deno.test("commands are offered with what they do, and hidden ones are not", async () => {
  const { stdout } = await run(["complete", "--", "de"]);
  assert.match(stdout, /^deploy\t\S.+\ndestroy\t\S.+\n:4\n$/);
  const { values } = await offered("");
  assert.ok(values.includes("plan") && values.includes("completions") && !values.includes("complete"));
});

Deno.test("flags are offered by their long and short names, and values of flags that have a list", async () => {
  assert.deepEqual((await offered("destroy", "--d")).values, ["--dry-run", "--delete-data"]);
  assert.ok((await offered("apply", "-")).values.includes("-y"));
  assert.deepEqual((await offered("apply", "--only", "")).values, ["infra", "pools", "images"]);
  assert.deepEqual((await offered("apply", "--only=p")).values, ["pools"]);
  assert.deepEqual((await offered("completions", "")).values, ["bash", "zsh", "fish", "powershell"]);
});

Deno.test("names of images come from the config that the words name; a config with a mistake offers none", async () => {
  const { values, directive } = await offered("build", "-c", config, "");
  assert.ok(values.length >= 12, values.join());
  assert.equal(directive, ":4");
  const [first = ""] = values;
  assert.ok(
    (await offered("build", "-c", config, first.slice(0, 3))).values.every((name) =>
      name.startsWith(first.slice(0, 3))
    ),
  );
  assert.deepEqual(await offered("build", "-c", "/nowhere/unitune.config.ts", ""), { values: [], directive: ":0" });
});

Deno.test("profiles come from the AWS config files", async () => {
  const folder = await Deno.makeTempDir(), file = `${folder}/config`;
  const before = Deno.env.get("AWS_CONFIG_FILE");
  await Deno.writeTextFile(
    file,
    "[profile prod]\nregion = x\n[profile dev]\nregion = x\n[sso-session corp]\nsso_region = x\n",
  );
  try {
    Deno.env.set("AWS_CONFIG_FILE", file);
    assert.deepEqual((await offered("plan", "--profile", "")).values.filter((name) => name !== "default"), [
      "dev",
      "prod",
    ]);
  } finally {
    if (before === undefined) Deno.env.delete("AWS_CONFIG_FILE");
    else Deno.env.set("AWS_CONFIG_FILE", before);
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a flag that takes a file leaves it to the shell", async () => {
  assert.deepEqual(await offered("plan", "--config", ""), { values: [], directive: ":0" });
});

Deno.test("each shell gets a script that asks unitune", async () => {
  for (const shell of ["bash", "zsh", "fish", "powershell"]) {
    const { code, stdout } = await run(["completions", shell]);
    assert.equal(code, 0);
    assert.match(stdout, /unitune complete/, shell);
  }
  assert.equal((await run(["completions", "tcsh"])).code, 2);
});
