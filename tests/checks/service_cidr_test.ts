/** Addresses of Services: what is read of the cluster, its stack and the VPC before anything is created. */
import assert from "node:assert/strict";
import { serviceCidr } from "../../lib/checks/service_cidr.ts";
import type { ClusterInfo, NetworkPort } from "../../lib/core/ports.ts";
import type { Config } from "../../lib/plan/types.ts";
import { smallest, THERE } from "../infra/config.ts";
import { contextOf, denied, never } from "./context.ts";

const { cluster } = smallest();
const named = (range: string | null, change: Partial<Config> = {}) => {
  return smallest({ cluster: { ...cluster, serviceCidr: range }, ...change });
};

interface Account {
  readonly range?: string;
  readonly outputs?: Readonly<Record<string, string>> | null;
  readonly vpc?: NetworkPort["vpc"];
}

async function check(config: Config, { range, outputs = null, vpc }: Account = {}): Promise<string[]> {
  const asked: string[] = [];
  const ports = {
    stacks: { outputs: (stack: string) => (asked.push(stack), Promise.resolve(outputs)) },
    network: { ...(vpc && { vpc }) },
  };
  const deployed = range === undefined ? null : { serviceCidr: range } as ClusterInfo;
  const found = await serviceCidr.run(contextOf(config, ports, { cluster: deployed }));
  assert.deepEqual(asked, deployed ? ["acme-eks"] : []);
  return found.map(({ severity, message }) => `${severity} ${message}`);
}

Deno.test("a cluster's range is what its stack named; a stack that was never finished says nothing", async () => {
  const range = "192.168.128.0/20";
  assert.deepEqual(await check(named(range), { range, outputs: { ServiceCidr: range } }), []);
  assert.match(
    (await check(named("10.9.0.0/16"), { range, outputs: { ServiceCidr: range } })).join(),
    /^error cannot change/,
  );
  assert.match((await check(named(range), { range, outputs: {} })).join(), /which EKS chose/);
  assert.deepEqual(await check(named(range), { range: "172.20.0.0/16", outputs: null }), []);
});

Deno.test("an existing VPC is asked for its ranges, if a range is named", async () => {
  const vpc: NetworkPort["vpc"] = (id) =>
    Promise.resolve({ id, state: "available", dnsSupport: true, dnsHostnames: true, cidrs: ["192.168.0.0/16"] });
  assert.match(
    (await check(named("192.168.128.0/20", { network: THERE }), { vpc })).join(),
    /^error must not overlap/,
  );
  assert.deepEqual(await check(named("10.9.0.0/16", { network: THERE }), { vpc }), []);
  assert.deepEqual(await check(named(null, { network: THERE }), { vpc: never }), []);
  assert.deepEqual(await check(named("10.9.0.0/16", { network: THERE }), { vpc: denied("ec2:DescribeVpcs") }), [
    "note not checked without ec2:DescribeVpcs: whether the addresses of Services overlap with the VPC",
  ]);
});
