/** How long a pool is waited for, and what ends the waiting. */
import assert from "node:assert/strict";
import { EXIT, isUnituneError } from "../../../lib/core/errors.ts";
import type { KubeRef } from "../../../lib/core/ports.ts";
import { waitForPool } from "../../../lib/actions/steps/ready.ts";
import { config } from "../../cluster/samples.ts";
import { fakeClock } from "../../fakes/clock.ts";
import { FakeKube, KARPENTER_KINDS } from "../../fakes/kube.ts";
import { controllers, nodeClass, nodePool } from "../../jobs/karpenter.ts";
import { containerStatus } from "../../objects.ts";
import { recordingEmitter } from "../../fakes/emitter.ts";

const NONE = ["False", "SubnetsNotFound", "SubnetSelector did not match any Subnets"] as const;
const BROKEN = nodeClass("cpu", { SubnetsReady: NONE, Ready: ["False"] });
const SPEC = { role: "node" };
const OPEN = nodeClass("cpu", { AMIsReady: ["Unknown", "AwaitingReconciliation"], Ready: ["Unknown"] });

class Kube extends FakeKube {
  /** Called before each look at the class, with its number. */
  looked: (count: number) => void = () => {};
  #looks = 0;

  override get<const R extends KubeRef>(ref: R) {
    if (ref.kind === "EC2NodeClass") this.looked(++this.#looks);
    return super.get(ref);
  }
}

function bench(changed: boolean) {
  const kube = new Kube(KARPENTER_KINDS), clock = fakeClock(), emitter = recordingEmitter();
  const { controllers: [karpenter], lease } = controllers();
  for (const object of [nodePool("cpu"), nodeClass("cpu"), karpenter!, lease]) kube.put(object);
  const context = {
    kube,
    clock,
    ...emitter,
    signal: new AbortController().signal,
    id: "ready:cpu",
  };
  return {
    kube,
    seconds: () => clock.now() / 1000,
    wait: () => waitForPool({ pool: "cpu", config, changed }, context),
    failed: async () => {
      const error = await waitForPool({ pool: "cpu", config, changed }, context).then(
        () => assert.fail("ready"),
        (e) => e,
      );
      assert.ok(isUnituneError(error), String(error));
      assert.deepEqual([error.code, error.exit], ["POOL_NOT_READY", EXIT.cluster]);
      return error;
    },
    told: () => emitter.events.map((event) => "message" in event ? event.message : ""),
    asked: () => kube.calls.filter((call) => call.startsWith("apply EC2NodeClass")).length,
  };
}

Deno.test("a pool that is ready is left at once, and counts as unchanged", async () => {
  const { wait, seconds, told } = bench(true);
  assert.deepEqual(await wait(), { state: "unchanged" });
  assert.deepEqual([seconds(), told()], [0, []]);
});

Deno.test("a pool that becomes ready is waited for", async () => {
  const { kube, wait, told } = bench(true);
  kube.put({ ...nodeClass("cpu"), status: {} });
  kube.looked = (count) => {
    if (count === 5) kube.put(nodeClass("cpu"));
  };
  assert.deepEqual(await wait(), { state: "done" });
  assert.deepEqual(told(), ['Karpenter has not looked at pool "cpu" yet']);
});

Deno.test("a new class that Karpenter says no to fails within half a minute, with the condition, its meaning and a next step", async () => {
  const { kube, failed, seconds, told, asked } = bench(true);
  kube.put(BROKEN);
  const error = await failed();
  const what = "EC2NodeClass cpu: SubnetsReady is False, SubnetsNotFound: SubnetSelector did not match any Subnets";
  assert.equal(error.message, `Cannot use pool "cpu" as it is not ready: ${what}`);
  assert.equal(error.path, "network");
  assert.match(error.lines[0]!, /no subnet has the tag karpenter\.sh\/discovery=acme-ml/);
  assert.match(error.hint!, /Put the tag back/);
  assert.deepEqual(told(), [what]);
  assert.ok(seconds() >= 20 && seconds() <= 30, `${seconds()}`);
  assert.equal(asked(), 0, "Karpenter looks at a changed class by itself");
});

Deno.test("a condition that Karpenter leaves open gets a little longer, still less than a minute", async () => {
  const { kube, failed, seconds } = bench(true);
  kube.put(OPEN);
  assert.match((await failed()).path!, /^pools\.cpu\.ami$/);
  assert.ok(seconds() >= 30 && seconds() < 60, `${seconds()}`);
});

Deno.test("of a condition that stays open Karpenter's log says why, and only what it says of this class, and of late", async () => {
  const { kube, failed } = bench(true);
  kube.put(OPEN);
  const line = (name: string, error: string, seconds = 0) => {
    const time = new Date(kube.time + seconds * 1000).toISOString();
    return JSON.stringify({ level: "ERROR", time, controllerKind: "EC2NodeClass", EC2NodeClass: { name }, error });
  };
  const log = kube.log("karpenter-a", "controller", "kube-system");
  log.push(
    line("cpu", "of an hour ago", -3600),
    line("cpu", "getting amis, failed"),
    line("gpu", "another's"),
    "no JSON",
  );
  assert.deepEqual((await failed()).lines.slice(1), ["Karpenter's log: getting amis, failed"]);
});

Deno.test("a log that cannot be read leaves the condition and its meaning", async () => {
  const { kube, failed } = bench(true);
  kube.put(OPEN);
  kube.tail = () => Promise.reject(new Error("forbidden"));
  assert.equal((await failed()).lines.length, 1);
});

Deno.test("an answer that changes begins its time anew, but not for ever", async () => {
  const { kube, failed, seconds } = bench(true);
  kube.looked = (count) => void kube.put(count % 2 ? BROKEN : OPEN);
  await failed();
  assert.ok(seconds() >= 300 && seconds() < 310, `${seconds()}`);
});

Deno.test("Karpenter is asked again about an answer of before, and its new one counts", async () => {
  const { kube, wait, asked, told } = bench(false);
  kube.put(BROKEN);
  kube.looked = (count) => {
    if (count === 40) kube.put(nodeClass("cpu"));
  };
  assert.deepEqual(await wait(), { state: "done" });
  assert.ok(asked() >= 2, `${asked()}`);
  assert.equal(told().length, 1, "it is told at once");
});

Deno.test("an answer of before that stays is one in the end: Karpenter keeps what it read for a minute", async () => {
  const { kube, failed, seconds } = bench(false);
  kube.put(BROKEN);
  await failed();
  assert.ok(seconds() >= 65 && seconds() < 90, `${seconds()}`);
});

Deno.test("asking again changes nothing that the config says", async () => {
  const { kube, failed } = bench(false);
  const { apiVersion, kind, metadata: { name } } = BROKEN,
    desired = { apiVersion, kind, metadata: { name }, spec: SPEC };
  await kube.apply(desired);
  kube.put({ ...desired, status: BROKEN["status"] });
  await failed();
  assert.deepEqual(await kube.apply(desired, { dryRun: true }), { action: "none" });
  const after = await kube.get({ apiVersion: BROKEN.apiVersion, kind: BROKEN.kind, name: "cpu" });
  assert.deepEqual(after?.["spec"], SPEC);
  assert.ok(after?.metadata.annotations?.["unitune.dev/asked"]);
});

Deno.test("a silent Karpenter is waited for some minutes, and what keeps it is told as it changes", async () => {
  const { kube, failed, seconds, told } = bench(true);
  kube.put({ ...nodeClass("cpu"), status: {} });
  const karpenter = (reason: string) => {
    const [pod] =
      controllers({ containerStatuses: [containerStatus("controller", { waiting: { reason } })] }).controllers;
    kube.put(pod!);
  };
  kube.looked = (count) => {
    if (count === 3) karpenter("ErrImagePull");
    if (count === 9) karpenter("ImagePullBackOff");
  };
  const error = await failed();
  assert.deepEqual(told(), [
    'Karpenter has not looked at pool "cpu" yet',
    `Karpenter has not looked at pool "cpu" yet; none of Karpenter's 1 pod is ready: karpenter-a is in ErrImagePull`,
    `Karpenter has not looked at pool "cpu" yet; none of Karpenter's 1 pod is ready: karpenter-a is in ImagePullBackOff`,
  ]);
  assert.match(error.message, /as it is not ready: Karpenter has not looked .* is in ImagePullBackOff$/);
  assert.match(error.hint!, /kubectl logs -n kube-system/);
  assert.ok(seconds() >= 170 && seconds() < 200, `${seconds()}`);
});

Deno.test("a pool whose status is good is not ready while Karpenter does not run", async () => {
  const { kube, wait, told } = bench(false);
  const [running] = controllers().controllers;
  await kube.remove({ apiVersion: "v1", kind: "Pod", name: "karpenter-a", namespace: "kube-system" });
  kube.looked = (count) => {
    if (count === 100) kube.put(running!);
  };
  assert.deepEqual(await wait(), { state: "done" });
  assert.deepEqual(told(), ["Karpenter has no pods"]);
});

Deno.test("a Karpenter that does not come is the failure, whatever it said of the pool before", async () => {
  const { kube, failed, seconds, asked } = bench(false);
  kube.put(BROKEN);
  await kube.remove({ apiVersion: "v1", kind: "Pod", name: "karpenter-a", namespace: "kube-system" });
  const error = await failed();
  assert.match(error.message, /SubnetsReady is False.*; Karpenter has no pods$/);
  assert.match(error.hint!, /kubectl logs/);
  assert.deepEqual([asked(), seconds() >= 170], [0, true]);
});

Deno.test("a Karpenter that starts late is no failure", async () => {
  const { kube, wait } = bench(true);
  kube.put({ ...nodeClass("cpu"), status: {} });
  kube.looked = (count) => {
    if (count === 120) kube.put(nodeClass("cpu"));
  };
  assert.deepEqual(await wait(), { state: "done" });
});

Deno.test("an error of the API is thrown on, never taken for not ready", async () => {
  const { kube, wait } = bench(true);
  kube.looked = () => {
    throw new Error("forbidden");
  };
  await assert.rejects(wait(), /forbidden/);
});
