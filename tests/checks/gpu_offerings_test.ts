import assert from "node:assert/strict";
import { gpuOfferings } from "../../lib/checks/gpu_offerings.ts";
import type { NetworkPort } from "../../lib/core/ports.ts";
import type { Config } from "../../lib/plan/types.ts";
import { cpu } from "../cluster/samples.ts";
import { smallest, testPool } from "../infra/config.ts";
import { contextOf, denied, never } from "./context.ts";

const zones = () => Promise.resolve([{ id: "usw2-az1", name: "us-west-2a", available: true }]);

async function check(config: Config, network: Partial<NetworkPort>): Promise<string[]> {
  const found = await gpuOfferings.run(contextOf(config, { network }));
  return found.map(({ severity, path, message }) => `${severity} ${path} ${message}`);
}

const gpus = smallest({ pools: [testPool("train", { zones: ["us-west-2a"] }), testPool("more")] });

Deno.test("a config without GPUs asks nothing", async () => {
  assert.deepEqual(await check(smallest({ pools: [cpu] }), { offerings: never, zones: never }), []);
});

Deno.test("every type is asked for once, and what is not offered is a warning that refuses nothing", async () => {
  const asked: string[] = [];
  const offerings = (types: readonly string[]) => {
    asked.push(...types);
    return Promise.resolve([{ type: "p6-b200.48xlarge", zoneId: "usw2-az2" }]);
  };
  assert.deepEqual(await check(gpus, { offerings, zones }), [
    "warning pools.train.zones has no instance type that EC2 offers in usw2-az1: it offers p6-b200.48xlarge in usw2-az2",
  ]);
  assert.deepEqual(asked, ["p6-b200.48xlarge"]);
});

Deno.test("the account's zones are asked for only where a pool names one", async () => {
  const never = () => Promise.reject(new Error("nothing is to be asked"));
  const byId = smallest({ pools: [testPool("train", { zones: ["usw2-az3"] })] });
  const offerings = () => Promise.resolve([{ type: "p6-b200.48xlarge", zoneId: "usw2-az2" }]);
  assert.equal((await check(byId, { offerings, zones: never })).length, 1);
});

Deno.test("who may not ask reads what was not checked", async () => {
  const told = await check(gpus, { offerings: denied("ec2:DescribeInstanceTypeOfferings"), zones });
  assert.deepEqual(told, [
    "note  not checked without ec2:DescribeInstanceTypeOfferings: whether EC2 offers the GPUs of the pools in their zones",
  ]);
});
