/**
 * Bundles the program for `deno compile`: one flat folder of modules, and beside it the files that they read.
 * The folder keeps the depth of the source tree (`lib/program/*.mjs` as `lib/adapters/*.ts`), so that one relative
 * path finds a template in both, and it is laid out as toolkit-lib and its service database expect their own package.
 */
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions, type Metafile, type Plugin, stop, transform } from "esbuild";
import { type Archive, pack } from "./archive.ts";
import { helpTexts } from "./help.ts";
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

interface Bundle {
  /** The module that starts the program. */
  readonly entry: URL;
  readonly archive: Archive;
}

/** Bundles the program. The default export of its first module is a promise for its end. */
export async function bundle({ root, entry, out }: BundleOptions): Promise<Bundle> {
  await Deno.remove(out, { recursive: true }).catch(() => undefined);
  try {
    const common = {
      absWorkingDir: pathOf(root),
      outdir: pathOf(new URL(PROGRAM, out)),
      outExtension: { ".js": ".mjs" },
      nodePaths: [pathOf(new URL("node_modules/", root))] as string[],
      define: { UNITUNE_BUILD: JSON.stringify(await buildFacts(root)) },
      bundle: true,
      platform: "node",
      format: "esm" as const,
      target: "esnext",
      // Names are not minified: names of classes appear in messages and in CDK's ids, which must match the sources. The
      // helper that would keep them (`keepNames`) is missing in a function that is passed to the sandbox as text.
      minifyWhitespace: true,
      minifySyntax: true,
      logLevel: "error" as const,
    } satisfies BuildOptions;
    const { outputFiles, metafile } = await build({
      ...common,
      entryPoints: [{ in: entry, out: "main" }],
      chunkNames: "chunk-[hash]",
      alias: await ownNames(root),
      splitting: true,
      plugins: [namedExports, databaseFromArchive],
      // A wasm validator of 20 MB. Only CDK's `Validations` would load it, and our App switches it off.
      external: ["@aws/cloudformation-validate"],
      write: false,
      metafile: true,
    });
    // Workers start from files.
    const workers = await Array.fromAsync(files(new URL("lib/", root), WORKER));
    const boot = pathOf(new URL("boot.ts", import.meta.url));
    const entryPoints = [{ in: boot, out: "main" }, ...workers.map((path) => ({ in: path, out: stem(path) }))];
    await build({ ...common, entryPoints });
    const entries = new Map<string, Uint8Array<ArrayBuffer>>();
    for (const { path, text } of outputFiles) entries.set(basename(path), await packedModule(text));
    entries.set(DATABASE, await Deno.readFile(new URL(DATABASE, toolkit(root))));
    await copyToolkitFiles(root, out);
    await copyEngine(root, out);
    await copyFolder(new URL("templates/", root), new URL("templates/", out));
    const archive = pack(entries, startOf(metafile));
    await Deno.writeFile(new URL(`${PROGRAM}start.bin`, out), archive.start);
    await Deno.writeTextFile(new URL(`${PROGRAM}help.json`, out), JSON.stringify(helpTexts()));
    return { entry: new URL(`${PROGRAM}main.mjs`, out), archive };
  } finally {
    await stop();
  }
}

/** The names of the first module and of those that it imports statically. */
function startOf({ outputs }: Metafile): ReadonlySet<string> {
  const byName = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]));
  const names = new Set(["main.mjs"]);
  // A set that grows while it is walked is walked to its end.
  for (const name of names) {
    for (const { kind, path } of byName.get(name)?.imports ?? []) {
      if (kind === "import-statement" && byName.has(basename(path))) names.add(basename(path));
    }
  }
  return names;
}

/** What a module of the archive uses besides globals: `.ci/boot.ts` passes it. */
const PARAMETERS = "exports,require,module,__filename,__dirname,__url,__data," +
  "setTimeout,setInterval,clearTimeout,clearInterval";

/** A module of the archive: CommonJS, in a function, since only that can be made from text in memory. */
async function packedModule(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const { code } = await transform(text, {
    format: "cjs",
    platform: "node",
    target: "esnext",
    // `import()` becomes `require`, too.
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "__url" },
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: "error",
  });
  return new TextEncoder().encode(`(function(${PARAMETERS}){"use strict";${code}\n})`);
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

/** The service database of toolkit-lib, which is in the archive. */
const DATABASE = "db.json.gz";

/** Lets the database's loader take it from the archive, instead of from a file beside its package. */
const databaseFromArchive: Plugin = {
  name: "database-from-archive",
  setup(build) {
    build.onLoad({ filter: /[\\/]aws-service-spec[\\/]lib[\\/]index\.js$/ }, async ({ path }) => {
      const source = await Deno.readTextFile(path);
      const contents = source.replaceAll(/(?:\(0, )?[\w.]+readFile(?:Sync\))?\(DB_PATH\)/g, `__data("${DATABASE}")`);
      if (contents.includes("(DB_PATH)")) throw new Error(`Cannot see how ${path} reads ${DATABASE}`);
      return { contents };
    });
  },
};

/** toolkit-lib searches upward from its code for its package.json, and reads its template from there. */
async function copyToolkitFiles(root: URL, out: URL): Promise<void> {
  const { name, version } = JSON.parse(await Deno.readTextFile(new URL("package.json", toolkit(root))));
  const template = "lib/api/bootstrap/bootstrap-template.yaml";
  await Deno.mkdir(new URL("lib/api/bootstrap/", out), { recursive: true });
  await Deno.writeTextFile(new URL("package.json", out), `${JSON.stringify({ name, version })}\n`);
  await Deno.copyFile(new URL(template, toolkit(root)), new URL(template, out));
}

function toolkit(root: URL): URL {
  return new URL("node_modules/@aws-cdk/toolkit-lib/", root);
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

/** Paths of the files below a folder whose names match. */
export async function* files(folder: URL, pattern: RegExp): AsyncIterable<string> {
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
