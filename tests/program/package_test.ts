/** The npm tarball as its readers meet it: installed by npm into an empty folder, imported by a script there. */
import assert from "node:assert/strict";
import { pack } from "../../.ci/pack.ts";

const folder = await Deno.makeTempDir({ prefix: "unitune-package-" });
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

/** Two projects and a stage, at the same time: nothing that one sets is seen by another. */
const SCRIPT = `
import { describePlan, isNoop, openProject, type Plan, type UnituneEvent } from "unitune";

async function planned(file: string, stage?: string): Promise<readonly [Plan, readonly UnituneEvent[]]> {
  const events: UnituneEvent[] = [];
  const host = { emit: (event: UnituneEvent) => void events.push(event), confirm: () => Promise.resolve(null) };
  await using project = await openProject({ file, stage, host, env: { SIZE: file.length.toString() } });
  return [await project.plan({ offline: true }), events];
}

const plans = await Promise.all([planned("a/unitune.config.ts"), planned("b/unitune.config.ts", "prod")]);
console.log(JSON.stringify(plans.map(([plan, events]) => ({
  name: plan.config.name,
  noop: isNoop(plan),
  lines: describePlan(plan).split("\\n").length,
  stacks: plan.changes.flatMap((change) => change.kind === "stacks" ? change.diffs : []).map(({ stack }) => stack),
  images: plan.builds.map(({ image }) => image.name),
  events: events.map((event) => event.type === "warning" ? event.message : event.type),
}))));
`;

const CONFIG = (name: string) => `
import { defineConfig, image } from "unitune/config";

console.log("this is ${name}");

export default defineConfig(({ stage, env }) => ({
  name: "${name}",
  region: "us-west-2",
  cluster: { endpoint: "private" },
  tags: { stage: stage ?? "none", size: env.SIZE ?? "" },
  images: { ${name}: image({ context: "./context" }) },
}));
`;

/** More than a Worker is worth: the one module that is started by its name. */
const WORKER = `
import { openPacker } from "./node_modules/unitune/lib/adapters/context/packer.js";

const packer = openPacker(2 ** 30);
const { body } = await packer.pack(new Uint8Array(2 ** 20));
console.log(body.length > 0 && body.length < 2 ** 12);
packer.close();
`;

async function run(command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd: folder,
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  const [out = "", err = ""] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.ok(success, `${command} ${args.join(" ")}: ${out}${err}`);
  return out;
}

Deno.test.beforeAll(async () => {
  await Deno.writeTextFile(
    `${folder}/package.json`,
    JSON.stringify({ type: "module", dependencies: { unitune: `file:${await pack()}` } }),
  );
  for (const name of ["a", "b"]) {
    await Deno.mkdir(`${folder}/${name}/context`, { recursive: true });
    await Deno.writeTextFile(`${folder}/${name}/unitune.config.ts`, CONFIG(name));
    await Deno.writeTextFile(`${folder}/${name}/context/Dockerfile`, "FROM scratch\n");
  }
  await Deno.writeTextFile(`${folder}/script.ts`, SCRIPT);
  await Deno.writeTextFile(`${folder}/worker.js`, WORKER);
  await run("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error");
});

Deno.test("a script in an empty folder plans two configs side by side with the installed library", async () => {
  const plans = JSON.parse(await run(Deno.execPath(), "run", "-A", "script.ts"));
  const lines = plans.map((plan: { lines: number }) => plan.lines);
  assert.ok(lines.every((count: number) => count > 8), lines.join());
  const expected = (name: string, image: string) => ({
    name,
    noop: false,
    lines: lines[0],
    stacks: [`${name}-vpc`, `${name}-eks`],
    images: [image],
    events: [`config: this is ${image}`, "measure", "measure"],
  });
  assert.deepEqual(plans, [expected("a", "a"), expected("b-prod", "b")]);
});

Deno.test("the installed library's types hold a script and a config", async () => {
  await run(Deno.execPath(), "check", "script.ts", "a/unitune.config.ts");
  const wrong = CONFIG("c").replace("region:", "regoin:");
  await Deno.writeTextFile(`${folder}/a/wrong.config.ts`, wrong);
  await assert.rejects(run(Deno.execPath(), "check", "a/wrong.config.ts"), /regoin/);
  await Deno.writeTextFile(`${folder}/wrong.ts`, SCRIPT.replace("plan.builds.map", "plan.build.map"));
  await assert.rejects(run(Deno.execPath(), "check", "wrong.ts"), /Property 'build' does not exist on type 'Plan'/);
});

Deno.test("the installed library compresses in a Worker", async () => {
  assert.equal(await run(Deno.execPath(), "run", "-A", "worker.js"), "true\n");
});

Deno.test("the package brings every dependency in the version that was tested, and no program", async () => {
  const manifest = JSON.parse(await Deno.readTextFile(`${folder}/node_modules/unitune/package.json`));
  assert.equal(manifest.name, "unitune");
  for (const [name, version] of Object.entries(manifest.dependencies)) assert.match(String(version), /^\d/, name);
  await assert.rejects(Deno.stat(`${folder}/node_modules/unitune/lib/cli`), Deno.errors.NotFound);
});
