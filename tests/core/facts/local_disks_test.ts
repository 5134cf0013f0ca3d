/** What this project says of disks and GPUs, held to the catalogue of facts from outside. */
import assert from "node:assert/strict";
import { hasLocalDisks } from "../../../lib/core/facts/local_disks.ts";
import { migGpu } from "../../../lib/core/facts/mig.ts";
import { CATALOGUE } from "../../facts/catalogue.ts";

Deno.test("every instance type of the catalogue has local disks if we say so, and none if we do not", () => {
  // What no pool has: old generations with HDDs or without NVMe, and Macs.
  const old = /^(?:[cmr]3|[cmr]1|m2|t1|g2|hs1|cr1|cc2|d2|h1|i2|p2|g3s?|f1|x1e?|mac.*)\./;
  const wrong = Object.entries(CATALOGUE.instanceTypes).filter(([type, { localNvmeGiB = 0 }]) => {
    return !old.test(type) && hasLocalDisks(type) !== localNvmeGiB > 0;
  });
  assert.deepEqual(wrong.map(([type]) => type), []);
});

Deno.test("the GPUs that are cut into parts are those of the catalogue, and their parts fit into them", () => {
  const cut = Object.entries(CATALOGUE.instanceTypes).flatMap(([type, is]) => {
    const gpu = migGpu(type);
    return gpu ? [{ type, is, gpu }] : [];
  });
  assert.ok(cut.length >= 6);
  for (const { type, is, gpu } of cut) {
    const [, name, memory] = /^([a-z]+\d+)\.(\d+)gb$/.exec(gpu.model)!;
    assert.equal(name, is.gpu, type);
    assert.ok(Math.abs(Number(memory) - is.gpuMemoryMiB! / 1024) < 2, `${type} has GPUs of ${is.gpuMemoryMiB} MiB`);
    for (const [part, count] of Object.entries(gpu.parts)) {
      const [, sevenths, gb] = /^(\d)g\.(\d+)gb$/.exec(part)!;
      assert.ok(Number(sevenths) * count <= 7 && (Number(gb) - 1) * count <= Number(memory), `${type} ${part}`);
    }
  }
});
