/** What a config costs, at least and at most. */
import assert from "node:assert/strict";
import { clusterOf } from "../../lib/config/resolve/infra.ts";
import { costOf } from "../../lib/plan/cost.ts";
import type { CpuPool, GpuPool } from "../../lib/plan/types.ts";
import { ownNetwork, smallest, testPool, THERE } from "../infra/config.ts";
import { builder, image, pool } from "../images/specs.ts";

const rounded = (usd: number | null) => usd === null ? null : Math.round(usd * 100) / 100;

Deno.test("the floor is control plane, system nodes, NAT gateways, disks and key, as the README tells it", () => {
  const { floorPerHour } = costOf(smallest({ network: ownNetwork({ nat: "per-az" }) }));
  const single = costOf(smallest({ network: ownNetwork({ nat: "single" }) }));
  assert.equal(rounded(floorPerHour - single.floorPerHour), 0.1);
  const existing = costOf(smallest({ network: THERE }));
  assert.equal(rounded(single.floorPerHour - existing.floorPerHour), 0.05);
  const own = costOf(
    smallest({ network: THERE, cluster: { ...clusterOf({ endpoint: "private" }), kmsKey: "arn:key" } }),
  );
  assert.equal(rounded(existing.floorPerMonth - own.floorPerMonth), 1);
});

Deno.test("the ceiling is every pool at its limit on its dearest types", () => {
  const cpu: CpuPool = { ...pool, name: "cpu", families: ["c6i"], maxCpus: 100 };
  const { pools, ceilingPerHour, floorPerHour } = costOf(smallest({ pools: [cpu] }));
  assert.deepEqual(pools, [{ pool: "cpu", limit: "100 vCPUs", ceilingPerHour: 4.25 }]);
  assert.equal(ceilingPerHour, floorPerHour + 4.25);
  const arm: CpuPool = { ...cpu, families: ["c6g"], arch: ["arm64"] };
  assert.equal(rounded(costOf(smallest({ pools: [arm] })).pools[0]!.ceilingPerHour), 3.4);
  assert.equal(costOf(smallest({ pools: [{ ...arm, arch: ["amd64"] }] })).ceilingPerHour, null);
});

Deno.test("a pool of GPUs counts GPUs, and one of a fixed size its nodes", () => {
  const h100: GpuPool = { ...testPool("train"), instanceTypes: ["p5.48xlarge"], gpusPerNode: 8, maxGpus: 32 };
  assert.deepEqual(costOf(smallest({ pools: [h100] })).pools, [
    { pool: "train", limit: "32 GPUs", ceilingPerHour: 4 * 55.04 },
  ]);
  assert.deepEqual(costOf(smallest({ pools: [{ ...h100, replicas: 2, maxGpus: 0 }] })).pools, [
    { pool: "train", limit: "2 nodes", ceilingPerHour: 2 * 55.04 },
  ]);
});

Deno.test("cache volumes are part of the month, one for each image and platform, as large as its disk at least", () => {
  const images = [
    image("both", { platforms: ["linux/amd64", "linux/arm64"] }),
    image("large", { resources: { cpu: "1", memory: "1Gi", disk: "100Gi" } }),
  ];
  const without = costOf(smallest({ images })), kept = { ...builder, cache: { size: "50Gi" } } as const;
  const { caches, floorPerMonth, floorPerHour } = costOf(smallest({ images, builder: kept }));
  assert.deepEqual(without.caches, { volumes: 0, gib: 0, perMonth: 0 });
  assert.deepEqual(caches, { volumes: 3, gib: 200, perMonth: 16 });
  assert.equal(rounded(floorPerMonth - without.floorPerMonth), 16);
  assert.equal(floorPerHour, without.floorPerHour, "they cost the same with and without pods");
});
