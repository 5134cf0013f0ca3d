import assert from "node:assert/strict";
import { gpuTypes, offeringProblems } from "../../lib/plan/gpu_offerings.ts";
import type { Config } from "../../lib/plan/types.ts";
import { CATALOGUE } from "../facts/catalogue.ts";
import { ownNetwork, smallest, testPool, THERE } from "../infra/config.ts";

const ZONES = ["usw2-az2", "usw2-az1", "usw2-az3", "usw2-az4"].map((id, at) => {
  return { id, name: `us-west-2${"abcd"[at]}`, available: true };
});

/** As EC2 answers in us-west-2, by the catalogue. */
function offerings(config: Config) {
  return gpuTypes(config).flatMap((type) => {
    const numbers = CATALOGUE.offerings[type]?.["us-west-2"] ?? "";
    return [...numbers].map((number) => ({ type, zoneId: `usw2-az${number}` }));
  });
}

function problems(config: Config, zones: typeof ZONES | null = ZONES): string[] {
  return offeringProblems(config, { offerings: offerings(config), zones })
    .map(({ path, message, hint }) => `${path}  ${message} — ${hint}`);
}

const p5en = (zones: readonly string[]) => testPool("train", { instanceTypes: ["p5en.48xlarge"], zones });

Deno.test("a pool whose zone has one of its types says nothing, by the zone's id or the account's name", () => {
  assert.deepEqual(problems(smallest({ pools: [p5en(["usw2-az3"]), p5en(["us-west-2a"]), p5en([])] })), []);
  const mixed = testPool("mixed", { instanceTypes: ["p5en.48xlarge", "g6e.xlarge"], zones: ["usw2-az1"] });
  assert.deepEqual(problems(smallest({ pools: [mixed] })), []);
});

Deno.test("a zone without any of the pool's types is told, with those that have them", () => {
  const network = ownNetwork({ zones: ["usw2-az1", "usw2-az3"] });
  assert.deepEqual(problems(smallest({ network, pools: [p5en(["us-west-2b"])] })), [
    "pools.train.zones  has no instance type that EC2 offers in usw2-az1: it offers p5en.48xlarge in usw2-az2, usw2-az3, " +
    'usw2-az4 — write zones: ["usw2-az3"]',
  ]);
  const b300 = testPool("b300", { instanceTypes: ["p6-b300.48xlarge"] });
  const far = ownNetwork({ zones: ["usw2-az3", "usw2-az4"] });
  assert.deepEqual(problems(smallest({ network: far, pools: [b300] })), [
    "pools.b300.zones  has no instance type that EC2 offers in usw2-az3, usw2-az4: it offers p6-b300.48xlarge in usw2-az1, " +
    'usw2-az2 — write zones: ["usw2-az1"], and network: { extraZones: ["usw2-az1"] }',
  ]);
});

Deno.test("a region without any of them is told, and what is not known is not guessed", () => {
  const none = testPool("none", { instanceTypes: ["p9.48xlarge"] });
  assert.deepEqual(problems(smallest({ pools: [none] })), [
    "pools.none.gpu  has no instance type that EC2 offers in us-west-2: found p9.48xlarge — choose another GPU, or " +
    "another region",
  ]);
  assert.deepEqual(problems(smallest({ pools: [p5en(["us-west-2b"])] }), null), []);
  assert.deepEqual(problems(smallest({ network: THERE, pools: [p5en([])] })), []);
  assert.match(problems(smallest({ network: THERE, pools: [p5en(["usw2-az1"])] }))[0]!, /network\.privateSubnets$/);
});
