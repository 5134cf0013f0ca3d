/** A Job whose pod waits for a node: what is told of it, when it is given up, and that nothing is looked at for ever. */
import assert from "node:assert/strict";
import { EXIT, isUnituneError } from "../../lib/core/errors.ts";
import type { KubeObject, KubeSelector } from "../../lib/core/ports.ts";
import { followJob } from "../../lib/jobs/follow.ts";
import { fakeClock } from "../fakes/clock.ts";
import { FakeKube, KARPENTER_KINDS } from "../fakes/kube.ts";
import {
  at,
  BEGAN,
  claim,
  controllers,
  INSTANCE,
  LAUNCHING,
  NO_CAPACITY,
  nodeClass,
  nodePool,
  refusal,
  waitingPod,
} from "./karpenter.ts";
import { recordingEmitter } from "../fakes/emitter.ts";

const NAME = { name: "trainer", namespace: "unitune-build" };
const JOB: KubeObject = { apiVersion: "batch/v1", kind: "Job", metadata: NAME, spec: {} };

class Kube extends FakeKube {
  /** Called before each look at the NodeClaims, with its number. */
  looked: (count: number) => void = () => {};
  #looks = 0;

  override list<const S extends KubeSelector>(selector: S) {
    if (selector.kind === "NodeClaim") this.looked(++this.#looks);
    return super.list(selector);
  }
}

function bench(timeoutSeconds = 900) {
  const kube = new Kube(KARPENTER_KINDS), emitter = recordingEmitter(), clock = fakeClock();
  const { controllers: [karpenter], lease } = controllers();
  for (const object of [JOB, nodePool("builder"), nodeClass("builder"), karpenter!, lease]) kube.put(object);
  const stop = new AbortController();
  const context = {
    kube,
    clock,
    signal: stop.signal,
    id: "build:trainer",
    ...emitter,
  };
  const nodes = { pool: "builder", path: "builder", region: "us-west-2", timeoutSeconds };
  return {
    kube,
    clock,
    stop,
    follow: () => followJob(NAME, ["buildkit"], context, { placement: nodes }),
    told: () => emitter.events.map((event) => `${event.type} ${"message" in event ? event.message : ""}`),
  };
}

/** The pod has a node and its container ended; so did the Job. */
function finish(kube: FakeKube): void {
  const pod = waitingPod();
  const containerStatuses = [{ name: "buildkit", state: { terminated: { exitCode: 0, message: "done" } } }];
  kube.log(pod.metadata.name, "buildkit", NAME.namespace).end();
  kube.put({ ...pod, status: { phase: "Succeeded", conditions: [], containerStatuses } });
  kube.put({ ...JOB, status: { conditions: [{ type: "Complete", status: "True" }] } });
}

Deno.test("each new reason is told once, and the build goes on when the node is there", async () => {
  const { kube, follow, told } = bench();
  const later = { creationTimestamp: at(200) };
  kube.put(waitingPod());
  kube.looked = (count) => {
    if (count === 3) kube.put(claim("builder-x2x4z", "builder", LAUNCHING));
    if (count === 6) kube.put(refusal("builder-x2x4z", NO_CAPACITY, 10));
    if (count === 9) {
      kube.put(claim("builder-y2y4z", "builder", { Launched: ["True"] }, { ...INSTANCE, metadata: later }));
    }
    if (count === 12) finish(kube);
  };
  assert.equal((await follow()).message, "done");
  assert.deepEqual(told().filter((line) => line.includes("waits for")), [
    "progress waits for a node: Karpenter is looking for one",
    "progress waits for a node: Karpenter is launching one (NodeClaim builder-x2x4z)",
    "warning waits for a node: EC2 has no c6i.large on-demand in us-west-2a (InsufficientInstanceCapacity) — Allow more " +
    "instance types, zones or capacity types in the pool; Karpenter asks EC2 again in 3 minutes",
    "progress waits for a node: EC2 launched c6i.large in us-west-2a (i-0123456789abcdef0), which has not joined the " +
    "cluster yet",
  ]);
});

Deno.test("a pod that waits longer than the limit is given up, with the last reason and its next step", async () => {
  const { kube, clock, follow } = bench(120);
  kube.put(waitingPod());
  kube.put(refusal("builder-x2x4z", NO_CAPACITY, 10));
  const error = await follow().then(() => assert.fail("it ended"), (error) => error);
  assert.ok(isUnituneError(error));
  assert.deepEqual([error.code, error.exit, error.path], ["NODE_TIMEOUT", EXIT.cluster, "builder"]);
  assert.equal(
    error.message,
    'Cannot run Job trainer as pool "builder" provided no node within builder.nodeTimeout, 2 min: EC2 has no c6i.large ' +
      "on-demand in us-west-2a (InsufficientInstanceCapacity)",
  );
  assert.match(error.hint!, /more instance types/);
  assert.ok(clock.now() >= 120_000 && clock.now() < 130_000, `${clock.now()}`);
});

Deno.test("a node that never joins is given up with where to look", async () => {
  const { kube, follow, told } = bench(60);
  kube.put(waitingPod());
  kube.put(claim("builder-x2x4z", "builder", { Launched: ["True"] }, INSTANCE));
  const error = await follow().then(() => assert.fail("it ended"), (error) => error);
  assert.match(error.message, /EC2 launched c6i\.large in us-west-2a .*, which has not joined the cluster yet$/);
  assert.match(error.hint, /get-console-output/);
  assert.ok(told().every((line) => !line.includes("get-console-output")), told().join());
});

Deno.test("a pod that an earlier run made has waited since then, by the server's clock", async () => {
  const { kube, clock, follow } = bench(900);
  kube.time = Date.parse(BEGAN) + 600_000;
  kube.put(waitingPod());
  const error = await follow().then(() => assert.fail("it ended"), (error) => error);
  assert.equal(error.code, "NODE_TIMEOUT");
  assert.ok(clock.now() >= 300_000 && clock.now() < 320_000, `${clock.now()}`);
});

Deno.test("a pod that has waited too long before this run gets one more try of Karpenter's, or its whole time if that is less", async () => {
  for (const [limit, least] of [[900, 240], [60, 60]] as const) {
    const { kube, clock, follow } = bench(limit);
    kube.time = Date.parse(BEGAN) + 3_600_000;
    kube.put(waitingPod());
    await assert.rejects(follow(), /provided no node/);
    assert.ok(clock.now() >= least * 1000 && clock.now() < least * 1000 + 10_000, `${clock.now()}`);
  }
});

Deno.test("a clock of the server that cannot be right makes no pod older than this run has seen it", async () => {
  const { kube, clock, follow } = bench(60);
  kube.time = Date.parse(BEGAN) - 3_600_000;
  kube.put(waitingPod());
  await assert.rejects(follow(), /nodeTimeout, 1 min/);
  assert.ok(clock.now() >= 60_000, `${clock.now()}`);
});

Deno.test("only waiting for a node counts: a build that runs may take longer", async () => {
  const { kube, clock, follow } = bench(60);
  kube.put({ ...waitingPod(), status: { phase: "Pending", conditions: [] } });
  const slow = (async () => {
    while (clock.now() < 600_000) await clock.sleep(10_000);
    finish(kube);
  })();
  assert.equal((await follow()).state, "complete");
  await slow;
});

Deno.test("the pod of another try has its own time", async () => {
  const { kube, follow } = bench(60);
  kube.put(waitingPod("trainer-1"));
  kube.looked = (count) => {
    if (count === 10) {
      kube.put({ ...waitingPod("trainer-1"), status: { phase: "Failed" } });
      kube.put(waitingPod("trainer-2"));
    }
    if (count === 28) finish(kube);
  };
  assert.equal((await follow()).state, "complete");
});

Deno.test("a pod that is deleted waits no more", async () => {
  const { kube, follow, clock } = bench(60);
  const pod = kube.put(waitingPod());
  kube.looked = async (count) => {
    if (count !== 2) return;
    await kube.remove({ apiVersion: "v1", kind: "Pod", name: pod.metadata.name, namespace: NAME.namespace });
    while (clock.now() < 300_000) await clock.sleep(10_000);
    finish(kube);
  };
  assert.equal((await follow()).state, "complete");
});

Deno.test("a cluster that does not say why is told once, and the waiting still ends", async () => {
  const { kube, follow, told } = bench(60);
  kube.put(waitingPod());
  kube.looked = () => {
    throw new Error("nodeclaims is forbidden");
  };
  await assert.rejects(follow(), /nodeTimeout, 1 min: unknown/);
  assert.deepEqual(told().filter((line) => line.startsWith("warning")), [
    "warning Cannot find out why the pod waits for a node: nodeclaims is forbidden",
  ]);
});

Deno.test("an interrupt ends the looking at once", async () => {
  const { kube, follow, stop } = bench();
  kube.put(waitingPod());
  kube.looked = (count) => {
    if (count === 2) stop.abort();
  };
  await assert.rejects(follow(), { name: "AbortError" });
  const calls = kube.calls.length;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(kube.calls.length, calls, "nothing is asked any more");
});

Deno.test("a Job that its own deadline ends while its pod waits fails with the reason of the waiting", async () => {
  const { kube, follow } = bench();
  kube.put(waitingPod());
  kube.put(refusal("builder-x2x4z", NO_CAPACITY, 10));
  const failed = {
    type: "Failed",
    status: "True",
    reason: "DeadlineExceeded",
    message: "Job was active longer than specified deadline",
  };
  kube.looked = (count) => {
    if (count === 3) kube.put({ ...JOB, status: { conditions: [failed] } });
  };
  const end = await follow();
  assert.equal(end.state, "failed");
  assert.equal(
    end.reason,
    "DeadlineExceeded: Job was active longer than specified deadline; its pod waited for a node: EC2 has no c6i.large " +
      "on-demand in us-west-2a (InsufficientInstanceCapacity)",
  );
});
