/**
 * `deno run -A tests/bench/synth_against_cdk.ts [runs]`: `unitune synth` by the compiled program against `cdk synth` by
 * the CDK's own command line, as `cdk init` sets an app up (its default app runner, its validation), for the same
 * stacks. Runs alternate; the medians' ratio must be at most 0.15.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readFunctions } from "../../lib/adapters/assets.ts";
import { loadConfig } from "../../lib/adapters/config/load.ts";
import { cache } from "../lab/layout.ts";
import { run } from "../lab/shell.ts";

const MOST = 0.15;
const CLI = "2.1148.1";
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const APP = "tests/bench/cdk_app.ts";
const program = `${ROOT}dist/unitune`;

interface Measured {
  readonly seconds: number;
  /** Most memory of any process in it. */
  readonly megabytes: number;
}

/** Runs a command under Python, which can ask the kernel how much memory its children had. */
const MEASURE = [
  "import resource, subprocess, sys, time",
  "began = time.monotonic()",
  "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL).returncode",
  "print(time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)",
  "sys.exit(code)",
].join("\n");

async function measure(command: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) {
  const said = await run("python3", ["-c", MEASURE, ...command], { cwd, env });
  const [seconds = NaN, megabytes = NaN] = said.trim().split(" ").map(Number);
  return { seconds, megabytes } satisfies Measured;
}

/** An app as `cdk init` makes it, with this tree's stacks; installed once, and kept by version. */
async function cdkApp(): Promise<string> {
  const { imports } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const version = (name: string) => String(imports[name]).split("@").at(-1)!;
  // The sources take the types of Kubernetes' client, and nothing else of it.
  const names = ["aws-cdk-lib", "constructs", "@kubernetes/client-node"];
  const dependencies = Object.fromEntries(names.map((name) => [name, version(name)]));
  const folder = `${cache.dir}/tools/cdk-${[CLI, ...Object.values(dependencies)].join("-")}`;
  const installed = await Deno.stat(`${folder}/app/node_modules/aws-cdk-lib`).then(() => true, () => false);
  if (!installed) {
    await Deno.remove(folder, { recursive: true }).catch(() => undefined);
    await Deno.mkdir(`${folder}/app`, { recursive: true });
    await run("npm", ["install", "--no-audit", "--no-fund", `aws-cdk@${CLI}`], { cwd: folder });
    const init = ["init", "app", "--language", "typescript", "--generate-only"];
    await run(`${folder}/node_modules/.bin/cdk`, init, { cwd: `${folder}/app`, env: { CI: "true" } });
    await mend(`${folder}/app/package.json`, (all) => ({ ...all, dependencies }));
    await mend(`${folder}/app/tsconfig.json`, ({ compilerOptions }) => ({
      compilerOptions: {
        ...compilerOptions,
        allowImportingTsExtensions: true,
        lib: ["esnext", "dom"],
        target: "esnext",
        types: ["node"],
      },
      files: [APP],
    }));
    await mend(`${folder}/app/cdk.json`, (all) => ({ ...all, app: all.app.replace(/\S+\.ts$/, APP) }));
    for (const made of ["bin", "lib", "test"]) await Deno.remove(`${folder}/app/${made}`, { recursive: true });
    await run("npm", ["install", "--no-audit", "--no-fund"], { cwd: `${folder}/app` });
  }
  for (const path of ["infra", "lib/core", "lib/plan", "lib/config", "tests/bench"]) {
    await Deno.remove(`${folder}/app/${path}`, { recursive: true }).catch(() => undefined);
    await Deno.mkdir(`${folder}/app/${path.split("/").slice(0, -1).join("/")}`, { recursive: true });
    await run("cp", ["-r", `${ROOT}${path}`, `${folder}/app/${path}`]);
  }
  return folder;
}

// deno-lint-ignore no-explicit-any
async function mend(file: string, change: (content: any) => unknown): Promise<void> {
  await Deno.writeTextFile(file, JSON.stringify(change(JSON.parse(await Deno.readTextFile(file)))));
}

/** Logical ids and types: the same resources, but for the CDK's own note of what it was used for. */
async function resources(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".template.json")) continue;
    const { Resources } = JSON.parse(await Deno.readTextFile(`${folder}/${name}`));
    for (const [id, { Type }] of Object.entries<{ Type: string }>(Resources)) found.push(`${name} ${id} ${Type}`);
  }
  return found.filter((line) => !line.endsWith("AWS::CDK::Metadata")).toSorted();
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const runs = Number(Deno.args[0] ?? 3);
const out = await Deno.makeTempDir({ prefix: "unitune-bench-" });
const folder = await cdkApp();
const { config } = await loadConfig({ cwd: ROOT, env: {} });
await Deno.writeTextFile(`${out}/config.json`, JSON.stringify({ config, functions: await readFunctions() }));
const cdk = [`${folder}/node_modules/.bin/cdk`, "synth", "--quiet", "--output", `${out}/cdk`];
const ours: Measured[] = [], theirs: Measured[] = [];
for (let at = 0; at < runs; at++) {
  ours.push(await measure([program, "synth", "--out", `${out}/unitune`], ROOT));
  theirs.push(await measure(cdk, `${folder}/app`, { UNITUNE_CONFIG: `${out}/config.json`, CI: "true" }));
}
assert.deepEqual(await resources(`${out}/unitune/stacks`), await resources(`${out}/cdk`));
for (const [name, all] of Object.entries({ "unitune synth": ours, "cdk synth": theirs })) {
  const seconds = all.map((one) => one.seconds), most = Math.max(...all.map((one) => one.megabytes));
  console.log(
    `${name.padEnd(14)} median ${median(seconds).toFixed(2)} s, least ${Math.min(...seconds).toFixed(2)} s, ` +
      `largest process ${most.toFixed(0)} MiB`,
  );
}
const ratio = median(ours.map((one) => one.seconds)) / median(theirs.map((one) => one.seconds));
console.log(`ratio ${ratio.toFixed(3)}, at most ${MOST}, over ${runs} runs each`);
await Deno.remove(out, { recursive: true });
if (ratio > MOST) Deno.exit(1);
