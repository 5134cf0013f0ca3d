/**
 * `deno run -A .ci/compile.ts [--target TRIPLE | --all] [--entry FILE] [--output FILE]`
 * Bundles `main.ts` and compiles it to `dist/unitune`, or to `dist/unitune-<target>` for another machine.
 */
import { parseArgs } from "node:util";
import { SHELL } from "../lib/core/facts/shell.ts";
import { type Archive, type ArchiveIndex, insertArchive } from "./archive.ts";
import { bundle, files, pathOf } from "./bundle.ts";
import { elfPart, run, type Toolchain, toolchain } from "./toolchain.ts";

const ROOT = new URL("../", import.meta.url);
const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
] as const;

/**
 * What the program may do. Each permission is as wide as what a user can ask for:
 * - read: configs, contexts and secret files anywhere, `~/.aws`; the config's sandbox has no access to them
 * - write: `synth --out`, `plan --html`, the kubeconfig, and assemblies in the temporary folder
 * - env: `AWS_*`, `HOME`, proxies, and any name that `--secret-env` or `--env` passes
 * - net: the endpoints of AWS and of the cluster, and proxies
 * - sys: what the AWS SDK puts in its user agent, and the home folder
 * - run: a shell, for a `credential_process`, which the program denies itself at its start unless a flag allows it; and
 *   what an old Deno lacks
 * It has no ffi and no imports from remote hosts.
 */
const PERMISSIONS = [
  "--no-prompt",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-net",
  "--allow-sys=cpus,homedir,hostname,networkInterfaces,osRelease,uid,userInfo",
  "--deny-import",
];

const RUNTIME = [
  "--no-check",
  "--no-config",
  "--no-lock",
  "--no-remote",
  // The cache would be read from the folder for temporary files, where anybody can put it.
  "--no-code-cache",
  "--unstable-bare-node-builtins",
  // No code from strings, in Workers neither: a second wall behind the config's sandbox.
  "--v8-flags=--disallow-code-generation-from-strings",
];

interface CompileOptions {
  readonly entry: URL;
  readonly include: URL;
  readonly output: string;
  readonly target?: string | undefined;
  readonly archive?: Archive | undefined;
}

/**
 * `deno compile` over a bundled folder. On Linux denort reads all that is embedded at each start, so the archive goes
 * elsewhere in the program. On macOS and Windows it is embedded, in a section that the system maps and does not read.
 */
export async function compile(tools: Toolchain, options: CompileOptions): Promise<void> {
  const { archive, output, target } = options;
  if (!archive) return await denoCompile(tools, options);
  if ((target ?? Deno.build.target).includes("linux")) {
    await writeIndex(options, { ...archive.index, inProgram: true });
    await denoCompile(tools, options);
    const program = await Deno.readFile(output);
    const whole = insertArchive(program, elfPart(program).length, archive.bytes);
    if (whole) return await Deno.writeFile(output, whole);
  }
  await writeIndex(options, { ...archive.index, inProgram: false });
  await Deno.writeFile(new URL("archive.bin", options.entry), archive.bytes);
  await denoCompile(tools, options);
}

async function denoCompile(tools: Toolchain, { entry, include, output, target }: CompileOptions): Promise<void> {
  // `deno compile` keeps modification times, but the same sources must give the same program.
  for await (const path of files(include, /./)) await Deno.utime(path, 0, 0);
  const permissions = [...PERMISSIONS, `--allow-run=${[SHELL, ...tools.programs]}`];
  const args = ["compile", "--quiet", ...RUNTIME, ...permissions, "--include", pathOf(include), "--output", output];
  if (target) args.push("--target", target);
  // A package.json above the program must not add its packages.
  await run(tools.deno, [...args, pathOf(entry)], { env: { ...tools.env, DENO_NO_PACKAGE_JSON: "1" } });
}

async function writeIndex({ entry }: CompileOptions, index: ArchiveIndex): Promise<void> {
  await Deno.writeTextFile(new URL("archive.json", entry), JSON.stringify(index));
  await Deno.remove(new URL("archive.bin", entry)).catch(() => undefined);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      target: { type: "string" },
      all: { type: "boolean", default: false },
      entry: { type: "string", default: pathOf(new URL("main.ts", ROOT)) },
      output: { type: "string" },
    },
  });
  const tools = await toolchain();
  say(`compiling with ${tools.description}`);
  const targets = values.all ? TARGETS : [values.target];
  if (!tools.crossCompiles && targets.some((target) => target && target !== Deno.build.target)) {
    throw new Error(
      `Cannot compile for ${
        values.all ? "other machines" : values.target
      } as denort for it is only on Deno's download host, which does not answer`,
    );
  }
  const include = new URL("dist/bundle/", ROOT);
  const { entry, archive } = await bundle({ root: ROOT, entry: values.entry, out: include });
  for (const target of targets) {
    const output = values.output ?? pathOf(new URL(target ? `dist/unitune-${target}` : "dist/unitune", ROOT));
    await compile(tools, { entry, include, output, target, archive });
    say(`${output} (${(await sizeOf(output)).toFixed(0)} MB)`);
  }
}

async function sizeOf(program: string): Promise<number> {
  const file = await Deno.stat(program).catch(() => Deno.stat(`${program}.exe`));
  return file.size / 1e6;
}

function say(line: string): void {
  console.error(line);
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  });
}
