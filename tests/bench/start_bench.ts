/** How long the program takes to start, against a compiled program that does nothing: what is ours of it. */
import { fileURLToPath, pathToFileURL } from "node:url";
import { compile } from "../../.ci/compile.ts";
import { toolchain } from "../../.ci/toolchain.ts";

const program = fileURLToPath(new URL("../../dist/unitune", import.meta.url));
const folder = await Deno.makeTempDir();
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

const empty = `${folder}/empty`;
await Deno.mkdir(`${folder}/source`);
await Deno.writeTextFile(`${folder}/source/main.mjs`, "");
await compile(await toolchain(), {
  entry: pathToFileURL(`${folder}/source/main.mjs`),
  include: pathToFileURL(`${folder}/source`),
  output: empty,
});

/** A config of 200 lines: what every command evaluates first. */
const project = `${folder}/project`;
await Deno.mkdir(project);
const pools = Array.from({ length: 47 }, (_, at) => [
  `    pool${at}: gpuPool({`,
  '      gpu: "l40s",',
  "      maxGpus: 8,",
  "    }),",
]);
await Deno.writeTextFile(
  `${project}/unitune.config.ts`,
  [
    'import { defineConfig, gpuPool } from "unitune/config";',
    "",
    "export default defineConfig({",
    '  name: "acme-ml",',
    '  region: "us-west-2",',
    '  cluster: { endpoint: "private" },',
    "  pools: {",
    ...pools.flat(),
    "  },",
    "});",
    "",
  ].join("\n"),
);

async function start(command: string, args: string[]): Promise<void> {
  const { success } = await new Deno.Command(command, { args, stdin: "null", stdout: "null", stderr: "null" }).output();
  if (!success) throw new Error(`Cannot run ${command} ${args.join(" ")}`);
}

Deno.bench("an empty compiled program", { group: "start", baseline: true }, async (bench) => {
  bench.start();
  await start(empty, []);
  bench.end();
});
Deno.bench("unitune --version", { group: "start" }, async (bench) => {
  bench.start();
  await start(program, ["--version"]);
  bench.end();
});
Deno.bench("unitune, from start to a resolved config of 200 lines", { group: "start" }, async (bench) => {
  bench.start();
  // Without images there is nothing to build, and nothing but the config to look at.
  await start(program, ["build", "--dry-run", "-c", `${project}/unitune.config.ts`]);
  bench.end();
});
