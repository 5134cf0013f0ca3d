/** How long the program takes to start, against a compiled program that does nothing: what is ours of it. */
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundle } from "../../.ci/bundle.ts";
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

/** Only what loads a config, compiled as the program is. */
const loader = `${folder}/loader`;
const root = new URL("../../", import.meta.url), bundled = pathToFileURL(`${folder}/bundle/`);
const made = await bundle({ root, entry: fileURLToPath(new URL("load_config.ts", import.meta.url)), out: bundled });
await compile(await toolchain(), { ...made, include: bundled, output: loader });

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
Deno.bench("unitune --help", { group: "start" }, async (bench) => {
  bench.start();
  await start(program, ["--help"]);
  bench.end();
});
Deno.bench("kubectl --help", { group: "start" }, async (bench) => {
  bench.start();
  await start("kubectl", ["--help"]);
  bench.end();
});
Deno.bench("unitune, from start to a resolved config of 200 lines", { group: "start" }, async (bench) => {
  bench.start();
  // Without images there is nothing to build, and nothing but the config to look at.
  await start(program, ["build", "--dry-run", "-c", `${project}/unitune.config.ts`]);
  bench.end();
});

/** From the start of the evaluation, without the start of the program: 100 ms are the aim. */
async function loadings(times: number): Promise<readonly number[]> {
  const all: number[] = [];
  for (let run = 0; run < times; run++) {
    const { success, stdout } = await new Deno.Command(loader, { args: [`${project}/unitune.config.ts`] }).output();
    if (!success) throw new Error("Cannot load the config");
    all.push(Number(new TextDecoder().decode(stdout)));
  }
  return all.toSorted((a, b) => a - b);
}

const [least, , , median] = await loadings(7);
console.log(
  `a config of 200 lines, compiled: ${least!.toFixed(0)} ms at least, ${median!.toFixed(0)} ms in the middle`,
);
