/** Quotas against what the pools and the network may use. */
import assert from "node:assert/strict";
import { quotaFindings, quotaNeeds } from "../../lib/plan/quotas.ts";
import type { CpuPool, GpuPool } from "../../lib/plan/types.ts";
import { ownNetwork, smallest, testPool, THERE } from "../infra/config.ts";
import { pool } from "../images/specs.ts";

const h100: GpuPool = {
  ...testPool("train"),
  gpus: ["h100"],
  gpusPerNode: 8,
  maxGpus: 32,
  instanceTypes: ["p5.48xlarge"],
  capacity: ["reserved", "spot", "on-demand"],
};
const cpu: CpuPool = { ...pool, name: "cpu", families: ["c", "m", "r"], maxCpus: 256, capacity: ["on-demand"] };

function needs(config: Parameters<typeof quotaNeeds>[0]): string[] {
  return quotaNeeds(config).map(({ code, least, most, unit }) => `${code} ${least}-${most} ${unit}`);
}

Deno.test("each capacity type of a pool meets its quota; a reservation meets none", () => {
  assert.deepEqual(needs(smallest({ network: THERE, pools: [h100] })), [
    "L-C4BD4855 192-768 vCPUs",
    "L-417A185B 192-768 vCPUs",
  ]);
});

Deno.test("pools that meet the same quota are added up, also those that name no families", () => {
  const any: CpuPool = { ...cpu, name: "any", families: [], maxCpus: 64 };
  assert.deepEqual(needs(smallest({ network: THERE, pools: [cpu, any] })), ["L-1216C47A 1-320 vCPUs"]);
});

Deno.test("a VPC that unitune creates meets the quotas of VPCs and of addresses, one for each NAT gateway", () => {
  const own = (nat: "single" | "per-az" | "none") => needs(smallest({ network: ownNetwork({ nat }) }));
  assert.deepEqual(own("per-az"), ["L-F678F1CE 1-1 VPCs", "L-0263D0A3 3-3 addresses"]);
  assert.deepEqual(own("single"), ["L-F678F1CE 1-1 VPCs", "L-0263D0A3 1-1 addresses"]);
  assert.deepEqual(own("none"), ["L-F678F1CE 1-1 VPCs"]);
});

Deno.test("a quota below one node is a warning, one below the limits a note, each with the command that raises it", () => {
  const config = smallest({ network: THERE, pools: [h100] });
  const found = quotaFindings(config, new Map([["L-C4BD4855", 0], ["L-417A185B", 384]]));
  assert.deepEqual(found.map(({ severity, path, message }) => `${severity} ${path} ${message}`), [
    'warning pools.train needs at least 192 vCPUs of quota "All P5 Spot Instance Requests": this account has 0',
    'note pools.train may grow beyond quota "Running On-Demand P instances": this account has 384 vCPUs, and all pools at ' +
    "their limits need 768",
  ]);
  assert.match(
    found[0]!.hint,
    /^aws service-quotas request-service-quota-increase --region us-west-2 --service-code ec2 --quota-code L-C4BD4855 --desired-value 768, or https/,
  );
  assert.deepEqual(quotaFindings(config, new Map([["L-C4BD4855", 768]])), [], "what was not read is not judged");
});
