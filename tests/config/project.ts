/** A project in a folder of its own, for tests of the loader. */
import { loadConfig, type LoadedProject, type LoadOptions } from "../../lib/adapters/config/load.ts";
import { isUnituneError } from "../../lib/core/errors.ts";

/** What every project holds: two contexts, one that is a link, and modules to import. */
const FILES: Readonly<Record<string, string>> = {
  "project/images/base/Dockerfile": "FROM busybox\n",
  "project/images/trainer/Dockerfile": "FROM base\n",
  "project/defaults.ts": 'export default { name: "acme-ml", region: "us-wst-2", cluster: { endpoint: "private" } };\n',
  "project/pools.ts": [
    'import { cpuPool, gpuPool } from "unitune/config";',
    "export interface Options { readonly size: number }",
    "const train = gpuPool({ gpu: 'l40s', maxGpus: 8, dsk: '1Ti' });",
    "export const pools = { cpu: cpuPool({ maxCpus: 8 }), train };",
    "",
  ].join("\n"),
  "project/circle_a.ts": 'import { b } from "./circle_b.ts";\nexport const a = "a" + b;\n',
  "project/circle_b.ts": 'import { a } from "./circle_a.ts";\nexport const b = "b" + a;\n',
  "project/certs/ca.pem": "# ours\n-----BEGIN CERTIFICATE-----\r\nMAAA\n-----END CERTIFICATE-----\n",
  "project/certs/key.pem": [
    "-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----",
    "-----BEGIN PRIVATE KEY-----\nMAAA\n-----END PRIVATE KEY-----\n",
  ].join("\n"),
  "elsewhere/Dockerfile": "FROM busybox\n",
  "elsewhere/secret.ts": 'export default "stolen";\n',
  "elsewhere/secret.json": '"stolen"\n',
  "elsewhere/secret.txt": "stolen\n",
};

export interface Project extends AsyncDisposable {
  /** Real path of the folder of the config; `../elsewhere` lies beside it. */
  readonly root: string;
  write(path: string, text: string): Promise<void>;
  load(config: string, options?: Partial<LoadOptions>): Promise<LoadedProject>;
  /** The error as the program prints it. */
  failure(config: string, options?: Partial<LoadOptions>): Promise<string>;
}

export async function makeProject(): Promise<Project> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "unitune-config-" })), root = `${folder}/project`;
  const write = async (path: string, text: string) => {
    const file = `${folder}/${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, text);
  };
  for (const [path, text] of Object.entries(FILES)) await write(path, text);
  await Deno.symlink(`${folder}/elsewhere`, `${root}/images/linked`);
  await Deno.symlink(`${folder}/elsewhere/secret.ts`, `${root}/linked.ts`);
  const load = async (config: string, options: Partial<LoadOptions> = {}) => {
    await write("project/unitune.config.ts", config);
    return await loadConfig({ cwd: root, env: {}, ...options });
  };
  return {
    root,
    write: (path, text) => write(`project/${path}`, text),
    load,
    failure: async (config, options) => {
      try {
        await load(config, options);
      } catch (error) {
        if (!isUnituneError(error)) throw error;
        const lines = [`${error.code} (exit ${error.exit})  ${error.message}`, ...error.lines];
        return `${lines.join("\n")}\n`.replaceAll(folder, "<folder>");
      }
      throw new Error("the config was taken");
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
