import assert from "node:assert/strict";
import { storage } from "../../lib/checks/storage.ts";
import { storageOf } from "../../lib/config/resolve/storage.ts";
import type { Config } from "../../lib/plan/types.ts";
import { builder, cpu, tune } from "../cluster/samples.ts";
import { ownNetwork, smallest } from "../infra/config.ts";
import { contextOf } from "./context.ts";

const found = async (change: Partial<Config>) => {
  const findings = await storage.run(contextOf(smallest(change), {}));
  return findings.map(({ severity, path, message }) => `${severity} ${path} ${message}`);
};
const fsx = storageOf({ fsx: { scratch: { id: "fs-0123456789abcdef0", mountName: "abcdef01" } } }, "us-west-2");
const al2023 = "al2023@v20261101";

Deno.test("a pool whose nodes lack Lustre's client is told of, unless its user data may bring it", async () => {
  const pools = [{ ...builder, ami: al2023 }, { ...cpu, ami: al2023 }, tune];
  const [warning, ...others] = await found({ storage: fsx, pools });
  assert.deepEqual(others, []);
  assert.match(warning!, /^warning storage\.fsx\.scratch cannot be mounted in pool "cpu": its nodes run AL2023/);
  assert.deepEqual(await found({ storage: fsx, pools: [{ ...cpu, ami: al2023, userData: "#!/bin/bash" }] }), []);
  assert.deepEqual(await found({ storage: fsx, pools: [cpu, tune] }), []);
  assert.deepEqual(await found({ pools }), []);
});

Deno.test("a bucket of another region is told of where nodes reach their own region's S3 alone", async () => {
  const far = storageOf({ buckets: { data: { bucket: "acme-data", region: "eu-west-1" } } }, "us-west-2");
  const near = storageOf({ buckets: { data: { bucket: "acme-data" } } }, "us-west-2");
  const isolated = ownNetwork({ nat: "none" });
  assert.match((await found({ storage: far, network: isolated }))[0]!, /serves us-west-2, the bucket is in eu-west-1/);
  assert.deepEqual(await found({ storage: near, network: isolated }), []);
  assert.deepEqual(await found({ storage: far }), []);
});
