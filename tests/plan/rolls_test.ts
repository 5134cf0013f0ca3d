import assert from "node:assert/strict";
import type { FieldChange } from "../../lib/core/fields.ts";
import { KINDS, type Kube } from "../../lib/core/kube.ts";
import { driftCauses, rollOf } from "../../lib/plan/rolls.ts";

const field = (path: string): FieldChange => ({ path, before: "a", after: "b" });
const causes = (kind: string, ...paths: string[]) => driftCauses(kind, paths.map(field));

Deno.test("nodes drift from the fields that Karpenter hashes or compares, and from no others", () => {
  const all = (kind: string, path: string) =>
    assert.deepEqual(causes(kind, path), [{ all: true, because: path }], path);
  const some = (kind: string, path: string) => {
    assert.deepEqual(causes(kind, path), [{ all: false, because: path }], path);
  };
  const none = (kind: string, path: string) => assert.deepEqual(causes(kind, path), [], path);
  for (const path of ["metadata.labels.a", "spec.taints", "spec.expireAfter"]) all("NodePool", `spec.template.${path}`);
  some("NodePool", "spec.template.spec.requirements[karpenter.sh/capacity-type].values");
  for (const path of ["limits.cpu", "weight", "replicas", "disruption.budgets"]) none("NodePool", `spec.${path}`);
  for (const path of ["amiSelectorTerms[0].alias", "userData", "tags.a", "securityGroupSelectorTerms"]) {
    all("EC2NodeClass", `spec.${path}`);
  }
  some("EC2NodeClass", "spec.subnetSelectorTerms[0].id");
  for (const path of ["metadata.labels.a", "spec.ipPrefixCount"]) none("EC2NodeClass", path);
  none("DaemonSet", "spec.template.spec.containers[a].image");
});

const CAUSE = [{ all: true, because: "spec.userData" }];

function pool(spec: { budgets?: unknown[]; grace?: string } = {}): Kube<"NodePool"> {
  const template = { spec: { ...spec.grace && { terminationGracePeriod: spec.grace } } };
  const disruption = { ...spec.budgets && { budgets: spec.budgets } };
  return { ...KINDS.nodePool, metadata: { name: "cpu" }, spec: { template, disruption } } as unknown as Kube<
    "NodePool"
  >;
}

function claim(name: string, of = "cpu"): Kube<"NodeClaim"> {
  const metadata = { name, labels: { "karpenter.sh/nodepool": of } };
  return { ...KINDS.nodeClaim, metadata, status: { nodeName: `node-${name}` } } as Kube<"NodeClaim">;
}

interface PodParts {
  readonly annotations?: Record<string, string>;
  readonly labels?: Record<string, string>;
  readonly owner?: string;
  readonly phase?: string;
}

function pod(name: string, nodeName: string, { annotations, labels, owner, phase = "Running" }: PodParts = {}) {
  const ownerReferences = owner ? [{ apiVersion: "apps/v1", kind: owner, name: "o", uid: "u" }] : [];
  const metadata = { name, namespace: "team", annotations, labels, ownerReferences };
  return { ...KINDS.pod, metadata, spec: { nodeName }, status: { phase } } as unknown as Kube<"Pod">;
}

function budget(name: string, disruptionsAllowed: number, namespace = "team"): Kube<"PodDisruptionBudget"> {
  const spec = { selector: { matchLabels: { app: "api" } } }, metadata = { name, namespace };
  const status = { disruptionsAllowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 };
  return { ...KINDS.podDisruptionBudget, metadata, spec, status };
}

const NOTHING = { claims: [], pods: [], budgets: [] };

Deno.test("a pool without nodes, or without a cause, replaces none", () => {
  assert.equal(rollOf(pool(), CAUSE, { ...NOTHING, claims: [claim("a", "gpu")] }), null);
  assert.equal(rollOf(pool(), [], { ...NOTHING, claims: [claim("a")] }), null);
});

Deno.test("nodes are counted, and told with the budgets of drift: Karpenter rounds up, and has 10 % without any", () => {
  const claims = ["a", "b", "c"].map((name) => claim(name));
  const budgets = (...given: unknown[]) => rollOf(pool({ budgets: given }), CAUSE, { ...NOTHING, claims })!.budgets;
  assert.deepEqual(rollOf(pool(), CAUSE, { ...NOTHING, claims }), {
    nodes: 3,
    all: true,
    because: ["spec.userData"],
    budgets: ["1 at once (10%)"],
    held: [],
  });
  assert.deepEqual(budgets({ nodes: "50%" }), ["2 at once (50%)"]);
  assert.deepEqual(budgets({ nodes: "0", reasons: ["Drifted"] }, { nodes: "9", reasons: ["Empty"] }), ["none at once"]);
  assert.deepEqual(budgets({ nodes: "0", schedule: "0 9 * * 1-5", duration: "8h" }), [
    "none at once from 0 9 * * 1-5 for 8h",
  ]);
});

Deno.test("pods that hold a node are told with what holds it; pods elsewhere, ended ones and DaemonSets are not", () => {
  const kept = { annotations: { "karpenter.sh/do-not-disrupt": "true" } }, api = { labels: { app: "api" } };
  const pods = [
    pod("job", "node-a", kept),
    pod("api", "node-a", api),
    pod("free", "node-a"),
    pod("elsewhere", "node-z", kept),
    pod("ended", "node-a", { ...kept, phase: "Succeeded" }),
    pod("agent", "node-a", { ...kept, owner: "DaemonSet" }),
  ];
  const budgets = [budget("api", 0), budget("loose", 1), budget("foreign", 0, "other")];
  const held = (grace?: string) => {
    return rollOf(pool(grace ? { grace } : {}), CAUSE, { claims: [claim("a")], pods, budgets })!.held;
  };
  assert.deepEqual(held(), [
    "team/job on node-a: is annotated karpenter.sh/do-not-disrupt",
    "team/api on node-a: PodDisruptionBudget api allows no disruption now",
  ]);
  assert.deepEqual(held("1h")[0], "team/job on node-a: is annotated karpenter.sh/do-not-disrupt; for 1h at most");
});
