import assert from "node:assert/strict";
import { KINDS, type Kube } from "../../lib/core/kube.ts";
import { jobAmong } from "../../lib/jobs/job.ts";

const job: Kube<"Job"> = { ...KINDS.job, metadata: { name: "train" }, spec: { template: {} } };
const map: Kube<"ConfigMap"> = { ...KINDS.configMap, metadata: { name: "script" } };
const account: Kube<"ServiceAccount"> = { ...KINDS.serviceAccount, metadata: { name: "builder" } };

Deno.test("a Job is found among its objects, and the others keep their order", () => {
  assert.deepEqual(jobAmong([map, job, account]), { job, others: [map, account] });
});

Deno.test("objects without a Job are a fault of the program", () => {
  assert.throws(() => jobAmong([map]), /Cannot create a Job/);
});
