import assert from "node:assert/strict";
import { isA, KINDS, type Kube, refOf } from "../../lib/core/kube.ts";

const job: Kube<"Job"> = { ...KINDS.job, metadata: { name: "a", namespace: "b", uid: "c" }, spec: { template: {} } };

Deno.test("an object is found by its kind, name and namespace, one of the whole cluster without a namespace", () => {
  assert.deepEqual(refOf(job), { apiVersion: "batch/v1", kind: "Job", name: "a", namespace: "b" });
  assert.deepEqual(refOf({ ...KINDS.namespace, metadata: { name: "a" } }), {
    apiVersion: "v1",
    kind: "Namespace",
    name: "a",
  });
});

Deno.test("an object is of a kind by its group and version too", () => {
  assert.ok(isA(job, KINDS.job));
  assert.ok(!isA(job, KINDS.pod));
  assert.ok(!isA({ ...job, apiVersion: "batch/v1beta1" }, KINDS.job));
});
