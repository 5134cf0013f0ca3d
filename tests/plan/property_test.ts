/** Whatever a valid config says, its plan and its stacks are data, and the same each time. */
import { readFunctions } from "../../lib/adapters/assets.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import { synthesize } from "../../infra/synth.ts";
import { buildSpecs } from "../../lib/images/key.ts";
import { desiredObjects } from "../../lib/cluster/mod.ts";
import type { Config } from "../../lib/config/types.ts";
import { observeNothing } from "../../lib/actions/observe.ts";
import type { Objects } from "../../lib/actions/operation.ts";
import { makePlan, PHASES } from "../../lib/plan/changes.ts";
import { describePlan } from "../../lib/plan/describe.ts";
import type { Plan } from "../../lib/plan/types.ts";
import { templates } from "../cluster/samples.ts";
import { config } from "../config/arbitrary.ts";
import { resolved } from "../config/resolved.ts";

/** Facts of a context that is not there. */
const FACTS = { digest: "a".repeat(64), bytes: 1, dockerfileDigest: "b".repeat(64), folders: {} };

function planOf(config: Config): Plan {
  const builds = buildSpecs(config, Object.fromEntries(config.images.map(({ name }) => [name, FACTS])));
  const cluster: Objects["cluster"] = (deployed) => desiredObjects(config, deployed, templates);
  const objects = { cluster } as Partial<Objects> as Objects;
  return makePlan({ config, builds, observed: observeNothing({ config, objects }, [], 0), only: PHASES });
}

Deno.test("any valid config gives the same plan twice, frozen and unharmed by JSON", () => {
  fc.assert(fc.property(config, (input) => {
    const first = planOf(resolved(input)), text = JSON.stringify(first);
    assert.equal(JSON.stringify(planOf(resolved(input))), text);
    assert.deepEqual(JSON.parse(text), first);
    assert.equal(describePlan(JSON.parse(text)), describePlan(first));
    assert.ok(Object.isFrozen(first) && Object.isFrozen(first.changes));
  }));
});

async function stacksOf(config: Config): Promise<Record<string, string>> {
  const folder = await Deno.makeTempDir({ prefix: "unitune-property-" });
  try {
    const { stacks } = await synthesize(config, folder, await readFunctions());
    const texts = stacks.map(async (name) => {
      return [name, await Deno.readTextFile(`${folder}/${name}.template.json`)] as const;
    });
    return Object.fromEntries(await Promise.all(texts));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("any valid config gives the same stacks twice, byte for byte", async () => {
  const same = fc.asyncProperty(config, async (input) => {
    assert.deepEqual(await stacksOf(resolved(input)), await stacksOf(resolved(input)));
  });
  // A synth takes a while: few runs here, others each time.
  await fc.assert(same, { numRuns: 10 });
});
