/** What `destroy` says while objects are being deleted, and when it stops waiting for them. */
import assert from "node:assert/strict";
import { deleteObjects, type Removal } from "../../../lib/actions/steps/removal.ts";
import { KINDS, type KubeRef } from "../../../lib/core/kube.ts";
import { CLUSTER, KARPENTER } from "../../../lib/core/pins.ts";
import { fakeClock } from "../../fakes/clock.ts";
import { recordingEmitter } from "../../fakes/emitter.ts";
import { FakeKube, KARPENTER_KINDS } from "../../fakes/kube.ts";

const ours = { [CLUSTER.managedByLabel]: CLUSTER.managedBy };
const POOLS: Removal = { of: KINDS.nodePool, dependants: KINDS.nodeClaim, whose: "all" };

/** Nodes stay as long as `Karpenter` does not take them along. */
class Server extends FakeKube {
  constructor(readonly removesClaims: boolean) {
    super(KARPENTER_KINDS);
    this.put({ ...KINDS.nodePool, metadata: { name: "cpu", labels: ours } });
    this.put({
      ...KINDS.nodeClaim,
      metadata: {
        name: "cpu-x",
        labels: { [KARPENTER.poolLabel]: "cpu" },
        finalizers: ["karpenter.sh/termination"],
        ownerReferences: [{ ...KINDS.nodePool, name: "cpu", uid: "1" }],
      },
      status: { conditions: [{ type: "Drained", status: "False", reason: "Draining" }] },
    });
  }

  override async remove(ref: KubeRef): Promise<boolean> {
    if (ref.kind === "NodeClaim" && !this.removesClaims) return true;
    const removed = await super.remove(ref);
    if (ref.kind === "NodePool" && this.removesClaims) {
      await super.remove({ ...KINDS.nodeClaim, name: `${ref.name}-x` });
    }
    return removed;
  }
}

function karpenterPod(kube: FakeKube, ready: boolean): void {
  const namespace = CLUSTER.karpenterNamespace, [key = "", value = ""] = KARPENTER.pods.split("=");
  kube.put({
    ...KINDS.pod,
    metadata: { name: "karpenter-1", namespace, labels: { [key]: value } },
    status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  });
  const lease = { name: "karpenter-leader-election", namespace };
  kube.put({ ...KINDS.lease, metadata: lease, spec: { holderIdentity: "karpenter-1_1" } });
}

async function removed(kube: FakeKube, removal = POOLS) {
  const emitter = recordingEmitter(), clock = fakeClock();
  const context = { kube, clock, signal: new AbortController().signal, id: "pools", ...emitter };
  const outcome = await deleteObjects(removal, context).catch((error) => error);
  const told = emitter.events.flatMap((event) => event.type === "progress" ? [event.message] : []);
  return { outcome, told, seconds: clock.now() / 1000 };
}

Deno.test("a pool goes with its nodes, without a word when it is quick", async () => {
  const { outcome, told } = await removed(new Server(true));
  assert.deepEqual([outcome.state, told], ["done", []]);
});

Deno.test("every ten seconds it says what is left and what holds it", async () => {
  const kube = new Server(false);
  karpenterPod(kube, true);
  const { outcome, told, seconds } = await removed(kube);
  assert.equal(
    told[0],
    "waiting for 1 NodeClaim: NodeClaim cpu-x: finalizer karpenter.sh/termination, Drained Draining",
  );
  assert.ok(told.length >= seconds / 10 - 2 && told.length <= seconds / 10, `${told.length} lines in ${seconds} s`);
  assert.equal(outcome.code, "TIMEOUT");
  assert.match(outcome.lines.join(), /NodeClaim cpu-x/);
});

Deno.test("nodes that only Karpenter can end are left to the stack when it has not run for a minute", async () => {
  const kube = new Server(false);
  karpenterPod(kube, false);
  const { outcome, told, seconds } = await removed(kube);
  assert.equal(
    outcome.detail,
    "Karpenter does not run: the stack's clean-up function ends what 1 NodeClaim stand for",
  );
  assert.ok(seconds >= 60 && seconds < 90, `${seconds} s`);
  assert.match(told[0]!, /none of Karpenter's 1 pod is ready/);
  const gone = await removed(new Server(false));
  assert.match(gone.told[0]!, /Karpenter has no pods/);
});

Deno.test("a pool of a user is named before it is deleted; with `ours` it stays", async () => {
  const kube = new Server(true);
  kube.put({ ...KINDS.nodePool, metadata: { name: "theirs" } });
  await removed(kube, { ...POOLS, whose: "ours" });
  assert.ok(await kube.get({ ...KINDS.nodePool, name: "theirs" }));
  const { told } = await removed(kube);
  assert.deepEqual(told, ["deleting NodePool theirs, which unitune did not create"]);
  assert.deepEqual(await kube.list(KINDS.nodePool), []);
});

Deno.test("a NodeClaim without a pool is deleted, too", async () => {
  const kube = new Server(true);
  kube.put({ ...KINDS.nodeClaim, metadata: { name: "lone" } });
  await removed(kube);
  assert.deepEqual(await kube.list(KINDS.nodeClaim), []);
});
