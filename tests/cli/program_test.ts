/** The compiled program as a file: `deno task compile` has made it. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const program = `${root}dist/unitune`;
const decoder = new TextDecoder();

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command with nothing of this process's environment but what is named. */
async function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const options = {
    args: [...args],
    cwd: root,
    clearEnv: true,
    env: { HOME: "/nowhere", PATH: "/usr/bin:/bin", ...env },
  };
  const { code, stdout, stderr } = await new Deno.Command(command, options).output();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Path below the folder → sha256 of the file. */
async function hashes(folder: string, path = ""): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${path}`)) {
    if (isDirectory) Object.assign(found, await hashes(folder, `${path}${name}/`));
    else {found[`${path}${name}`] = createHash("sha256").update(await Deno.readFile(`${folder}/${path}${name}`)).digest(
        "hex",
      );}
  }
  return found;
}

Deno.test("the program says its version, which is that of deno.json", async () => {
  const { version } = JSON.parse(await Deno.readTextFile(`${root}deno.json`));
  assert.deepEqual(await run(program, ["--version"]), { code: 0, stdout: `${version}\n`, stderr: "" });
});

Deno.test("the program lists its commands, and refuses one that it does not know", async () => {
  const help = await run(program, ["--help"]);
  assert.equal(help.code, 0);
  for (const command of ["plan", "apply", "build", "destroy"]) {
    assert.match(help.stdout, new RegExp(`^ +${command} `, "m"));
  }
  const unknown = await run(program, ["aply"]);
  assert.deepEqual([unknown.code, unknown.stdout], [2, ""]);
  assert.match(unknown.stderr, /aply/);
});

Deno.test("the program turns no string into code, whatever its environment says", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/unitune.config.ts`,
      `import { defineConfig } from "unitune/config";\nconst run = (() => {}).constructor as (text: string) => () => string;\n` +
        `export default defineConfig({ name: run("return 'made-by-code'")(), region: "us-west-2" });\n`,
    );
    const env = { DENO_V8_FLAGS: "--no-disallow-code-generation-from-strings" };
    const args = ["plan", "--offline", "-c", `${folder}/unitune.config.ts`];
    const { code, stdout, stderr } = await run(program, args, env);
    assert.deepEqual([code, stdout], [3, ""]);
    assert.doesNotMatch(stderr, /made-by-code/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the program writes the very files that the sources write", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const compiled = await run(program, ["synth", "--out", `${folder}/compiled`]);
    assert.equal(compiled.code, 0, compiled.stderr);
    const cache = Object.fromEntries(["HOME", "DENO_DIR"].flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    }));
    const sources = await run(Deno.execPath(), ["run", "-A", "main.ts", "synth", "--out", `${folder}/sources`], cache);
    assert.equal(sources.code, 0, sources.stderr);
    const written = await hashes(`${folder}/compiled`);
    assert.ok(Object.keys(written).some((path) => path.startsWith("stacks/")), Object.keys(written).join());
    assert.deepEqual(written, await hashes(`${folder}/sources`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a reader that goes away ends the program's output, not in an error", async () => {
  const { code, stderr } = await run("/bin/sh", ["-c", `"${program}" plan --offline | head -n 1`]);
  assert.equal(code, 0);
  assert.doesNotMatch(stderr, /error|BrokenPipe/i);
});

Deno.test("the same sources make the same program, byte for byte", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const args = ["run", "-A", `${root}.ci/compile.ts`, "--output", `${folder}/unitune`];
    const compiled = await new Deno.Command(Deno.execPath(), { args, cwd: root, stderr: "piped" }).output();
    assert.ok(compiled.success, decoder.decode(compiled.stderr));
    const { unitune } = await hashes(folder);
    assert.equal(unitune, (await hashes(`${root}dist`))["unitune"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
