/**
 * Two at once: applies, builds of one image, and apply against destroy. One wins and the other says why it did not, or
 * both are right; a plain run then settles what is left. `UNITUNE_ROUNDS` says how many rounds there are.
 */
import assert from "node:assert/strict";
import { type Emulator } from "./aws/emulator.ts";
import { emulatorEnv, kubectl, labReady, startEmulator } from "./lab.ts";
import { copyProject, type Ran, runProgram } from "./program.ts";
import { ROUNDS, seeded } from "./rounds.ts";

const NAME = "raced", PORT = 4644;

let emulator: Emulator, project = "";

Deno.test.beforeAll(async () => {
  await labReady();
  emulator = await startEmulator({ account: "310000000044", port: PORT });
  project = await copyProject(NAME);
});

Deno.test.afterAll(async () => {
  await emulator.stop();
  await Deno.remove(project, { recursive: true });
});

const run = (...args: readonly string[]): Promise<Ran> => {
  return runProgram(args, { cwd: project, env: emulatorEnv(PORT), killAfter: 300_000 });
};
const told = (runs: readonly Ran[]) => runs.map(({ code, stderr }) => `${code}\n${stderr}`).join("\n-----\n");

/** The second command starts a moment after the first: up to two seconds. */
async function race(random: () => number, first: readonly string[], second: readonly string[]): Promise<Ran[]> {
  const later = new Promise((resolve) => setTimeout(resolve, random() * 2000));
  return await Promise.all([run(...first), later.then(() => run(...second))]);
}

/** Both did it, or one was refused for the other's lock. */
function oneOrBoth(runs: readonly Ran[]): void {
  const refused = runs.filter(({ code }) => code !== 0);
  assert.ok(refused.length <= 1, told(runs));
  for (const { code, stderr } of refused) {
    assert.equal(code, 4, told(runs));
    assert.match(stderr, /LOCKED/, told(runs));
  }
}

for (let round = 0; round < ROUNDS; round++) {
  const random = seeded(1000 + round);
  Deno.test(`race ${round + 1}: two applies, two builds, apply against destroy`, async () => {
    oneOrBoth(await race(random, ["apply", "--yes"], ["apply", "--yes"]));
    assert.match((await run("apply", "--yes")).stdout, /Nothing changed/);

    const file = `${project}/examples/demo/base/banner.txt`;
    await Deno.writeTextFile(file, `${await Deno.readTextFile(file)}round ${round}\n`);
    const before = (await kubectl(["get", "jobs", "-n", "unitune-build", "-o", "name"])).split("\n");
    const builds = await race(random, ["build", "--json"], ["build", "--json"]);
    assert.deepEqual(builds.map(({ code }) => code), [0, 0], told(builds));
    const [one, two] = builds.map(({ stdout }) => JSON.parse(stdout).images);
    for (const name of ["base", "trainer"]) assert.equal(one[name].digest, two[name].digest, name);
    const after = (await kubectl(["get", "jobs", "-n", "unitune-build", "-o", "name"])).split("\n");
    const made = after.filter((name) => !before.includes(name));
    assert.equal(made.length, 2, `each image was built once: ${made}`);

    oneOrBoth(await race(random, ["destroy", "--yes", "--delete-data"], ["apply", "--yes"]));
    const settled = await run("destroy", "--yes", "--delete-data");
    assert.equal(settled.code, 0, settled.stderr);
    assert.doesNotMatch(settled.stdout, /^LEFT/m);
  });
}
