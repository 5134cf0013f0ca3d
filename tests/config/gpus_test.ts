import assert from "node:assert/strict";
import { gpuSizes } from "../../lib/config/resolve/gpu_sizes.ts";
import { GPU_MEMORY, GPU_NAMES, type GpuName, GPUS, type GpuSize, karpenterName } from "../../lib/config/gpus.ts";
import type { Issue } from "../../lib/config/issues.ts";
import { CATALOGUE } from "../facts/catalogue.ts";

function sizesOf(gpus: readonly GpuName[], wanted: Parameters<typeof gpuSizes>[1] = {}) {
  const issues: Issue[] = [];
  const types = gpuSizes(gpus, wanted, ["pools", "tune"], issues).map(({ type }) => type);
  return { types, issues };
}

Deno.test("each GPU is available with EFA in every number per node that the preset says", () => {
  for (const gpu of GPU_NAMES) {
    for (const count of new Set(GPUS[gpu].map(({ gpus }) => gpus))) {
      const { types, issues } = sizesOf([gpu], { gpusPerNode: count, efa: true });
      assert.ok(types.length > 0, `${count} x ${gpu}`);
      assert.deepEqual(issues, []);
    }
  }
});

Deno.test("four L40S with EFA come in two instance types, eight in one", () => {
  assert.deepEqual(sizesOf(["l40s"], { gpusPerNode: 4, efa: true }).types, ["g6e.12xlarge", "g6e.24xlarge"]);
  assert.deepEqual(sizesOf(["l40s"], { gpusPerNode: 8, efa: true }).types, ["g6e.48xlarge"]);
  assert.deepEqual(sizesOf(["l40s"], { gpusPerNode: 1, efa: true }).types, ["g6e.8xlarge", "g6e.16xlarge"]);
});

Deno.test("an A100 has 40 GB, 80 GB or either, and Karpenter calls all of them a100", () => {
  assert.deepEqual(sizesOf(["a100-40gb"]).types, ["p4d.24xlarge"]);
  assert.deepEqual(sizesOf(["a100-80gb"]).types, ["p4de.24xlarge"]);
  assert.deepEqual(sizesOf(["a100"]).types, ["p4d.24xlarge", "p4de.24xlarge"]);
  assert.deepEqual(sizesOf(["a100", "a100-40gb"]).types, ["p4d.24xlarge", "p4de.24xlarge"]);
  assert.deepEqual((["a100", "a100-40gb", "a100-80gb", "l40s"] as const).map(karpenterName), [
    "a100",
    "a100",
    "a100",
    "l40s",
  ]);
});

Deno.test("several GPUs mean all of their instance types, and a GPU that the pool can never have is reported", () => {
  const { types } = sizesOf(["l40s", "a10g"], { gpusPerNode: 4 });
  assert.deepEqual(types, ["g6e.12xlarge", "g6e.24xlarge", "g5.12xlarge", "g5.24xlarge"]);
  const { issues } = sizesOf(["l40s", "h100"], { gpusPerNode: 4 });
  assert.deepEqual(issues.map(({ path }) => path), [["pools", "tune", "gpu", 1]]);
  const narrowed = sizesOf(["l40s", "a10g"], { instanceTypes: ["g6e.xlarge"] });
  assert.deepEqual(narrowed.issues.map(({ path }) => path), [["pools", "tune", "gpu", 1]]);
});

Deno.test("naming an instance type without EFA together with efa is a mistake, and the type is not silently left out", () => {
  const { types, issues } = sizesOf(["l40s"], { efa: true, instanceTypes: ["g6e.8xlarge", "g6e.xlarge"] });
  assert.deepEqual(types, []);
  assert.deepEqual(issues.map(({ path }) => path), [["pools", "tune", "instanceTypes", 1]]);
});

Deno.test("no preset is empty, or has a type of another GPU or a type without a GPU", () => {
  const owners = new Map<string, string>();
  for (const gpu of GPU_NAMES) {
    assert.ok(GPUS[gpu].length > 0 && GPU_MEMORY[gpu].length > 0, gpu);
    for (const { type, gpus } of GPUS[gpu] as readonly GpuSize[]) {
      assert.ok(gpus > 0, type);
      assert.equal(owners.get(type) ?? karpenterName(gpu), karpenterName(gpu), type);
      owners.set(type, karpenterName(gpu));
    }
  }
});

Deno.test("GPUs, memory and EFA of each preset match the catalogue", () => {
  for (const gpu of GPU_NAMES) {
    const found = (GPUS[gpu] as readonly GpuSize[]).map(({ type }) => CATALOGUE.instanceTypes[type]!);
    (GPUS[gpu] as readonly GpuSize[]).forEach(({ type, gpus, efa }, at) => {
      const known = found[at];
      assert.ok(known, `${type} is not in the catalogue`);
      assert.deepEqual(
        [known.gpu, known.gpus, known.efa ?? 0, known.arch],
        [karpenterName(gpu), gpus, efa, "amd64"],
        type,
      );
    });
    assert.deepEqual([...new Set(found.map(({ gpuMemoryMiB }) => gpuMemoryMiB))], GPU_MEMORY[gpu], gpu);
  }
});

Deno.test("every instance type with one of these GPUs is in its preset, except bare metal and parts of a GPU", () => {
  const names = new Set(GPU_NAMES.map(karpenterName));
  const known = GPU_NAMES.flatMap((gpu) => GPUS[gpu].map(({ type }): string => type));
  const left = Object.entries(CATALOGUE.instanceTypes).filter(([type, { gpu }]) =>
    names.has(gpu ?? "") && !known.includes(type)
  );
  for (const [type, { gpus, bareMetal }] of left) assert.ok(gpus === 0 || bareMetal, `${type} is in no preset`);
  assert.ok(left.some(([type]) => type === "g6f.large") && left.some(([type]) => type === "g4dn.metal"));
});
