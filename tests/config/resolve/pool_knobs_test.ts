/** How nodes are set up: default volumes, settings that exclude each other, and who writes user data. */
import assert from "node:assert/strict";
import { formatPath } from "../../../lib/config/issues.ts";
import type { GpuPool, Pool } from "../../../lib/config/types.ts";
import { dsl, LEAST, resolve, resolved as resolvedConfig } from "../resolved.ts";

type Fields = Readonly<Record<string, unknown>>;

function resolved(pool: unknown): Pool {
  return resolvedConfig({ ...LEAST, pools: { pool } }).pools.find(({ name }) => name === "pool")!;
}

function refused(pool: unknown, top?: Fields): string[] {
  return resolve({ ...LEAST, ...top, pools: { pool } }).issues.map(({ path, message, hint }) => {
    return `${formatPath(path).replace("pools.pool.", "")} ${message}${hint === undefined ? "" : ` — ${hint}`}`;
  });
}

const gpu = (fields: Fields = {}) => dsl.gpuPool({ gpu: "l40s", maxGpus: 16, ...fields });
const cpu = (fields: Fields = {}) => dsl.cpuPool({ maxCpus: 64, ...fields });
const volume = ({ disk, diskThroughput }: Pool) => [disk, diskThroughput];

Deno.test("nodes with a RAID0 of local disks get a small volume, unless the config sets its size", () => {
  assert.deepEqual(volume(resolved(gpu())), ["20Gi", null]);
  assert.deepEqual(volume(resolved(gpu({ ami: "al2023@v20261023" }))), ["50Gi", null]);
  assert.deepEqual(volume(resolved(gpu({ disk: "1Ti" }))), ["1Ti", 600]);
  assert.deepEqual(volume(resolved(gpu({ diskThroughput: 300 }))), ["20Gi", 300]);
  assert.deepEqual(volume(resolved(gpu({ instanceStore: "none" }))), ["500Gi", 600]);
});

Deno.test("CPU nodes get the small volume if all of their instance types have local disks", () => {
  const striped = (families: string[]) => volume(resolved(cpu({ families, instanceStore: "raid0" })))[0];
  assert.equal(striped(["m7gd"]), "20Gi");
  assert.equal(striped(["c6id.4xlarge", "i4i.2xlarge"]), "20Gi");
  assert.equal(striped(["m7gd", "m7g"]), "100Gi");
  assert.equal(striped(["m"]), "100Gi");
  assert.deepEqual(volume(resolved(cpu({ families: ["m7gd"] }))), ["100Gi", null]);
});

Deno.test("GPU nodes with Bottlerocket pull images in parallel, other nodes layer by layer", () => {
  const pull = (pool: unknown) => resolved(pool).imagePull;
  assert.equal(pull(gpu()), "parallel");
  assert.equal(pull(gpu({ instanceStore: "none" })), "parallel");
  assert.equal(pull(gpu({ instanceStore: "none", diskThroughput: 125 })), "standard");
  assert.equal(pull(gpu({ ami: "bottlerocket@v1.45.0" })), "standard");
  assert.equal(pull(gpu({ ami: "al2023@v20261023" })), "standard");
  assert.equal(pull(gpu({ ami: "al2023@v20261023", imagePull: "parallel" })), "parallel");
  assert.equal(pull(gpu({ imagePull: "standard" })), "standard");
  assert.equal(pull(cpu()), "standard");
  assert.equal(pull(cpu({ imagePull: "parallel", diskThroughput: 600 })), "parallel");
});

Deno.test("images are not pulled in parallel where that is slower or not supported", () => {
  const why = (pool: unknown) => refused(pool).join();
  assert.match(
    why(cpu({ imagePull: "parallel" })),
    /^imagePull must be "standard" on a slow disk.*less than 600 MiB\/s.* — or write diskThroughput: 600/,
  );
  const old = gpu({ imagePull: "parallel", ami: "bottlerocket@v1.45.9" });
  assert.match(why(old), /must be "standard" before bottlerocket@v1\.46\.0: found "bottlerocket@v1\.45\.9"/);
  assert.match(why(gpu({ imagePull: "parallel", ami: "al2023@v20250801" })), /before al2023@v20250821/);
  assert.match(
    why(gpu({ imagePull: "parallel", ami: "al2023@v20260505" })),
    /with al2023@v20260505, whose nodes would never become Ready/,
  );
});

Deno.test("a pool with shared GPUs is limited in whole nodes, as Karpenter counts what a node advertises", () => {
  const shared = (fields: Fields) => resolved(gpu({ sharing: { timeSlicing: 4 }, ...fields })) as GpuPool;
  const one = shared({ gpusPerNode: 1 });
  assert.deepEqual([one.sharing, one.maxNodes], [{ kind: "time-slicing", replicas: 4 }, 16]);
  assert.equal(shared({ gpusPerNode: 8 }).maxNodes, 2);
  assert.equal(shared({ gpusPerNode: 8, maxGpus: 15 }).maxNodes, 1);
  assert.equal((resolved(gpu()) as GpuPool).maxNodes, null);
});

Deno.test("GPUs are divided into the parts that Bottlerocket supports, under its names", () => {
  const mig = (name: string, profile: string, gpusPerNode = 8) => {
    const pool = resolved(dsl.gpuPool({ gpu: name, gpusPerNode, maxGpus: 8, sharing: { mig: profile } }));
    return (pool as GpuPool).sharing;
  };
  assert.deepEqual(mig("h100", "1g.10gb"), { kind: "mig", profile: "1g.10gb", models: ["h100.80gb"] });
  assert.deepEqual(mig("h200", "3g.71gb"), { kind: "mig", profile: "3g.71gb", models: ["h200.141gb"] });
  assert.deepEqual(mig("b200", "2g.45gb"), { kind: "mig", profile: "2g.45gb", models: ["b200.180gb"] });
});

Deno.test("sharing that cannot work is rejected with the reason", () => {
  const share = (fields: Fields, top?: Fields) => {
    return refused(gpu({ gpusPerNode: 1, sharing: { timeSlicing: 4 }, ...fields }), top).join("; ");
  };
  assert.match(
    share({ ami: "al2023@v20261023" }),
    /^sharing needs Bottlerocket.*found "al2023@v20261023" — leave ami out$/,
  );
  assert.match(share({ gpusPerNode: undefined }), /the same number of GPUs.*found 1, 4, 8 — write gpusPerNode: 1/);
  assert.match(
    share({ sharing: { mig: "1g.5gb" } }),
    /^sharing\.mig must be left out, as Bottlerocket cannot divide the GPUs of g6e/,
  );
  assert.match(share({ sharing: {} }), /must have either timeSlicing or mig/);
  assert.match(share({ sharing: { timeSlicing: 4, mig: "1g.5gb" } }), /must have either timeSlicing or mig/);
  assert.match(share({}, { karpenter: { version: "1.10.0" } }), /needs Karpenter 1\.11\.0 or newer.*found 1\.10\.0/);
  const h100 = { gpu: "h100", gpusPerNode: 8, maxGpus: 8 };
  assert.match(
    refused(dsl.gpuPool({ ...h100, sharing: { mig: "1g.5gb" } })).join(),
    /GPUs of p5\.48xlarge can be divided, .*1g\.10gb.*: found "1g\.5gb"/,
  );
  assert.match(refused(dsl.gpuPool({ ...h100, efa: true, sharing: { timeSlicing: 2 } })).join(), /left out with efa/);
});
