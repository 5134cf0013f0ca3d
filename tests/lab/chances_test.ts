/**
 * What chance decides: SIGKILL at any line of apply, build and destroy, two commands at once, AWS that refuses a third
 * of all calls for their rate, an API server that restarts. The next plain run finishes what was begun: nothing is made
 * twice, nothing is left. Each round's seed chooses its moments; `UNITUNE_ROUNDS` says how many rounds there are.
 */
import assert from "node:assert/strict";
import { type Emulator } from "./aws/emulator.ts";
import { type Holdings, holdings } from "./aws/holdings.ts";
import { controlPlaneUp } from "./kubernetes/control.ts";
import { stop } from "./kubernetes/process.ts";
import { emulatorEnv, kubectl, labReady, startEmulator } from "./lab.ts";
import { region } from "./layout.ts";
import { leftInCluster } from "./leavings.ts";
import { copyProject, type Ran, runProgram, type RunProgramOptions } from "./program.ts";

const NAME = "chances", PORT = 4643, ROUNDS = Number(Deno.env.get("UNITUNE_ROUNDS") ?? 1);

let emulator: Emulator, project = "", faultsFile = "";

Deno.test.beforeAll(async () => {
  await labReady();
  project = await copyProject(NAME);
  faultsFile = `${project}/faults.json`;
  emulator = await startEmulator({ account: "310000000043", port: PORT, faultsFile });
});

Deno.test.afterAll(async () => {
  await emulator.stop();
  await Deno.remove(project, { recursive: true });
});

const APPLY = ["apply", "--yes"], BUILD = ["build", "--json"], DESTROY = ["destroy", "--yes", "--delete-data"];

/** Lines that a whole run of the command writes at least, so that a kill falls in the middle of it. */
const LINES = { apply: 60, build: 25, destroy: 14 };

function run(args: readonly string[], more: Partial<RunProgramOptions> = {}): Promise<Ran> {
  return runProgram(args, { cwd: project, env: emulatorEnv(PORT), killAfter: 400_000, ...more });
}

/** Kills the command when it has written so many lines. */
async function kill(args: readonly string[], line: number): Promise<void> {
  const killed = await run(args, { interruptAt: new RegExp(`^(?:[^\\n]*\\n){${line}}`), signal: "SIGKILL" });
  assert.equal(killed.code, 137, `${args.join(" ")} was to be killed at line ${line}:\n${killed.stderr}`);
}

/** Runs both, the second up to two seconds later. */
async function race(later: number, first: readonly string[], second: readonly string[]): Promise<Ran[]> {
  const started = new Promise((resolve) => setTimeout(resolve, later * 2000));
  return await Promise.all([run(first), started.then(() => run(second))]);
}

const told = (runs: readonly Ran[]) => runs.map(({ code, stderr }) => `${code}\n${stderr}`).join("\n-----\n");

/** Both did it, or one was refused for the other's lock. */
function oneOrBoth(runs: readonly Ran[]): void {
  const refused = runs.filter(({ code }) => code !== 0);
  assert.ok(refused.length <= 1, told(runs));
  for (const { code, stderr } of refused) {
    assert.equal(code, 4, told(runs));
    assert.match(stderr, /LOCKED/, told(runs));
  }
}

/** A share of all calls is refused for its rate. */
async function throttled(share: number, work: () => Promise<void>): Promise<void> {
  await Deno.writeTextFile(faultsFile, JSON.stringify(share ? [{ error: "throttled", share }] : []));
  try {
    await work();
  } finally {
    await Deno.writeTextFile(faultsFile, "[]");
  }
}

async function edit(text: string): Promise<void> {
  const file = `${project}/examples/demo/base/banner.txt`;
  await Deno.writeTextFile(file, `${await Deno.readTextFile(file)}${text}\n`);
}

async function jobs(): Promise<string[]> {
  return (await kubectl(["get", "jobs", "-n", "unitune-build", "-o", "name"])).split("\n").filter(Boolean);
}

/** What every account may have: the bootstrap with its policies, and the service-linked role. */
const SHARED = /cdk|^unitune-cloudformation-|^AWSServiceRoleForEC2Spot$/i;

/** What the account and the cluster hold and did not before. */
async function left(before: Holdings): Promise<string[]> {
  const held = Object.entries(await holdings(emulator.url, region)).flatMap(([kind, names]) =>
    names.filter((name) => !before[kind]!.includes(name) && !SHARED.test(name)).map((name) => `${kind} ${name}`)
  );
  return [...held, ...await leftInCluster()];
}

/** Numbers from 0 to 1 (exclusive), the same for the same seed: mulberry32. */
function seeded(seed: number): () => number {
  let state = (seed + 1) * 0x9e3779b9 >>> 0;
  return () => {
    state = state + 0x6d2b79f5 >>> 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

for (let round = 0; round < ROUNDS; round++) {
  const random = seeded(round), at = (command: keyof typeof LINES) => 1 + Math.floor(random() * LINES[command]);
  // Every second round is throttled in all of its parts, the others only where images are built.
  const share = round % 2 === 1 ? 0.3 : 0;

  Deno.test(`round ${round}: killed and then run twice at once, apply, build and destroy end as ever`, async (t) => {
    const before = await holdings(emulator.url, region);
    await t.step("apply", () =>
      throttled(share, async () => {
        await kill(APPLY, at("apply"));
        oneOrBoth(await race(random(), APPLY, APPLY));
        assert.match((await run(APPLY)).stdout, /Nothing changed/);
      }));

    await t.step("build, each image once, with a third of all calls throttled", () =>
      throttled(0.3, async () => {
        await edit(`round ${round}`);
        const known = await jobs();
        await kill(["build"], at("build"));
        const builds = await race(random(), BUILD, BUILD);
        assert.deepEqual(builds.map(({ code }) => code), [0, 0], told(builds));
        const [one, two] = builds.map(({ stdout }) => JSON.parse(stdout).images);
        for (const name of ["base", "trainer"]) assert.equal(one[name].digest, two[name].digest, name);
        const made = (await jobs()).filter((name) => !known.includes(name));
        assert.equal(made.length, 2, `each image was built once: ${made}`);
      }));

    await t.step("build, while the API server restarts", async () => {
      await edit(`round ${round}, again`);
      const restart = async () => {
        await stop("kube-apiserver");
        await controlPlaneUp();
      };
      const { code, stderr } = await run(["build"], { when: { says: /^build:base/m, then: restart } });
      assert.equal(code, 0, stderr);
    });

    await t.step("destroy", () =>
      throttled(share, async () => {
        await kill(DESTROY, at("destroy"));
        oneOrBoth(await race(random(), DESTROY, APPLY));
        const settled = await run(DESTROY);
        assert.equal(settled.code, 0, settled.stderr);
        assert.deepEqual(await left(before), []);
      }));
  });
}
