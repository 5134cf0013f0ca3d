/** Which nodes Karpenter may remove at once by default. */
import assert from "node:assert/strict";
import type { Budget } from "../../../lib/config/types.ts";
import { dsl, LEAST, resolved } from "../resolved.ts";

function budgets(pool: string, fields: Record<string, unknown>): readonly Budget[] {
  return resolved({ ...LEAST, ...fields }).pools.find(({ name }) => name === pool)!.budgets;
}

/** How many of `nodes` may go for a reason, as Karpenter reckons it: the least of what holds, shares rounded up. */
function allowed(all: readonly Budget[], reason: string, nodes: number): number {
  const of = all.filter(({ reasons }) => reasons?.includes(reason) ?? true).map(({ nodes: most }) => {
    return most.endsWith("%") ? Math.ceil((nodes * Number.parseInt(most)) / 100) : Number(most);
  });
  return Math.min(...of);
}

Deno.test("a busy GPU node is never replaced because its pool changed; an empty one is replaced at once", () => {
  const gpu = budgets("tune", { pools: { tune: dsl.gpuPool({ gpu: "l40s", maxGpus: 16 }) } });
  for (const nodes of [1, 2, 30]) {
    assert.equal(allowed(gpu, "Drifted", nodes), 0);
    assert.equal(allowed(gpu, "Empty", nodes), nodes);
  }
  assert.equal(allowed(gpu, "Underutilized", 30), 3);
});

Deno.test("CPU nodes are replaced 10% at a time, unless builds run on them without other protection", () => {
  const cpu = dsl.cpuPool({ maxCpus: 64, ami: "al2023", capacity: ["spot", "on-demand"] });
  const onDemand = dsl.cpuPool({ maxCpus: 64, ami: "al2023", capacity: ["on-demand"] });
  assert.equal(allowed(budgets("cpu", { pools: { cpu } }), "Drifted", 30), 3);
  const builds = budgets("cpu", { pools: { cpu }, builder: { pool: "cpu" } });
  for (const reason of ["Drifted", "Underutilized"]) assert.equal(allowed(builds, reason, 30), 0);
  assert.equal(allowed(builds, "Empty", 30), 30);
  // There the builds' own annotation keeps their nodes.
  assert.equal(allowed(budgets("cpu", { pools: { cpu: onDemand }, builder: { pool: "cpu" } }), "Drifted", 30), 3);
  const image = dsl.image({ context: ".", pool: "cpu" });
  assert.equal(allowed(budgets("cpu", { pools: { cpu }, images: { image } }), "Drifted", 30), 0);
});

Deno.test("budgets in the config are used as written", () => {
  const own = [{ nodes: "20%", reasons: ["Drifted"] }];
  const cpu = dsl.cpuPool({ maxCpus: 64, ami: "al2023", capacity: ["spot"], budgets: own });
  assert.deepEqual(budgets("cpu", { pools: { cpu }, builder: { pool: "cpu" } }), own);
});
