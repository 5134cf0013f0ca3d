/** The compiled program as a file: `deno task compile` has made it. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundle } from "../../.ci/bundle.ts";
import { compile } from "../../.ci/compile.ts";
import { helpTexts } from "../../.ci/help.ts";
import { run as runCommandLine } from "../cli/run.ts";
import { elfPart, toolchain } from "../../.ci/toolchain.ts";

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
  const { version, imports } = JSON.parse(await Deno.readTextFile(`${root}deno.json`));
  const { code, stdout } = await run(program, ["--version"]);
  assert.equal(code, 0);
  const told = /^unitune (\S+) \(commit ([0-9a-f]{7,}(?:-dirty)?|unknown), Deno (\S+), CDK (\S+)\)\n$/.exec(stdout);
  assert.deepEqual([told?.[1], told?.[4]], [version, imports["aws-cdk-lib"].split("@").at(-1)], stdout);
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

Deno.test("the compiled program prints the help that the command line prints, for every command", async () => {
  const texts = Object.entries(helpTexts());
  assert.ok(texts.length > 40);
  for (const [args, text] of texts) {
    const { code, stdout } = await run(program, args.split(" "));
    assert.deepEqual([args, code, stdout], [args, 0, text]);
  }
  const said = await runCommandLine(["plan", "--help"]);
  assert.equal(said.stdout, helpTexts()["plan --help"]);
});

Deno.test("the program is at most 1.25 times as large as Deno's runtime", async () => {
  const whole = await Deno.readFile(program), runtime = elfPart(whole).length;
  assert.ok(whole.length <= 1.25 * runtime, `${whole.length} against ${runtime}`);
});

Deno.test("a program whose packed modules are not what they were does not run them", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const bytes = await Deno.readFile(program), at = elfPart(bytes).length;
    bytes.fill(0, at, at + 4096);
    await Deno.writeFile(`${folder}/unitune`, bytes, { mode: 0o755 });
    const { code, stderr } = await run(`${folder}/unitune`, ["plan", "--offline"]);
    assert.deepEqual([code, stderr.split("\n")[0]], [
      1,
      "error UNEXPECTED: The program was replaced while it ran, or is damaged",
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("packed modules have Deno's own timers, whose ids are numbers", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const lines = ["const timer = setInterval(() => {}, 1);", "Deno.unrefTimer(timer);", "console.log(typeof timer);"];
    await Deno.writeTextFile(`${folder}/timers.ts`, `${lines.join("\n")}\nexport default Promise.resolve();\n`);
    const include = pathToFileURL(`${folder}/bundle/`);
    const made = await bundle({ root: pathToFileURL(root), entry: `${folder}/timers.ts`, out: include });
    await compile(await toolchain(), { ...made, include, output: `${folder}/timers` });
    const { stdout, stderr } = await run(`${folder}/timers`, []);
    assert.equal(stdout, "number\n", stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Tries what a program must not be able to do, and prints what became of it. */
const PROBE = `
const tried = {
  code: () => new Function("return 1")(),
  codeInWorker: () => new Promise((resolve, reject) => {
    const text = "try { (0, eval)('1'); postMessage('made') } catch (error) { postMessage(error.name) }";
    const worker = new Worker("data:text/javascript," + encodeURIComponent(text), { type: "module" });
    worker.onmessage = ({ data }) => data === "made" ? resolve() : reject({ name: data });
  }),
  run: () => new Deno.Command("/bin/true").output(),
  library: () => Deno.dlopen("/nowhere.so", {}),
};
const found = {};
for (const [name, attempt] of Object.entries(tried)) {
  try { await attempt(); found[name] = "done"; } catch (error) { found[name] = error.name; }
}
console.log(JSON.stringify(found));
Deno.exit(0);
`;

Deno.test("a program made with our flags turns no string into code, runs no other and loads no library", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const include = pathToFileURL(`${folder}/source/`);
    await Deno.mkdir(include);
    const entry = new URL("main.mjs", include);
    await Deno.writeTextFile(entry, PROBE);
    await compile(await toolchain(), { entry, include, output: `${folder}/probe` });
    const flags = { DENO_V8_FLAGS: "--no-disallow-code-generation-from-strings" };
    const { stdout, stderr } = await run(`${folder}/probe`, [], flags);
    assert.ok(stdout, stderr);
    const denied = { code: "EvalError", codeInWorker: "EvalError", run: "NotCapable", library: "NotCapable" };
    assert.deepEqual(JSON.parse(stdout), denied);
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

/** A profile whose credentials a command prints, and STS, which tells who is asked. */
async function withProcessProfile(
  use: (ask: (...flags: string[]) => Promise<Ran & { keys: string[] }>) => Promise<void>,
) {
  const home = await Deno.makeTempDir(), keys: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ headers }) => {
    keys.push(/Credential=(\w+)/.exec(headers.get("authorization") ?? "")?.[1] ?? "none");
    return new Response("<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>", { status: 403 });
  });
  const printed = { Version: 1, AccessKeyId: "AKIAOFTHEPROCESS", SecretAccessKey: "secret" };
  await Deno.mkdir(`${home}/.aws`);
  await Deno.writeTextFile(`${home}/printed.json`, JSON.stringify(printed));
  await Deno.writeTextFile(`${home}/.aws/config`, `[profile corp]\ncredential_process = cat "${home}/printed.json"\n`);
  const env = {
    HOME: home,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${server.addr.port}`,
    AWS_EC2_METADATA_DISABLED: "true",
  };
  try {
    await use(async (...flags) => {
      const ran = await run(program, ["plan", "--profile", "corp", ...flags], env);
      return { ...ran, keys: keys.splice(0) };
    });
  } finally {
    await server.shutdown();
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("a credential_process runs only with its flag, and its credentials are used", async () => {
  await withProcessProfile(async (ask) => {
    const refused = await ask();
    assert.deepEqual([refused.code, refused.keys], [4, []]);
    assert.match(refused.stderr, /AWS_CREDENTIALS: Cannot sign in with profile "corp" \(--profile\): /);
    assert.match(refused.stderr, /Let unitune run the profile's credential_process: --allow-credential-process; or /);
    const allowed = await ask("--allow-credential-process");
    assert.equal(allowed.code, 4, allowed.stderr);
    assert.match(allowed.stderr, /AWS_DENIED/);
    assert.deepEqual([...new Set(allowed.keys)], ["AKIAOFTHEPROCESS"]);
  });
});
