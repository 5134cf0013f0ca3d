/** Disks of claims are somebody's data: a removal names them, and takes them only when it is told to. */
import assert from "node:assert/strict";
import type { Leftover } from "../../lib/core/ports.ts";
import { destroy, type DestroyReport, planDestroy } from "../../lib/actions/destroy.ts";
import { KINDS, type Kube, type KubeObject, type KubeRef } from "../../lib/core/kube.ts";
import { CLUSTER, KARPENTER, OUTPUTS } from "../../lib/core/pins.ts";
import { UnituneError } from "../../lib/core/errors.ts";
import type { ClusterInfo, Ports } from "../../lib/core/ports.ts";
import { fakeStore } from "../fakes/context_store.ts";
import { FakeKube, KARPENTER_KINDS } from "../fakes/kube.ts";
import { fakeOperation, ownersOf, type Some } from "../fakes/operation.ts";
import { smallest } from "../infra/config.ts";

const config = smallest();

/** A cluster whose stacks are gone, and the disks that it left. */
async function removal(disks: readonly string[], deleteData: boolean) {
  const there = new Set(disks), removed: Leftover[] = [];
  const operation = fakeOperation(config, {
    identity: { caller: () => Promise.resolve({ account: "123456789012", partition: "aws", principalArn: "" }) },
    permissions: { simulate: () => Promise.resolve([]) },
    eks: { cluster: () => Promise.resolve(null) },
    stacks: { destroy: () => Promise.resolve(false), outputs: () => Promise.resolve(null) },
    network: { occupants: () => Promise.resolve([]) },
    registry: { repositories: () => Promise.resolve([]) },
    leftovers: {
      kinds: ["instance"],
      find: () => Promise.resolve([]),
      disks: () => Promise.resolve([...there].map((id) => ({ kind: "disk", id }))),
      remove: (leftover: Leftover) => {
        removed.push(leftover);
        there.delete(leftover.id);
        return Promise.resolve(true);
      },
    },
  });
  const report = await destroy(operation, planDestroy(config, { deleteData }));
  return { report, removed };
}

const failures = ({ results }: DestroyReport) => results.filter(({ state }) => state === "failed");
const proofOf = ({ proof }: DestroyReport) => proof.find(({ what }) => what === "disks of claims");

Deno.test("destroy keeps disks of claims and names each, with the way to remove it", async () => {
  const { report, removed } = await removal(["vol-1", "vol-2"], false);
  assert.deepEqual(failures(report), []);
  assert.deepEqual(removed, []);
  assert.deepEqual(report.kept.slice(1), [
    "disk vol-1 (holds a claim's data; --delete-data deletes it)",
    "disk vol-2 (holds a claim's data; --delete-data deletes it)",
  ]);
  assert.equal(proofOf(report), undefined);
});

Deno.test("destroy --delete-data removes disks of claims, and looks again", async () => {
  const { report, removed } = await removal(["vol-1", "vol-2"], true);
  assert.deepEqual(failures(report), []);
  assert.deepEqual(removed, [{ kind: "disk", id: "vol-1" }, { kind: "disk", id: "vol-2" }]);
  assert.deepEqual(report.results.find(({ id }) => id === "disks")?.detail, "disk vol-1, disk vol-2");
  assert.deepEqual(proofOf(report), { what: "disks of claims", left: [] });
  assert.deepEqual(report.kept.slice(1), []);
});

Deno.test("without disks there is nothing to keep or to remove", async () => {
  const kept = await removal([], false), gone = await removal([], true);
  assert.deepEqual(kept.report.kept.slice(1), []);
  assert.equal(gone.report.results.find(({ id }) => id === "disks")?.state, "unchanged");
});

