/**
 * Bundles the program for `deno compile`: one flat folder of modules, and beside it the files that they read.
 * The folder keeps the depth of the source tree (`lib/program/*.mjs` as `lib/adapters/*.ts`), so that one relative
 * path finds a template in both, and it is laid out as toolkit-lib and its service database expect their own package.
 */
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin, stop } from "esbuild";
import { metered } from "../lib/adapters/config/metered.ts";

interface BundleOptions {
  /** The source tree. */
  readonly root: URL;
  /** The program's first module. */
  readonly entry: string;
  /** The output folder, which is replaced. */
  readonly out: URL;
}

/** The folder of the bundle's modules. */
const PROGRAM = "lib/program/";
const WORKER = /_worker\.ts$/;

/** CommonJS packages inside an ES module still need these three. */
const BANNER = [
  'import { createRequire as __createRequire } from "node:module";',
  'import { dirname as __dirnameOf } from "node:path";',
  'import { fileURLToPath as __fileURLToPath } from "node:url";',
  "const require = __createRequire(import.meta.url);",
  "const __filename = __fileURLToPath(import.meta.url);",
  "const __dirname = __dirnameOf(__filename);",
].join("\n");

/** Bundles the program and returns the path of its first module. */
export async function bundle({ root, entry, out }: BundleOptions): Promise<URL> {
  await Deno.remove(out, { recursive: true }).catch(() => undefined);
  const workers = await Array.fromAsync(files(new URL("lib/", root), WORKER));
  try {
    await build({
      absWorkingDir: pathOf(root),
      entryPoints: [{ in: entry, out: "main" }, ...workers.map((path) => ({ in: path, out: stem(path) }))],
      outdir: pathOf(new URL(PROGRAM, out)),
      outExtension: { ".js": ".mjs" },
      entryNames: "[name]",
      chunkNames: "chunk-[hash]",
      alias: await ownNames(root),
      nodePaths: [pathOf(new URL("node_modules/", root))],
      define: { UNITUNE_BUILD: JSON.stringify(await buildFacts(root)) },
      bundle: true,
      platform: "node",
      format: "esm",
      target: "esnext",
      splitting: true,
      // Names are not minified: names of classes appear in messages and in CDK's ids, which must match the sources. The
      // helper that would keep them (`keepNames`) is missing in a function that is passed to the sandbox as text.
      minifyWhitespace: true,
      minifySyntax: true,
      plugins: [namedExports],
      // A wasm validator of 20 MB. Only CDK's `Validations` would load it, and our App switches it off.
      external: ["@aws/cloudformation-validate"],
      banner: { js: BANNER },
      logLevel: "error",
    });
  } finally {
    await stop();
  }
  await copyToolkitFiles(root, out);
  await copyEngine(root, out);
  await copyFolder(new URL("templates/", root), new URL("templates/", out));
  // `deno compile` keeps modification times, but the same sources must give the same program.
  for await (const path of files(out, /./)) await Deno.utime(path, 0, 0);
  return new URL(`${PROGRAM}main.mjs`, out);
}

/** What `--version` tells of the build. Without git, as in a tarball of the sources, the commit is unknown. */
async function buildFacts(root: URL): Promise<{ readonly commit: string; readonly cdk: string }> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const cdk = imports["aws-cdk-lib"].split("@").at(-1);
  const git = new Deno.Command("git", { args: ["describe", "--always", "--dirty", "--exclude=*"], cwd: pathOf(root) });
  const commit = await git.output().then(({ success, stdout }) => success && new TextDecoder().decode(stdout).trim())
    .catch(() => "");
  return { commit: commit || "unknown", cdk };
}

/** The import map's names for our own files. Names of npm packages are found in node_modules unchanged. */
async function ownNames(root: URL): Promise<Record<string, string>> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root))) as {
    imports: Record<string, string>;
  };
  const own = Object.entries(imports).filter(([, target]) => target.startsWith("./"));
  return Object.fromEntries(own.map(([name, target]) => [name, pathOf(new URL(target, root))]));
}

/**
 * Keeps the named exports of a CommonJS package in `await import("package")`: with code splitting, esbuild gives such a
 * package only a default export. The names are those that Deno finds when it imports the package.
 */
const namedExports: Plugin = {
  name: "named-exports",
  setup(build) {
    const namespace = "named-exports";
    build.onResolve({ filter: /^[@a-z]/ }, ({ kind, path, importer }) => {
      const ours = kind === "dynamic-import" && !path.startsWith("node:") && !importer.includes("node_modules");
      return ours ? { path, namespace } : undefined;
    });
    build.onLoad({ filter: /.*/, namespace }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name));
      return { contents: `export { ${names.join(", ")} } from ${JSON.stringify(path)};`, resolveDir: Deno.cwd() };
    });
  },
};

/** toolkit-lib searches upward from its code for its package.json, and reads its template from there. */
async function copyToolkitFiles(root: URL, out: URL): Promise<void> {
  const toolkit = new URL("node_modules/@aws-cdk/toolkit-lib/", root);
  const { name, version } = JSON.parse(await Deno.readTextFile(new URL("package.json", toolkit)));
  const template = "lib/api/bootstrap/bootstrap-template.yaml";
  await Deno.mkdir(new URL("lib/api/bootstrap/", out), { recursive: true });
  await Deno.writeTextFile(new URL("package.json", out), `${JSON.stringify({ name, version })}\n`);
  await Deno.copyFile(new URL(template, toolkit), new URL(template, out));
  // The service database's loader reads `../db.json.gz` from its own folder.
  await Deno.copyFile(new URL("db.json.gz", toolkit), new URL("lib/db.json.gz", out));
}

const ENGINE = "node_modules/@jitl/quickjs-ng-wasmfile-release-sync/dist/emscripten-module.wasm";
/** `deno compile` would treat a file that ends in `.wasm` as a module, and look for its imports. */
const METERED = "quickjs.bin";

/** The sandbox's engine expects its WebAssembly beside its code. */
async function copyEngine(root: URL, out: URL): Promise<void> {
  const bytes = metered(await Deno.readFile(new URL(ENGINE, root)));
  await Deno.writeFile(new URL(`${PROGRAM}${METERED}`, out), bytes);
}

async function copyFolder(from: URL, to: URL): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(new URL(`${name}/`, from), new URL(`${name}/`, to));
    else await Deno.copyFile(new URL(name, from), new URL(name, to));
  }
}

async function* files(folder: URL, pattern: RegExp): AsyncIterable<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* files(new URL(`${name}/`, folder), pattern);
    else if (pattern.test(name)) yield pathOf(new URL(name, folder));
  }
}

function stem(path: string): string {
  return basename(path, ".ts");
}

/** The path of a file or folder, without a trailing slash. */
export function pathOf(url: URL): string {
  return fileURLToPath(url).replace(/(?<=.)[\\/]$/, "");
}
