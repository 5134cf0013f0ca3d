/**
 * Pools of GPUs as Karpenter's own scheduler reads them: which instance type a pod gets by its GPUs, its EFA and the
 * pool's choice, with the network interfaces that the node class lays out. No cluster is asked.
 */
import assert from "node:assert/strict";
import { defineConfig, gpuPool } from "unitune/config";
import type { DefinedConfig, GpuPoolRef } from "../../lib/config/resolve/refs.ts";
import type { KubeObject } from "../../lib/core/ports.ts";
import { resolved } from "../options/render.ts";
import { schedule } from "./scheduler.ts";

const ZONE = ["usw2-az1"] as const;

function withPool(train: GpuPoolRef): DefinedConfig {
  return defineConfig({ name: "acme", region: "us-west-2", cluster: { endpoint: "private" }, pools: { train } });
}

function asking(gpus: number, efa = 0): KubeObject {
  const limits = { "nvidia.com/gpu": gpus, ...(efa > 0 && { "vpc.amazonaws.com/efa": efa }) };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "train", namespace: "default", ...{ uid: "train" } },
    spec: {
      containers: [{ name: "train", image: "train", resources: { limits, requests: limits } }],
      tolerations: [{ key: "nvidia.com/gpu", operator: "Exists" }],
    },
    status: { phase: "Pending" },
  };
}

/** The instance type that a pod gets, or why it gets none. */
async function typeFor(train: GpuPoolRef, pod: KubeObject): Promise<string> {
  const { nodes, pending } = await schedule(resolved(withPool(train), {}), [pod]);
  return nodes[0]?.instanceType ?? pending["train"]!;
}

Deno.test("four L40S with EFA: one interface fits the smaller node, two ask for the larger, three fit none", async () => {
  const pool = gpuPool({ gpu: "l40s", gpusPerNode: 4, maxGpus: 16, efa: true, zones: ZONE });
  assert.equal(await typeFor(pool, asking(4, 1)), "g6e.12xlarge");
  assert.equal(await typeFor(pool, asking(4, 2)), "g6e.24xlarge");
  assert.match(await typeFor(pool, asking(4, 3)), /no instance type/);
});

Deno.test("a B300 node has sixteen EFA interfaces on the cards behind its first, and not one more", async () => {
  const pool = gpuPool({ gpu: "b300", maxGpus: 16, efa: true, zones: ZONE });
  assert.equal(await typeFor(pool, asking(8, 16)), "p6-b300.48xlarge");
  assert.match(await typeFor(pool, asking(8, 17)), /no instance type/);
});

Deno.test("a layout has as many EFA interfaces as the instance type, for each type with EFA", async () => {
  const cases = { "p4de.24xlarge": 4, "p5.4xlarge": 1, "p5.48xlarge": 32, "p5en.48xlarge": 16 } as const;
  const pools = {
    "p4de.24xlarge": gpuPool({ gpu: "a100-80gb", maxGpus: 8, efa: true, zones: ZONE }),
    "p5.4xlarge": gpuPool({ gpu: "h100", gpusPerNode: 1, maxGpus: 8, efa: true, zones: ZONE }),
    "p5.48xlarge": gpuPool({ gpu: "h100", gpusPerNode: 8, maxGpus: 8, efa: true, zones: ZONE }),
    "p5en.48xlarge": gpuPool({
      gpu: "h200",
      maxGpus: 8,
      efa: true,
      zones: ["usw2-az3"],
      instanceTypes: ["p5en.48xlarge"],
    }),
  };
  for (const [type, pool] of Object.entries(pools)) {
    const efa = cases[type as keyof typeof cases], gpus = type === "p5.4xlarge" ? 1 : 8;
    assert.equal(await typeFor(pool, asking(gpus, efa)), type);
    assert.match(await typeFor(pool, asking(gpus, efa + 1)), /no instance type/, type);
  }
});

Deno.test("of several GPUs a pod gets the cheapest that there is, and each A100 by its memory", async () => {
  assert.equal(
    await typeFor(gpuPool({ gpu: ["l40s", "a10g"], gpusPerNode: 4, maxGpus: 16 }), asking(4)),
    "g5.12xlarge",
  );
  assert.equal(await typeFor(gpuPool({ gpu: ["l40s", "l4"], gpusPerNode: 1, maxGpus: 16 }), asking(1)), "g6.xlarge");
  assert.equal(await typeFor(gpuPool({ gpu: "a100-80gb", maxGpus: 8 }), asking(8)), "p4de.24xlarge");
  assert.equal(await typeFor(gpuPool({ gpu: "a100", maxGpus: 8 }), asking(8)), "p4d.24xlarge");
});
