import assert from "node:assert/strict";
import { foreignFields, objectChanges } from "../../lib/core/kube_fields.ts";
import type { KubeObject } from "../../lib/core/kube.ts";

interface Written {
  readonly manager: string;
  readonly fieldsV1: Readonly<Record<string, unknown>>;
  readonly subresource?: string;
}

function pool(spec: unknown, managedFields: readonly Written[] = [], more: object = {}): KubeObject {
  const metadata = { name: "cpu", generation: 1, resourceVersion: "7", managedFields, ...more };
  return { apiVersion: "karpenter.sh/v1", kind: "NodePool", metadata, spec, status: { nodes: "1" } } as KubeObject;
}

Deno.test("what the server maintains is no change", () => {
  const after = { ...pool({ weight: 1 }, [], { generation: 2, resourceVersion: "8" }), status: { nodes: "2" } };
  assert.deepEqual(objectChanges(pool({ weight: 1 }), after, "unitune"), []);
});

Deno.test("a field that another program wrote names it, also where it owns the whole list or a part of the value", () => {
  const managed = [
    { manager: "unitune", fieldsV1: { "f:spec": { "f:weight": {} } } },
    {
      manager: "kubectl-edit",
      fieldsV1: { "f:spec": { "f:limits": { "f:cpu": {} }, "f:taints": {}, 'k:{"key":"a"}': {} } },
    },
    { manager: "karpenter", subresource: "status", fieldsV1: { "f:spec": { "f:weight": {} } } },
  ];
  const before = pool({ weight: 1, limits: { cpu: "9" }, taints: [{ key: "a", effect: "x" }] }, managed);
  const after = pool({ weight: 2, limits: { cpu: "4" }, taints: [{ key: "a", effect: "y" }] });
  assert.deepEqual(objectChanges(before, after, "unitune"), [
    { path: "spec.limits.cpu", before: "9", after: "4", by: "kubectl-edit" },
    { path: "spec.taints[a].effect", before: "x", after: "y", by: "kubectl-edit" },
    { path: "spec.weight", before: "1", after: "2" },
  ]);
  assert.equal(objectChanges(before, pool({ weight: 1 }), "unitune")[0]!.by, "kubectl-edit", "the limits as a whole");
});

Deno.test("an item of a list is found in the field set by its key", () => {
  const fieldsV1 = { "f:spec": { "f:containers": { 'k:{"name":"a"}': { ".": {}, "f:image": {} } } } };
  const of = (image: string) => ({ containers: [{ name: "a", image }, { name: "b", image: "1" }] });
  const [change] = objectChanges(pool(of("1"), [{ manager: "helm", fieldsV1 }]), pool(of("2")), "unitune");
  assert.deepEqual(change, { path: "spec.containers[a].image", before: "1", after: "2", by: "helm" });
});

Deno.test("values of a Secret are not shown", () => {
  const secret = (value: string): KubeObject => {
    return { apiVersion: "v1", kind: "Secret", metadata: { name: "a" }, data: { token: value } };
  };
  assert.deepEqual(objectChanges(secret("aGY="), secret("eHg="), "unitune"), [
    { path: "data.token", before: "***", after: "***" },
  ]);
});

Deno.test("what others have added to the spec is told, without what unitune sets, the controllers and the status", () => {
  const managed = [
    { manager: "unitune", fieldsV1: { "f:spec": { "f:limits": { ".": {}, "f:cpu": {} } } } },
    { manager: "unitune-asks", fieldsV1: { "f:spec": { "f:weight": {} } } },
    {
      manager: "kubectl-edit",
      fieldsV1: {
        "f:metadata": { "f:labels": { "f:a": {} } },
        "f:spec": { "f:limits": { "f:cpu": {}, "f:memory": {} }, "f:taints": { 'k:{"key":"a"}': { "f:effect": {} } } },
      },
    },
    { manager: "kube-controller-manager", fieldsV1: { "f:spec": { "f:volumeName": {} } } },
    { manager: "other", subresource: "status", fieldsV1: { "f:spec": { "f:x": {} } } },
  ];
  assert.deepEqual(foreignFields(pool({}, managed), "unitune"), [
    { path: "spec.limits.memory", by: "kubectl-edit" },
    { path: "spec.taints[a].effect", by: "kubectl-edit" },
  ]);
  assert.deepEqual(foreignFields(pool({}), "unitune"), []);
});
