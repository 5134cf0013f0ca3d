/**
 * SIGKILL at any moment of apply, build and destroy, then the same command once more: it finishes what was begun, with
 * nothing twice and nothing left. Each round kills all three at lines that its seed chooses; `UNITUNE_ROUNDS` says how
 * many rounds there are.
 */
import assert from "node:assert/strict";
import { type Emulator } from "./aws/emulator.ts";
import { type Holdings, holdings } from "./aws/holdings.ts";
import { emulatorEnv, kubectl, labReady, startEmulator, tryKubectl } from "./lab.ts";
import { region } from "./layout.ts";
import { copyProject, type Ran, runProgram } from "./program.ts";
import { ROUNDS, seeded } from "./rounds.ts";

const NAME = "killed", PORT = 4643;

let emulator: Emulator, project = "";

Deno.test.beforeAll(async () => {
  await labReady();
  emulator = await startEmulator({ account: "310000000043", port: PORT });
  project = await copyProject(NAME);
});

Deno.test.afterAll(async () => {
  await emulator.stop();
  await Deno.remove(project, { recursive: true });
});

const run = (args: readonly string[], killAt?: RegExp): Promise<Ran> => {
  const kill = killAt ? { interruptAt: killAt, signal: "SIGKILL" as const } : {};
  return runProgram(args, { cwd: project, env: emulatorEnv(PORT), killAfter: 300_000, ...kill });
};

/** Lines that a whole run of the command writes at least, so that a kill falls in the middle of it. */
const LINES = { apply: 60, build: 25, destroy: 14 };

/** Kills the command when it has written so many lines; then runs it again, to its end. */
async function killedAt(line: number, args: readonly string[]): Promise<Ran> {
  const killed = await run(args, new RegExp(`^(?:[^\\n]*\\n){${line}}`));
  assert.equal(killed.code, 137, `${args.join(" ")} was to be killed at line ${line}:\n${killed.stderr}`);
  const ran = await run(args);
  assert.equal(ran.code, 0, `${args.join(" ")} after a kill at line ${line}:\n${killed.stderr}\n---\n${ran.stderr}`);
  return ran;
}

/** What the account and the cluster hold and did not before; the bootstrap stays. */
async function left(before: Holdings): Promise<string[]> {
  const held = Object.entries(await holdings(emulator.url, region)).flatMap(([kind, names]) =>
    names.filter((name) => !before[kind]!.includes(name) && !/cdk/i.test(name)).map((name) => `${kind} ${name}`)
  );
  const ours = ["-l", "app.kubernetes.io/managed-by=unitune", "-o", "name"];
  const inside = await kubectl(["get", "namespaces,clusterrolebindings", ...ours]);
  const { code, stdout } = await tryKubectl(["get", "nodepools,ec2nodeclasses,nodeclaims", "-o", "name"]);
  return [...held, ...inside.split("\n"), ...code === 0 ? stdout.split("\n") : []].filter(Boolean);
}

async function images(): Promise<string[]> {
  const { stdout } = await run(["build", "--json"]);
  return Object.values(JSON.parse(stdout).images).map((image) => (image as { state: string }).state);
}

for (let round = 0; round < ROUNDS; round++) {
  const random = seeded(round), at = (command: keyof typeof LINES) => 1 + Math.floor(random() * LINES[command]);
  const lines = { apply: at("apply"), build: at("build"), destroy: at("destroy") };
  Deno.test(`killed at lines ${Object.values(lines).join(", ")}, apply, build and destroy end as ever`, async () => {
    const before = await holdings(emulator.url, region);
    await killedAt(lines.apply, ["apply", "--yes"]);
    assert.match((await run(["apply", "--yes"])).stdout, /Nothing changed/);

    const file = `${project}/examples/demo/base/banner.txt`;
    await Deno.writeTextFile(file, `${await Deno.readTextFile(file)}round ${round}\n`);
    await killedAt(lines.build, ["build"]);
    assert.deepEqual(await images(), ["reused", "reused"]);
    const names = await kubectl(["get", "jobs", "-n", "unitune-build", "-o", "name"]);
    assert.equal(names.split("\n").filter((name) => name.includes("base-")).length, 2, `one Job a key: ${names}`);

    await killedAt(lines.destroy, ["destroy", "--yes", "--delete-data"]);
    assert.deepEqual(await left(before), []);
  });
}