/** A cluster with a pool, its claim, Karpenter's release and all that a removal looks for. */
function standing(other: Some<Ports> = {}) {
  const story: string[] = [], label = { "app.kubernetes.io/managed-by": "unitune" };
  class Server extends FakeKube {
    override async remove(ref: KubeRef): Promise<boolean> {
      const removed = await super.remove(ref);
      if (removed) story.push(`delete ${ref.kind} ${ref.name}`);
      // Karpenter takes a pool's claims away.
      if (ref.kind === "NodePool") await super.remove({ ...KINDS.nodeClaim, name: "cpu-x" });
      return removed;
    }

    override async create<T extends KubeObject>(object: T): Promise<T> {
      const made = await super.create(object);
      if (object.kind !== "Job") return made;
      story.push(`Job ${object.metadata.name}`);
      return this.put({ ...made, status: { conditions: [{ type: "Complete", status: "True" }] } });
    }
  }
  const kube = new Server({ ...KARPENTER_KINDS, "apps/v1/DaemonSet": true });
  kube.put({ ...KINDS.nodePool, metadata: { name: "cpu", labels: label } });
  kube.put({ ...KINDS.nodePool, metadata: { name: "somebody-elses" } });
  kube.put({ ...KINDS.service, metadata: { name: "web", namespace: "default" }, spec: { type: "LoadBalancer" } });
  kube.put({ ...KINDS.service, metadata: { name: "inner", namespace: "default" }, spec: { type: "ClusterIP" } });
  kube.put({ ...KINDS.nodeClaim, metadata: { name: "cpu-x", labels: { [KARPENTER.poolLabel]: "cpu" } } });
  kube.put({ ...KINDS.nodeClass, metadata: { name: "cpu", labels: label } });
  kube.put({
    ...KINDS.node,
    metadata: { name: "system" },
    status: { conditions: [{ type: "Ready", status: "True" }] },
  });
  kube.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: CLUSTER.buildNamespace, labels: label } });
  const release = { name: "sh.helm.release.v1.karpenter.v1", namespace: CLUSTER.karpenterNamespace };
  kube.put({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { ...release, labels: { owner: "helm", name: "karpenter", ...label } },
  });
  const outputs = Object.fromEntries(Object.values(OUTPUTS).map((name) => [name, name]));
  const there = new Set(["acme-eks", "acme-vpc", "i-1"]);
  const tell = <T>(line: string, answer: T) => (story.push(line), Promise.resolve(answer));
  const job: Kube<"Job"> = { ...KINDS.job, metadata: { name: "helm", namespace: CLUSTER.installNamespace } };
  const space: Kube<"Namespace"> = { ...KINDS.namespace, metadata: { name: CLUSTER.installNamespace, labels: label } };
  const ports: Some<Ports> = {
    identity: {
      caller: () =>
        Promise.resolve({
          account: "123456789012",
          partition: "aws",
          principalArn: "arn:aws:iam::123456789012:role/me",
        }),
    },
    permissions: { simulate: () => tell("permissions", []) },
    eks: {
      cluster: () =>
        Promise.resolve(
          there.has("acme-eks")
            ? { name: "acme", tags: { "unitune:cluster": "acme" } } as Partial<ClusterInfo> as ClusterInfo
            : null,
        ),
      grantAccess: () => tell("access", false),
      revokeAccess: () => tell("revoke", true),
    },
    stacks: {
      outputs: (stack) => Promise.resolve(there.has(stack) ? outputs : null),
      destroy: (stack) => (there.delete(stack), tell(`stack ${stack}`, true)),
    },
    leftovers: {
      kinds: ["instance"],
      find: () => Promise.resolve(there.has("acme-eks") || !there.has("i-1") ? [] : [{ kind: "instance", id: "i-1" }]),
      disks: () => Promise.resolve([]),
      remove: ({ id }) => (there.delete(id), tell(`delete ${id}`, true)),
    },
    network: { occupants: () => Promise.resolve([]) },
    registry: { repositories: () => Promise.resolve(["acme/base"]) },
    contexts: () => ({ ...fakeStore(), empty: () => tell("empty contexts", 2) }),
    kube: () => Promise.resolve(kube),
    ...other,
  };
  return { operation: fakeOperation(config, ports, { objects: { helm: () => [space, job] } }), kube, story, there };
}

