/** A plan accepts what `init` writes: both use the same rules. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { GPU_NAMES } from "../../lib/config/gpus.ts";
import { STARTER_FILES, type StarterAnswers, starterFiles, type StarterTexts } from "../../lib/config/starter.ts";
import { isUnituneError } from "../../lib/core/errors.ts";
import { ZONES } from "../../lib/core/zones.ts";
import { dsl, resolve } from "./resolved.ts";

const folder = new URL("../../templates/init/", import.meta.url);
const names = Object.keys(STARTER_FILES);
const texts = Object.fromEntries(
  await Promise.all(names.map(async (name) => [name, await Deno.readTextFile(new URL(name, folder))])),
) as StarterTexts;

/** The written file's object, and the rules of a plan over it. */
function issuesOf(config: string) {
  const body = config.replace(/^import .*$/m, "").replace("export default", "return");
  const input = new Function("cpuPool", "defineConfig", "gpuPool", "image", body);
  return resolve(input(dsl.cpuPool, (value: unknown) => value, dsl.gpuPool, dsl.image)).issues;
}

/** Right, and now and then nearly right: what a person types. */
function mostly<T>(right: fc.Arbitrary<T>, nearly: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: nearly });
}
const id = (prefix: string) =>
  mostly(fc.stringMatching(/^([0-9a-f]{8}|[0-9a-f]{17})$/), fc.stringMatching(/^[0-9a-f]{7,18}$/))
    .map((hex) => `${prefix}-${hex}`);
const region = mostly(
  fc.constantFrom(...Object.keys(ZONES)),
  fc.stringMatching(/^[a-z]{2}(-gov)?-(north|south|east|west|central|middle)(east)?-[0-9]$/),
);
const range = mostly(
  fc.constantFrom("203.0.113.0/24", "198.51.100.7/32"),
  fc.oneof(fc.constantFrom("10.0.0.0/8", "0.0.0.0/0", "203.0.113.1/24"), fc.ipV4()),
);
const answers: fc.Arbitrary<StarterAnswers> = fc.record({
  name: mostly(fc.stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8}){0,3}$/), fc.string({ maxLength: 30 })),
  region,
  publicFrom: fc.array(range, { maxLength: 3 }),
  gpus: fc.array(fc.constantFrom(...GPU_NAMES), { maxLength: 4 }),
  vpc: fc.option(fc.record({ id: id("vpc"), privateSubnets: fc.array(id("subnet"), { maxLength: 18 }) })),
});

Deno.test("a plan accepts every answer that init accepts", () => {
  let accepted = 0;
  fc.assert(
    fc.property(answers, (given) => {
      try {
        assert.deepEqual(issuesOf(starterFiles(given, texts)["unitune.config.ts"]!), []);
        accepted++;
      } catch (error) {
        if (!isUnituneError(error)) throw error;
        assert.equal(error.code, "USAGE");
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(accepted > 50, `${accepted} of 300 were accepted`);
});

const RIGHT: StarterAnswers = { name: "acme", region: "us-west-2", publicFrom: [], gpus: ["l4"], vpc: null };

Deno.test("every wrong answer is reported at once, the first with its flag", () => {
  const wrong = { ...RIGHT, name: "Acme", region: "west", publicFrom: ["10.0.0.0/8"] };
  assert.throws(() => starterFiles(wrong, texts), (error) => {
    assert.ok(isUnituneError(error));
    assert.equal(error.path, "--name");
    assert.deepEqual(error.lines.map((line) => line.slice(0, 20)), ["the region must be a", "a range must be a pu"]);
    return true;
  });
});

Deno.test("a GPU that is named twice gets one pool", () => {
  const config = starterFiles({ ...RIGHT, gpus: ["l4", "l4"] }, texts)["unitune.config.ts"]!;
  assert.equal(config.match(/l4: gpuPool/g)?.length, 1);
});
