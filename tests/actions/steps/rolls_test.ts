import assert from "node:assert/strict";
import { observeRolls } from "../../../lib/actions/steps/rolls.ts";
import { KINDS, type Kube, type KubeObject } from "../../../lib/core/kube.ts";
import type { ObservedObject } from "../../../lib/plan/changes.ts";
import { FakeKube, KARPENTER_KINDS } from "../../fakes/kube.ts";

const NODE_POOLS = ["cpu", "gpu"].map((name) => {
  const spec = { template: { spec: {} }, disruption: { budgets: [{ nodes: "1" }] } };
  return { ...KINDS.nodePool, metadata: { name }, spec } as unknown as Kube<"NodePool">;
});

function planned(kind: KubeObject, path: string): ObservedObject[] {
  const { apiVersion, metadata: { name } } = kind, ref = { apiVersion, kind: "EC2NodeClass", name };
  return [{ ref, action: "update", fields: [{ path, before: "a", after: "b" }] }];
}

function cluster(): FakeKube {
  const kube = new FakeKube(KARPENTER_KINDS);
  for (const name of ["cpu", "gpu"]) {
    const metadata = { name: `${name}-1`, labels: { "karpenter.sh/nodepool": name } };
    kube.put({ ...KINDS.nodeClaim, metadata, status: { nodeName: `node-${name}` } });
  }
  const metadata = { name: "job", namespace: "default", annotations: { "karpenter.sh/do-not-disrupt": "true" } };
  kube.put({ ...KINDS.pod, metadata, spec: { nodeName: "node-cpu" }, status: { phase: "Running" } });
  return kube;
}

function rollsOf(given: Partial<Parameters<typeof observeRolls>[0]>, kube = cluster()) {
  return observeRolls({ desired: NODE_POOLS, planned: [], stale: [], steps: [], ...given }, kube);
}

Deno.test("a change of a class replaces the nodes of its pool, and of no other", async () => {
  assert.deepEqual(await rollsOf({ planned: planned(NODE_POOLS[0]!, "spec.userData") }), {
    cpu: {
      nodes: 1,
      all: true,
      because: ["spec.userData"],
      budgets: ["1 at once"],
      held: ["default/job on node-cpu: is annotated karpenter.sh/do-not-disrupt"],
    },
  });
});

Deno.test("an upgrade replaces the nodes of every pool", async () => {
  const steps = [{ from: "1.34", to: "1.35", step: 1, of: 2 }, { from: "1.35", to: "1.36", step: 2, of: 2 }];
  const rolls = await rollsOf({ steps });
  assert.deepEqual(Object.entries(rolls).map(([pool, { because }]) => [pool, because]), [
    ["cpu", ["Kubernetes 1.34 → 1.36"]],
    ["gpu", ["Kubernetes 1.34 → 1.36"]],
  ]);
});

Deno.test("the cluster is not asked if no node can be replaced", async () => {
  const kube = cluster();
  assert.deepEqual(await rollsOf({ planned: planned(NODE_POOLS[0]!, "metadata.labels.a") }, kube), {});
  assert.deepEqual(kube.calls, []);
});

Deno.test("the nodes of a pool that is no longer declared end with it", async () => {
  const [cpu, gpu] = NODE_POOLS;
  assert.deepEqual(await rollsOf({ desired: [gpu!], stale: [cpu!] }), {
    cpu: {
      nodes: 1,
      all: true,
      because: ["the pool is no longer declared"],
      budgets: [],
      held: ["default/job on node-cpu: is annotated karpenter.sh/do-not-disrupt"],
    },
  });
});
