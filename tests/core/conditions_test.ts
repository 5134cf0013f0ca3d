import assert from "node:assert/strict";
import { conditionText, standingOf } from "../../lib/core/conditions.ts";
import type { KubeObject } from "../../lib/core/ports.ts";

type Raw = readonly [type: string, status: string, reason?: string, message?: string, observedGeneration?: number];

function object(conditions: readonly Raw[], metadata: Record<string, unknown> = {}): KubeObject {
  return {
    apiVersion: "karpenter.k8s.aws/v1",
    kind: "EC2NodeClass",
    metadata: { name: "cpu", generation: 2, ...metadata },
    status: {
      conditions: conditions.map(([type, status, reason = type, message = "", observedGeneration = 2]) => {
        return { type, status, reason, message, observedGeneration };
      }),
    },
  };
}

const unmet = (of: KubeObject) => {
  const standing = standingOf(of);
  return [standing.state, ..."unmet" in standing ? standing.unmet.map(conditionText) : []];
};

Deno.test("an object is ready when its Ready condition says so of the generation that it has", () => {
  assert.deepEqual(unmet(object([["SubnetsReady", "True"], ["Ready", "True"]])), ["ready"]);
});

Deno.test("an answer of an older generation does not count, neither a good nor a bad one", () => {
  const old = (status: string): Raw => ["Ready", status, "", "", 1];
  assert.deepEqual(unmet(object([["SubnetsReady", "True", "", "", 1], old("True")])), ["silent"]);
  assert.deepEqual(unmet(object([["SubnetsReady", "False", "SubnetsNotFound", "", 1], old("False")])), ["silent"]);
});

Deno.test("without a status nothing was said yet", () => {
  assert.deepEqual(unmet({ ...object([]), status: undefined }), ["silent"]);
  assert.deepEqual(unmet(object([["AMIsReady", "Unknown"], ["Ready", "Unknown"]])), ["silent"]);
});

Deno.test("a condition that is False is what fails; what only follows from it is left out", () => {
  const failing = object([
    ["AMIsReady", "True"],
    ["SubnetsReady", "False", "SubnetsNotFound", "SubnetSelector did not match any Subnets"],
    ["ValidationSucceeded", "False", "DependenciesNotReady", "Awaiting resolution"],
    ["Ready", "False", "UnhealthyDependents"],
  ]);
  const text = "SubnetsReady is False, SubnetsNotFound: SubnetSelector did not match any Subnets";
  assert.deepEqual(unmet(failing), ["failing", text]);
});

Deno.test("a condition that stays open while others were settled is where Karpenter did not get through", () => {
  const stuck = object([
    ["AMIsReady", "Unknown", "AwaitingReconciliation", "object is awaiting reconciliation"],
    ["SubnetsReady", "True"],
    ["ValidationSucceeded", "Unknown", "DependenciesNotReady"],
    ["Ready", "Unknown", "ReconcilingDependents"],
  ]);
  const text = "AMIsReady is Unknown, AwaitingReconciliation: object is awaiting reconciliation";
  assert.deepEqual(unmet(stuck), ["stuck", text]);
  const changed = object([["AMIsReady", "True", "", "", 1], ["SubnetsReady", "True"], ["Ready", "Unknown"]]);
  assert.deepEqual(unmet(changed), ["stuck", "AMIsReady is not known for the current spec"]);
});

Deno.test("whether nodes registered is no part of a pool's readiness", () => {
  const pool = object([
    ["NodeRegistrationHealthy", "Unknown"],
    ["ValidationSucceeded", "True"],
    ["NodeClassReady", "False", "SubnetsNotFound"],
    ["Ready", "False"],
  ]);
  assert.deepEqual(unmet(pool), ["failing", "NodeClassReady is False, SubnetsNotFound"]);
});
