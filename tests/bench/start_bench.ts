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
