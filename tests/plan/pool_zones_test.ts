import assert from "node:assert/strict";
import { lineOf } from "../../lib/core/findings.ts";
import type { Zone } from "../../lib/core/ports.ts";
import { poolZoneProblems } from "../../lib/plan/pool_zones.ts";
import { cpu } from "../cluster/samples.ts";
import { ownNetwork } from "../infra/config.ts";

/** An account that AWS dealt other names than most. */
const ZONES: readonly Zone[] = [["usw2-az1", "b"], ["usw2-az2", "a"], ["usw2-az3", "c"], ["usw2-az4", "d"]].map(
  ([id, letter]) => ({ id: id!, name: `us-west-2${letter}`, available: true }),
);
const told = (zones: readonly string[], extraZones: readonly string[] = [], known: readonly Zone[] | null = ZONES) => {
  const network = { ...ownNetwork({ azs: 2 }), extraZones };
  return poolZoneProblems({ pools: [{ ...cpu, zones }], region: "us-west-2" }, network, known).map(lineOf);
};

Deno.test("names of zones stand for the account's own, and are held to those that the network has", () => {
  assert.deepEqual(told(["us-west-2a", "us-west-2b"]), []);
  assert.deepEqual(told(["usw2-az9"]), [], "ids are told by the config alone");
  assert.deepEqual(told(["us-west-2d"], ["usw2-az4"]), []);
  assert.deepEqual(told(["us-west-2a", "us-west-2d"]), [
    "pools.cpu.zones[1]  must be a zone of the network, which is in us-west-2a (usw2-az2), us-west-2b (usw2-az1): " +
    'us-west-2d is usw2-az4 — add it to the network: { extraZones: ["usw2-az4"] }, or name another',
  ]);
  assert.match(told(["us-west-2f"]).join(), /the account has no us-west-2f — aws ec2 describe-availability-zones/);
});

Deno.test("nothing is said of zones that could not be read", () => {
  assert.deepEqual(told(["us-west-2f"], [], null), []);
});
