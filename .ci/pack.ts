/**
 * `deno run -A .ci/pack.ts` writes the library as an npm tarball, `dist/unitune.tgz`, for scripts that Deno runs.
 * It corrects what `deno pack` writes and would break in another folder.
 */
import { fileURLToPath } from "node:url";
import { stop, transform } from "esbuild";
import { run } from "./toolchain.ts";

const ROOT = new URL("../", import.meta.url);

/** Path of the tarball. */
const TARBALL: string = fileURLToPath(new URL("dist/unitune.tgz", ROOT));

/** The program is not part of the library, which holds the stacks' functions as bundles, in `templates/lambda`. */
const LEFT_OUT = ["main.ts", "lib/cli", "infra/lambda"];
/** Started by its path and never imported, so `deno pack` does not recognize it as code. */
const WORKER = "lib/adapters/context/pack_worker.ts";

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export async function pack(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "unitune-pack-" }), packed = `${folder}/packed.tgz`;
  const ignored = LEFT_OUT.map((path) => `--ignore=${path}`);
  try {
    await run(Deno.execPath(), ["pack", "--quiet", "--allow-dirty", ...ignored, "-o", packed], {
      cwd: fileURLToPath(ROOT),
    });
    await run("tar", ["-xzf", packed, "-C", folder]);
    await fixManifest(`${folder}/package`);
    await transpileWorker(`${folder}/package`);
    await Deno.mkdir(fileURLToPath(new URL("dist/", ROOT)), { recursive: true });
    await run("tar", ["-czf", TARBALL, "-C", folder, "package"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return TARBALL;
}

/** Sets the name that scripts import, and the exact version of each package, which `deno pack` widens. */
async function fixManifest(folder: string): Promise<void> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const file = `${folder}/package.json`;
  const manifest: Manifest = JSON.parse(await Deno.readTextFile(file));
  const dependencies = Object.keys(manifest.dependencies).map((name) => {
    const version = /^npm:.+@([^@]+)$/.exec(imports[name] ?? "")?.[1];
    if (version === undefined) throw new Error(`Cannot pack ${name} as deno.json does not name its version`);
    return [name, version] as const;
  });
  const fixed = { ...manifest, name: "unitune", dependencies: Object.fromEntries(dependencies) };
  await Deno.writeTextFile(file, `${JSON.stringify(fixed, null, 2)}\n`);
}

async function transpileWorker(folder: string): Promise<void> {
  const source = await Deno.readTextFile(new URL(WORKER, ROOT));
  try {
    const { code } = await transform(source, { loader: "ts", format: "esm", target: "esnext" });
    const imported = code.replace(/(from "\.[^"]*)\.ts"/g, '$1.js"');
    await Deno.writeTextFile(`${folder}/${WORKER.replace(/\.ts$/, ".js")}`, imported);
    await Deno.remove(`${folder}/${WORKER}`);
  } finally {
    await stop();
  }
}

if (import.meta.main) console.error(await pack());
