/** What is asked before system nodes are created, and what a denied question leaves open. */
import assert from "node:assert/strict";
import { systemNodes } from "../../lib/checks/system_nodes.ts";
import type { NetworkPort, ParametersPort } from "../../lib/core/ports.ts";
import { smallest } from "../infra/config.ts";
import { contextOf, denied, refused, told } from "./context.ts";

const offerings = (types: readonly string[]) => {
  return Promise.resolve(types.flatMap((type) => ["usw2-az1", "usw2-az2"].map((zoneId) => ({ type, zoneId }))));
};
const values = ([name]: readonly string[]) => Promise.resolve(new Map([[name!, "1.66.0-1ad6b4a4"]]));

function check(network: Partial<NetworkPort>, parameters: Partial<ParametersPort>): Promise<string[]> {
  return told(systemNodes, contextOf(smallest(), { network, parameters }));
}

Deno.test("types that the region has and a release that AWS publishes say nothing", async () => {
  assert.deepEqual(await check({ offerings }, { values }), []);
});

Deno.test("both problems are told at once, before anything is created", async () => {
  const none = () => Promise.resolve([]), empty = () => Promise.resolve(new Map());
  const error = await refused(check({ offerings: none }, { values: empty }));
  assert.deepEqual([error.code, error.exit], ["SYSTEM_NODES", 4]);
  assert.equal(error.lines?.length, 2);
  assert.match(error.message, /as 2 problems were found$/);
});

Deno.test("who may not ask goes on, and reads what was not checked", async () => {
  const notes = await check(
    { offerings: denied("ec2:DescribeInstanceTypeOfferings") },
    { values: denied("ssm:GetParameters") },
  );
  assert.deepEqual(notes, [
    "not checked without ec2:DescribeInstanceTypeOfferings: whether the region has the instance types of the system nodes",
    "not checked without ssm:GetParameters: whether AWS publishes the release of the system nodes' image",
  ]);
});
