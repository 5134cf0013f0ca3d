/** Karpenter's charts by a Job that runs Helm: what is told of it, and that its namespace goes whatever happens. */
import assert from "node:assert/strict";
import { foreignCharts, installCharts } from "../../../lib/actions/steps/charts.ts";
import type { Operation } from "../../../lib/actions/operation.ts";
import { isUnituneError } from "../../../lib/core/errors.ts";
import type { UnituneEvent } from "../../../lib/core/events.ts";
import { CLUSTER } from "../../../lib/core/pins.ts";
import type { KubeObject } from "../../../lib/core/ports.ts";
import type { Deployed } from "../../../lib/plan/types.ts";
import { fakeClock } from "../../fakes/clock.ts";
import { recordingEmitter } from "../../fakes/emitter.ts";
import { FakeKube, OURS } from "../../fakes/kube.ts";

const namespace = CLUSTER.installNamespace, IMAGE = "registry.example.com/helm:4";
const JOB: KubeObject = {
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "karpenter", namespace, labels: OURS, annotations: { [CLUSTER.keyAnnotation]: "key" } },
  spec: {},
};
const SPACE = { apiVersion: "v1", kind: "Namespace", name: namespace };
const MARKER = { apiVersion: "v1", kind: "ConfigMap", name: "unitune-karpenter", namespace: "kube-system" };

function bench() {
  const kube = new FakeKube(), emitter = recordingEmitter(), owners: (string | undefined)[] = [];
  const objects = {
    chartsHash: () => "hash",
    helm: (_action: string, _deployed: Deployed | null, uid?: string) => {
      owners.push(uid);
      const metadata = { name: "unitune-installer", namespace };
      return [
        { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: OURS } },
        { apiVersion: "v1", kind: "ServiceAccount", metadata },
        JOB,
      ];
    },
  };
  const config = { karpenter: { version: "1.14.3" } }, session = { requireDeployed: () => Promise.resolve({}) };
  const operation = { config, objects, session } as unknown as Operation;
  const context = { ...emitter, kube, clock: fakeClock(), signal: new AbortController().signal, id: "charts" };
  return { kube, owners, events: emitter.events, install: () => installCharts(operation, context) };
}

async function play(kube: FakeKube, ...acts: (() => void)[]): Promise<void> {
  while (!kube.calls.includes("watch Pod")) await new Promise((resolve) => setTimeout(resolve));
  for (const act of acts) {
    act();
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function helm(kube: FakeKube, state: Record<string, unknown>): void {
  const labels = { "batch.kubernetes.io/job-name": "karpenter" };
  const status = { phase: "Pending", containerStatuses: [{ name: "helm", image: IMAGE, state }] };
  kube.put({ apiVersion: "v1", kind: "Pod", metadata: { name: "karpenter-x", namespace, labels }, status });
}

/** Without the measurements, which are for traces. */
function told(events: readonly UnituneEvent[]): UnituneEvent[] {
  return events.filter(({ type }) => type !== "measure");
}

function end(kube: FakeKube, type: "Complete" | "Failed", message = ""): void {
  kube.log("karpenter-x", "helm", namespace).end();
  helm(kube, { terminated: { exitCode: type === "Complete" ? 0 : 1, message } });
  kube.put({ ...JOB, status: { conditions: [{ type, status: "True", reason: "BackoffLimitExceeded" }] } });
}

Deno.test("Helm's log is told with its source, and its namespace owns what it may do and goes at the end", async () => {
  const { kube, owners, events, install } = bench();
  kube.log("karpenter-x", "helm", namespace).push("Release deployed");
  await Promise.all([install(), play(kube, () => end(kube, "Complete"))]);
  assert.deepEqual(told(events), [{
    at: 0,
    level: "info",
    type: "log",
    id: "charts",
    line: "Release deployed",
    source: { pod: "karpenter-x", container: "helm" },
  }]);
  assert.match(owners.at(-1)!, /^[0-9a-f-]{36}$/);
  assert.equal(await kube.get(SPACE), null);
  assert.deepEqual((await kube.get(MARKER))!["data"], { hash: "hash", version: "1.14.3", labelled: "true" });
});

Deno.test("an install Job whose image cannot be pulled says so, with the next step", async () => {
  const { kube, events, install } = bench(), waiting = { reason: "ErrImagePull", message: "not found" };
  await Promise.all([install(), play(kube, () => helm(kube, { waiting }), () => end(kube, "Complete"))]);
  assert.deepEqual(told(events).map((event) => "message" in event && [event.type, event.message]), [[
    "warning",
    `container helm waits for its image ${IMAGE}, which kubelet cannot pull: not found — Check that the image exists, ` +
    "and that nodes can reach its registry and are allowed to pull from it",
  ]]);
});

/** What a run that was killed has left. */
function leave(kube: FakeKube, key: string, more: Partial<KubeObject> = {}): void {
  kube.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: OURS } });
  const metadata = { ...JOB.metadata, annotations: { [CLUSTER.keyAnnotation]: key } };
  kube.put({ ...JOB, ...more, metadata });
}

Deno.test("a Helm Job that a killed run has left running with the same work is adopted: nothing is created or cut", async () => {
  const { kube, events, install } = bench();
  leave(kube, "key");
  await Promise.all([install(), play(kube, () => end(kube, "Complete"))]);
  assert.ok(events.some((event) => event.type === "progress" && /^adopting Job karpenter/.test(event.message)));
  assert.deepEqual(kube.calls.filter((call) => call.startsWith("create ")), []);
  assert.deepEqual(kube.calls.filter((call) => call.startsWith("remove ")), ["remove Namespace/unitune-install"]);
  assert.ok(await kube.get(MARKER), "and its end is recorded");
});