Deno.test("the order: the way in, load balancers, pools before classes before Karpenter, contexts, the way out, stacks, what was left", async () => {
  const { operation, kube, story } = standing();
  const report = await destroy(operation, planDestroy(config));
  assert.deepEqual(failures(report), []);
  assert.deepEqual(story.filter((line) => !line.startsWith("delete Namespace unitune-install")), [
    "permissions",
    "access",
    "delete Service web",
    "delete NodePool cpu",
    "delete NodePool somebody-elses",
    "delete EC2NodeClass cpu",
    "Job helm",
    `delete Namespace ${CLUSTER.buildNamespace}`,
    "empty contexts",
    "revoke",
    "stack acme-eks",
    "delete i-1",
    "stack acme-vpc",
  ]);
  assert.deepEqual(await kube.list(KINDS.nodeClaim), []);
  const told = operation.events.flatMap((event) => event.type === "progress" ? [event.message] : []);
  assert.ok(told.includes("deleting NodePool somebody-elses, which unitune did not create"), told.join("\n"));
});

Deno.test("a step that fails keeps all that come after it: no stack goes while nodes may still come", async () => {
  const { operation, kube, story } = standing();
  kube.remove = (ref) => ref.kind === "NodePool" ? Promise.reject(new Error("no")) : Promise.resolve(true);
  const report = await destroy(operation, planDestroy(config));
  assert.deepEqual(report.results.filter(({ state }) => state === "failed").map(({ id }) => id), ["pools"]);
  assert.deepEqual(report.results.slice(5).map(({ state }) => state), report.results.slice(5).map(() => "skipped"));
  assert.ok(!story.some((line) => line.startsWith("stack")));
  const left = report.proof.filter(({ left }) => left.length > 0).map(({ what }) => what);
  assert.deepEqual(left, ["stack acme-eks", "stack acme-vpc", "EKS cluster acme"], "the proof names what still exists");
});

Deno.test("whatever of AWS alone is somebody else's, destroy refuses before it changes anything", async () => {
  const theirs = (name: string) => (asked: string) => {
    return Promise.resolve(asked === name ? { team: "search" } : { "unitune:cluster": "acme" });
  };
  const foreign: Some<Ports>[] = [
    { owners: ownersOf("acme", { stack: theirs("acme-eks") }) },
    { owners: ownersOf("acme", { stack: theirs("acme-vpc") }) },
    { owners: ownersOf("acme", { bucket: theirs("ContextBucketName") }) },
    { eks: { cluster: () => Promise.resolve({ name: "acme", tags: {} } as Partial<ClusterInfo> as ClusterInfo) } },
  ];
  for (const ports of foreign) {
    const { operation, kube, story } = standing(ports);
    const { results, proof } = await destroy(operation, planDestroy(config, { deleteData: true }));
    assert.deepEqual([results[0]!.state, (results[0]!.error as UnituneError).code], ["failed", "AWS_NOT_OURS"]);
    assert.deepEqual([...new Set(results.slice(1).map(({ state }) => state))], ["skipped"]);
    assert.deepEqual([story, kube.calls, proof], [["permissions"], [], []]);
  }
});

Deno.test("a release or a namespace that is not unitune's is refused before anything is deleted", async () => {
  const release = { name: "sh.helm.release.v1.karpenter.v1", namespace: CLUSTER.karpenterNamespace };
  const foreign: [KubeObject, RegExp][] = [
    [
      { ...KINDS.secret, metadata: { ...release, labels: { owner: "helm", name: "karpenter" } } },
      /Helm release karpenter/,
    ],
    [{ ...KINDS.namespace, metadata: { name: CLUSTER.buildNamespace } }, /Namespace unitune-build/],
    [{ ...KINDS.namespace, metadata: { name: CLUSTER.installNamespace } }, /Namespace unitune-install/],
  ];
  for (const [object, said] of foreign) {
    const { operation, kube, story } = standing();
    kube.put(object);
    const { results } = await destroy(operation, planDestroy(config));
    const failed = results.find(({ state }) => state === "failed")!;
    assert.deepEqual([failed.id, (failed.error as UnituneError).code], ["access", "KUBE_NOT_OURS"]);
    assert.match(String(failed.error), said);
    assert.deepEqual(story, ["permissions", "access"]);
    assert.deepEqual(kube.calls.filter((call) => /^(apply|create|remove) /.test(call)), []);
  }
});

