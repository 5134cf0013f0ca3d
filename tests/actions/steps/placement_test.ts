import assert from "node:assert/strict";
import { isUnituneError } from "../../../lib/core/errors.ts";
import { OUTPUTS } from "../../../lib/core/pins.ts";
import { requirePlacementGroup } from "../../../lib/actions/steps/placement.ts";
import { Session } from "../../../lib/actions/session.ts";
import type { Ports } from "../../../lib/core/ports.ts";
import { smallest, testPool } from "../../infra/config.ts";

const config = smallest({
  pools: [
    testPool("near-1", { placementGroup: "cluster" }),
    testPool("plain"),
    testPool("far", { placementGroup: { name: "x" } }),
  ],
});

function deployedFrom(groups: Readonly<Record<string, string>>) {
  const outputs = { ...Object.fromEntries(Object.values(OUTPUTS).map((name) => [name, "x"])), ...groups };
  const caller = () => Promise.resolve({ account: "123456789012", partition: "aws", principalArn: "arn:x" });
  const ports = { identity: { caller }, stacks: { outputs: () => Promise.resolve(outputs) } } as unknown as Ports;
  return new Session(config, ports).requireDeployed();
}

Deno.test("the groups that the stack created are read from its outputs, by pool", async () => {
  const { placementGroups } = await deployedFrom({ PlacementGroupnearZ1: "acme-group", PlacementGroupgone: "other" });
  assert.deepEqual(placementGroups, { "near-1": "acme-group" });
});

Deno.test("a pool whose group the deployed stack has not created yet is refused, with what to run; others are not", async () => {
  const deployed = await deployedFrom({});
  for (const pool of ["plain", "far", "unknown"]) requirePlacementGroup(pool, config, deployed);
  const refused = () => requirePlacementGroup("near-1", config, deployed);
  assert.throws(refused, (error) => {
    assert.ok(isUnituneError(error));
    assert.equal(error.path, "pools.near-1.placementGroup");
    assert.match(error.message, /acme-eks has not created it yet/);
    return true;
  });
  requirePlacementGroup("near-1", config, await deployedFrom({ PlacementGroupnearZ1: "acme-group" }));
});