Deno.test("a Helm Job that does other work, or has ended, goes with its namespace before the next is created", async () => {
  const ended = { status: { conditions: [{ type: "Failed", status: "True" }] } };
  for (const [key, more] of [["other", {}], ["key", ended]] as const) {
    const { kube, install } = bench();
    leave(kube, key, more);
    await Promise.all([install(), play(kube, () => end(kube, "Complete"))]);
    const changes = kube.calls.filter((call) => /^(create|remove) /.test(call));
    assert.deepEqual(changes, [
      "remove Namespace/unitune-install",
      "create Job/karpenter",
      "remove Namespace/unitune-install",
    ]);
  }
});

Deno.test("a Helm that fails is told with its last words; no marker is written, and the namespace goes", async () => {
  const { kube, install } = bench();
  const failed = install().then(() => assert.fail("it ended"), (error) => error);
  await play(kube, () => end(kube, "Failed", "Error: no chart\ntry again"));
  const error = await failed;
  assert.ok(isUnituneError(error) && error.code === "HELM_FAILED");
  assert.deepEqual(error.lines, ["Error: no chart", "try again"]);
  assert.deepEqual([await kube.get(SPACE), await kube.get(MARKER)], [null, null]);
});

Deno.test("while Helm waits for Karpenter's pods, what keeps them from running is told by their name", async () => {
  const { kube, events, install } = bench();
  const controller = (name: string, state: Record<string, unknown>, phase: string): void => {
    const labels = { "app.kubernetes.io/name": "karpenter" }, lastState = { terminated: { exitCode: 1 } };
    const containerStatuses = [{ name: "controller", image: IMAGE, state, lastState }];
    const metadata = { name, namespace: CLUSTER.karpenterNamespace, labels };
    kube.put({ apiVersion: "v1", kind: "Pod", metadata, status: { phase, containerStatuses } });
  };
  await Promise.all([
    install(),
    play(
      kube,
      () => helm(kube, { running: {} }),
      () => controller("karpenter-a", { waiting: { reason: "ErrImagePull", message: "denied" } }, "Pending"),
      () => controller("karpenter-b", { waiting: { reason: "CrashLoopBackOff", message: "back-off 10s" } }, "Running"),
      () => controller("karpenter-b", { waiting: { reason: "CrashLoopBackOff", message: "back-off 20s" } }, "Running"),
      () => controller("karpenter-b", { running: {} }, "Running"),
      () => end(kube, "Complete"),
    ),
  ]);
  assert.deepEqual(told(events).map((event) => "message" in event && `${event.type} ${event.message}`), [
    `warning pod karpenter-a: container controller waits for its image ${IMAGE}, which kubelet cannot pull: denied — ` +
    "The registry does not let nodes pull it: check its name, and that the nodes' role may pull from its registry",
    "warning pod karpenter-b: container controller keeps ending, last with 1 (Error) — " +
    "kubectl logs karpenter-b -c controller -n kube-system --previous",
  ]);
});

/** One revision of a release, as Helm records it. */
function record(release: string, revision: number, labels: Record<string, string> = {}): KubeObject {
  const name = `sh.helm.release.v1.${release}.v${revision}`;
  const all = { owner: "helm", name: release, status: "deployed", ...labels };
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "kube-system", labels: all } };
}

function marker(data: Record<string, string>, labels: Record<string, string> = OURS): KubeObject {
  const { name, namespace, ...kind } = MARKER;
  return { ...kind, metadata: { name, namespace, labels }, data };
}

Deno.test("releases are ours by the label of one of their records, or by the marker of an installation before labels", async () => {
  const own: KubeObject[][] = [
    [],
    [record("karpenter", 1, OURS), record("karpenter-crd", 1, OURS)],
    // An upgrade gives the label to its own record; the one before keeps none.
    [record("karpenter", 1), record("karpenter", 2, OURS)],
    [record("karpenter", 1), record("karpenter-crd", 1), marker({ hash: "x", version: "1.14.3" })],
    [record("cert-manager", 1)],
  ];
  for (const objects of own) {
    const kube = new FakeKube();
    for (const object of objects) kube.put(object);
    assert.deepEqual(await foreignCharts(kube), []);
  }
});

Deno.test("a release that somebody else installed is refused before its record, a namespace or a Job changes", async () => {
  const foreign: KubeObject[][] = [
    [record("karpenter", 1)],
    [record("karpenter-crd", 3), record("karpenter", 1, OURS)],
    // Ours was uninstalled by hand, and theirs came after it.
    [record("karpenter", 1), marker({ hash: "x", version: "1.14.3", labelled: "true" })],
    [marker({}, {})],
    [{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }],
    [{
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "unitune-installer", labels: { "app.kubernetes.io/managed-by": "Helm" } },
    }],
  ];
  for (const objects of foreign) {
    const { kube, install } = bench();
    for (const object of objects) kube.put(object);
    const error = await install().then(() => null, (error) => error);
    assert.equal(error?.code, "KUBE_NOT_OURS");
    assert.deepEqual(kube.calls.filter((call) => /^(apply|create|remove) /.test(call)), []);
  }
});