Deno.test("the log group that EKS writes again goes only if the cluster had a stack; another cluster's logs are kept", async () => {
  const group = { kind: "log group", id: "/aws/eks/acme/cluster", unmarked: true } as const;
  const unsure = () => Promise.reject(new UnituneError("AWS_DENIED", "no"));
  for (const [hadStack, state] of [[() => Promise.resolve(true), "done"], [unsure, "unchanged"]] as const) {
    const removed: string[] = [];
    const { operation } = standing({
      owners: ownersOf("acme", { hadStack }),
      leftovers: {
        kinds: ["log group"],
        find: () => Promise.resolve(removed.length > 0 ? [] : [group]),
        disks: () => Promise.resolve([]),
        remove: ({ id }) => Promise.resolve(removed.push(id) > 0),
      },
    });
    const { results, kept, proof } = await destroy(operation, planDestroy(config));
    assert.equal(results.find(({ id }) => id === "leftovers")!.state, state);
    assert.deepEqual(removed, state === "done" ? [group.id] : []);
    assert.deepEqual(proof.flatMap(({ left }) => left), [], "what is kept is not left");
    assert.equal(kept.some((line) => line.startsWith("log group /aws/eks/acme/cluster")), state !== "done");
  }
});

Deno.test("a removal is frozen data, and each of its steps comes after the one before", () => {
  const plan = planDestroy(config, { deleteData: true });
  assert.ok(Object.isFrozen(plan) && plan.steps.every((step) => Object.isFrozen(step)));
  assert.deepEqual(JSON.parse(JSON.stringify(plan.steps)), plan.steps);
  for (const [at, { after }] of plan.steps.entries()) assert.deepEqual(after, at === 0 ? [] : [plan.steps[at - 1]!.id]);
  assert.deepEqual(plan.steps.slice(-2).map(({ id }) => id), ["disks", "repositories"]);
});

Deno.test("without the API server the deletion goes on with the stacks, and says so once", async () => {
  const { operation, kube, story } = standing();
  const gone = new UnituneError("KUBE_UNREACHABLE", "Cannot reach the API server https://x: refused");
  for (const call of ["list", "get", "remove", "version"] as const) kube[call] = () => Promise.reject(gone);
  const report = await destroy(operation, planDestroy(config));
  assert.deepEqual(failures(report), []);
  assert.deepEqual(story.filter((line) => line.startsWith("stack")), ["stack acme-eks", "stack acme-vpc"]);
  assert.ok(story.includes("revoke"), "the caller's entry is AWS's");
  const skipped = report.results.filter(({ detail }) => detail === "skipped: the API server does not answer");
  assert.ok(skipped.length >= 6);
  const warnings = operation.events.filter((event) => event.type === "warning" && event.message.includes("API server"));
  assert.equal(warnings.length, 1);
});

Deno.test("Helm that fails, or has no node to run on, leaves the charts to the stack", async () => {
  const failing = standing();
  failing.kube.create = () => Promise.reject(new UnituneError("HELM_FAILED", "Cannot run Helm"));
  const report = await destroy(failing.operation, planDestroy(config));
  assert.deepEqual(failures(report), []);
  assert.equal(report.results.find(({ id }) => id === "charts")?.detail, "left to the stack: Helm failed");
  const bare = standing();
  await bare.kube.remove({ ...KINDS.node, name: "system" });
  const { results } = await destroy(bare.operation, planDestroy(config));
  assert.equal(results.find(({ id }) => id === "charts")?.detail, "left to the stack: no system node is ready");
  assert.ok(!bare.story.includes("Job helm"));
});
