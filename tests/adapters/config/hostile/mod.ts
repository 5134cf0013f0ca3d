/** Every hostile config, and a project to put one into. */
import { CODE } from "./code.ts";
import type { Around, Hostile } from "./case.ts";
import { FILES } from "./files.ts";
import { IMPORTS } from "./imports.ts";
import { RESULTS_AND_SOURCES } from "./results.ts";

export type { Around, Hostile };

export const HOSTILE: readonly Hostile[] = [...CODE, ...IMPORTS, ...RESULTS_AND_SOURCES, ...FILES];

const POOLS = 'import { cpuPool } from "unitune/config";\nexport const cpu = cpuPool({ maxCpus: 8 });\n';

/** A value that occurs nowhere else: in files beside the project, and in the environment of whoever reads the config. */
export interface Bed extends Around, AsyncDisposable {
  readonly canary: string;
  readonly folder: string;
  /** Connections that reached the port. */
  readonly connections: () => number;
  /** Puts the config and its files into the project. */
  readonly put: (hostile: Hostile) => Promise<void>;
  /** Files below the folder that hold the canary, without those that it was planted in. */
  readonly leaks: () => Promise<string[]>;
}

export async function makeBed(): Promise<Bed> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "hostile-" })), root = `${folder}/project`;
  const canary = `canary${crypto.randomUUID().replaceAll("-", "")}`, elsewhere = `${folder}/elsewhere`;
  const planted: Readonly<Record<string, string>> = {
    [`${elsewhere}/canary.ts`]: `export default "${canary}"; export const x = "${canary}";\n`,
    [`${elsewhere}/canary.txt`]: `${canary}\n`,
    [`${elsewhere}/canary.json`]: `"${canary}"\n`,
    [`${root}/.env`]: `SECRET=${canary}\n`,
  };
  const files = {
    ...planted,
    [`${root}/images/base/Dockerfile`]: "FROM busybox\n",
    [`${root}/pools.ts`]: POOLS,
    [`${root}/data.json`]: "{}\n",
  };
  for (const [file, text] of Object.entries(files)) await write(file, text);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let connections = 0;
  const accepting = (async () => {
    for await (const connection of listener) {
      connections++;
      connection.close();
    }
  })();
  const around: Around = { root, file: `${elsewhere}/canary.ts`, variable: "UNITUNE_CANARY", port: listener.addr.port };
  return {
    ...around,
    canary,
    folder,
    connections: () => connections,
    put: async ({ config, files = {}, prepare }) => {
      for (const [path, text] of Object.entries(files)) await write(`${root}/${path}`, text);
      const source = typeof config === "function" ? config(around) : config;
      await Deno.writeFile(
        `${root}/unitune.config.ts`,
        typeof source === "string" ? new TextEncoder().encode(source) : source,
      );
      await prepare?.(around);
    },
    leaks: () => holding(folder, canary, Object.keys(planted)),
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await accepting;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function write(file: string, text: string): Promise<void> {
  await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(file, text);
}

async function holding(folder: string, canary: string, planted: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await holding(path, canary, planted));
    else if (isFile && !planted.includes(path) && (await Deno.readTextFile(path)).includes(canary)) found.push(path);
  }
  return found;
}
