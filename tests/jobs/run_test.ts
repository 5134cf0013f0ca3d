/** One Job from its creation to its end: adopted or replaced, with its Secret, its log and why its pod waits. */
import assert from "node:assert/strict";
import { KINDS, type Kube } from "../../lib/core/kube.ts";
import { type JobRequest, runJob, startJob } from "../../lib/jobs/run.ts";
import { fakeClock } from "../fakes/clock.ts";
import { recordingEmitter } from "../fakes/emitter.ts";
import { FakeKube, KARPENTER_KINDS, OURS } from "../fakes/kube.ts";
import { waitingPod } from "./karpenter.ts";

const NAME = { name: "train", namespace: "default" }, POD = "train-x2x4z", VALUE = "hf_never.shown";
const JOB: Kube<"Job"> = { ...KINDS.job, metadata: { ...NAME, labels: OURS }, spec: { template: {} } };
const SECRET = { ...KINDS.secret, ...NAME };
const IMAGE = "registry.example.com/train:1";

function bench(request: Partial<JobRequest> = {}) {
  const kube = new FakeKube(KARPENTER_KINDS), emitter = recordingEmitter(), clock = fakeClock();
  let prepared = 0;
  const controller = new AbortController();
  const context = { ...emitter, kube, clock, signal: controller.signal, id: "train" };
  const prepare = () => {
    prepared++;
    return Promise.resolve({ ...JOB, spec: { template: {}, ...(request.secrets && { suspend: true }) } });
  };
  const whole: JobRequest = { name: NAME, prepare, containers: ["train"], ...request };
  return {
    kube,
    emitter,
    prepared: () => prepared,
    run: () => runJob(whole, context),
    start: () => startJob(whole, context),
    interrupt: () => controller.abort(new DOMException("interrupted", "AbortError")),
    told: () => emitter.events.flatMap((event) => "message" in event ? [`${event.level} ${event.message}`] : []),
  };
}

/** Waits until the Job is followed, then lets the cluster do its part. */
async function once(kube: FakeKube, act: () => void): Promise<void> {
  while (!kube.calls.includes("watch Pod")) await tick();
  act();
  await tick();
}

const tick = () => new Promise((resolve) => setTimeout(resolve));

function pod(kube: FakeKube, status: Record<string, unknown>): void {
  const labels = { "batch.kubernetes.io/job-name": NAME.name };
  kube.put({ apiVersion: "v1", kind: "Pod", metadata: { ...NAME, name: POD, labels }, status });
}

function stuck(kube: FakeKube, reason: string, message: string): void {
  const containerStatuses = [{ name: "train", image: IMAGE, state: { waiting: { reason, message } } }];
  pod(kube, { phase: "Pending", conditions: [{ type: "PodScheduled", status: "True" }], containerStatuses });
}

function end(kube: FakeKube, type: "Complete" | "Failed", message = "", reason = ""): void {
  const exitCode = type === "Complete" ? 0 : 1;
  kube.log(POD, "train", NAME.namespace).end();
  pod(kube, {
    phase: "Succeeded",
    containerStatuses: [{ name: "train", state: { terminated: { exitCode, message } } }],
  });
  kube.put({ ...JOB, status: { conditions: [{ type, status: "True", reason }] } });
}

Deno.test("a Job that is not there is created and followed, each line of its log with the pod and container it comes from", async () => {
  const { kube, emitter, run } = bench();
  kube.log(POD, "train", NAME.namespace).push("epoch 1");
  const [result] = await Promise.all([run(), once(kube, () => end(kube, "Complete", "done"))]);
  assert.deepEqual(result, {
    how: "created",
    end: { state: "complete", message: "done", reason: "", pod: POD, container: "train", cause: null },
  });
  const source = { pod: POD, container: "train" };
  const [line, measure] = emitter.events;
  assert.deepEqual(line, { at: 0, level: "info", type: "log", id: "train", line: "epoch 1", source });
  const job = { type: "measure", id: "train", what: "job", name: "train", failed: false, seconds: 5 } as const;
  assert.deepEqual(measure, { at: 0, level: "debug", ...job });
});

Deno.test("a Job that runs is adopted and nothing is prepared; one that has ended is replaced", async () => {
  const running = bench(), ended = bench();
  running.kube.put(JOB);
  const [adopted] = await Promise.all([running.run(), once(running.kube, () => end(running.kube, "Complete"))]);
  assert.deepEqual([adopted.how, running.prepared()], ["adopted", 0]);
  ended.kube.put({ ...JOB, status: { conditions: [{ type: "Failed", status: "True" }] } });
  const [created] = await Promise.all([ended.run(), once(ended.kube, () => end(ended.kube, "Complete"))]);
  assert.deepEqual([created.how, ended.prepared()], ["created", 1]);
  assert.ok(ended.kube.calls.indexOf("remove Job/train") < ended.kube.calls.indexOf("create Job/train"));
});

Deno.test("a Job of this name that unitune did not create is neither adopted nor replaced", async () => {
  for (const status of [{}, { conditions: [{ type: "Failed", status: "True" }] }]) {
    const { kube, run, prepared } = bench();
    kube.put({ ...JOB, metadata: NAME, status });
    const error = await run().then(() => null, (error) => error);
    assert.deepEqual([error.code, prepared()], ["KUBE_NOT_OURS", 0]);
    assert.deepEqual(kube.calls.filter((call) => /^(create|remove|apply) /.test(call)), []);
  }
});

Deno.test("a Job with secrets is resumed when its Secret is there, the Secret goes at its end, and no end shows a value", async () => {
  const value = new TextEncoder().encode(VALUE);
  const { kube, emitter, run } = bench({ secrets: () => Promise.resolve([{ id: "hf", value }]) });
  emitter.hide([value]);
  let whole = false;
  const act = async () => {
    const [secret, job] = await Promise.all([kube.get(SECRET), kube.get({ ...KINDS.job, ...NAME })]);
    whole = secret !== null && job?.spec?.suspend === false;
    end(kube, "Failed", `cannot use ${VALUE}`, `because of ${VALUE}`);
  };
  const [{ end: last }] = await Promise.all([run(), once(kube, () => void act())]);
  assert.ok(whole);
  assert.deepEqual([last.message, last.reason], ["cannot use ***", "because of ***"]);
  assert.equal(await kube.get(SECRET), null);
});

Deno.test("what kubelet says of an image that it cannot pull is told once, and again when it says something else", async () => {
  const { kube, run, told } = bench(), backOff = `Back-off pulling image "${IMAGE}"`;
  const says = [
    () => stuck(kube, "ContainerCreating", ""),
    () => stuck(kube, "ErrImagePull", "connection refused"),
    () => stuck(kube, "ImagePullBackOff", `${backOff}: ErrImagePull: connection refused`),
    () => stuck(kube, "ImagePullBackOff", backOff),
    () => stuck(kube, "ErrImagePull", "connection refused"),
    () => stuck(kube, "ErrImagePull", "not found"),
    () => end(kube, "Complete"),
  ];
  const playing = says.reduce((before, act) => before.then(() => once(kube, act)), Promise.resolve());
  await Promise.all([run(), playing]);
  const pull = `container train waits for its image ${IMAGE}, which kubelet cannot pull`;
  const hint = "Check that the image exists, and that nodes can reach its registry and are allowed to pull from it";
  assert.deepEqual(told(), [
    "info starts on node undefined",
    `warning ${pull}: connection refused — ${hint}`,
    `warning ${pull}: not found — ${hint}`,
  ]);
});

Deno.test("a Job that its deadline ends while kubelet cannot start its pod fails with kubelet's words", async () => {
  const { kube, run } = bench();
  const fail = () => {
    stuck(kube, "InvalidImageName", "no name");
    const conditions = [{ type: "Failed", status: "True", reason: "DeadlineExceeded" }];
    kube.put({ ...JOB, status: { conditions } });
  };
  const [{ end: last }] = await Promise.all([run(), once(kube, fail)]);
  assert.equal(
    last.reason,
    "DeadlineExceeded; its pod waited: container train does not start: InvalidImageName: no name",
  );
});

Deno.test("a pod that has run no longer waited: its Job's end says nothing of it", async () => {
  const placement = { pool: "builder", path: "builder", region: "us-west-2", timeoutSeconds: 900 };
  const { kube, run, told } = bench({ placement });
  const scheduled = { type: "PodScheduled", status: "True" };
  const playing = async () => {
    await once(kube, () => pod(kube, { ...waitingPod().status }));
    while (!told().some((line) => line.includes("waits for a node"))) await tick();
    await once(kube, () => pod(kube, { phase: "Running", conditions: [scheduled] }));
    await kube.remove({ ...KINDS.pod, ...NAME, name: POD });
    const conditions = [{ type: "Failed", status: "True", reason: "DeadlineExceeded" }];
    kube.put({ ...JOB, status: { conditions } });
  };
  const [{ end: last }] = await Promise.all([run(), playing()]);
  assert.equal(last.reason, "DeadlineExceeded");
});

Deno.test("a Job whose pod gets no node in time is deleted, so that no late node runs it", async () => {
  const placement = { pool: "builder", path: "builder", region: "us-west-2", timeoutSeconds: 60 };
  const { kube, run } = bench({ placement });
  const failed = run().then(() => assert.fail("it ended"), (error) => error);
  await once(kube, () => pod(kube, { ...waitingPod().status }));
  assert.equal((await failed).code, "NODE_TIMEOUT");
  assert.equal(await kube.get({ ...KINDS.job, ...NAME }), null);
});

Deno.test("an image that its registry does not have ends the Job after minutes, with the registry's answer, and the Job goes", async () => {
  const { kube, run } = bench();
  const failed = run().then(() => assert.fail("it ended"), (error) => error);
  await once(kube, () => stuck(kube, "ErrImagePull", `rpc error: code = NotFound desc = ${IMAGE}: not found`));
  const error = await failed;
  assert.equal(error.code, "IMAGE_PULL");
  assert.match(
    error.message,
    /image registry\.example\.com\/train:1 within 3 min: registry\.example\.com\/train:1: not found$/,
  );
  assert.match(error.hint, /Check that the image exists/);
  assert.equal(await kube.get({ ...KINDS.job, ...NAME }), null);
});

Deno.test("a Job that is only started is neither followed nor ended, and its Secret stays", async () => {
  const value = new TextEncoder().encode(VALUE);
  const { kube, start } = bench({ secrets: () => Promise.resolve([{ id: "hf", value }]) });
  assert.equal(await start(), "created");
  assert.equal(await start(), "adopted");
  assert.ok(!kube.calls.some((call) => call.startsWith("watch")), kube.calls.join());
  assert.equal((await kube.get({ ...KINDS.job, ...NAME }))!.spec!.suspend, false);
  assert.ok(await kube.get(SECRET));
});

Deno.test("an interrupt leaves the Job, or deletes the one that the run created, and says which; an adopted one always stays", async () => {
  const cases = [
    { isCancelled: false, adopted: false, stays: true, says: /^warning Job train goes on; follow it with/ },
    { isCancelled: true, adopted: true, stays: true, says: /^warning Job train goes on; follow it with/ },
    {
      isCancelled: true,
      adopted: false,
      stays: false,
      says: /^warning Job train was deleted, as the run that created/,
    },
  ];
  for (const { isCancelled, adopted, stays, says } of cases) {
    const { kube, run, interrupt, told } = bench({ isCancelled });
    if (adopted) kube.put(JOB);
    const failed = run().then(() => assert.fail("it ended"), (error) => error);
    await once(kube, interrupt);
    assert.equal((await failed).name, "AbortError");
    assert.equal(await kube.get({ ...KINDS.job, ...NAME }) !== null, stays);
    assert.equal(told().filter((line) => says.test(line)).length, 1, told().join("\n"));
    assert.equal(told().filter((line) => line.startsWith("warning")).length, 1, told().join("\n"));
  }
});

Deno.test("a Job that is interrupted while it is sent is deleted, though its answer did not arrive", async () => {
  const { kube, run, interrupt } = bench({ isCancelled: true }), { create } = kube;
  kube.create = async (object) => {
    await create.call(kube, object);
    interrupt();
    throw new DOMException("interrupted", "AbortError");
  };
  await assert.rejects(run(), { name: "AbortError" });
  assert.equal(await kube.get({ ...KINDS.job, ...NAME }), null);
});

Deno.test("what ended a pod from outside is in the Job's end, though the pod is deleted with its Job's deadline", async () => {
  const { kube, run } = bench();
  const evicted = { phase: "Failed", reason: "Evicted", message: "The node was low on resource: memory. Threshold 1." };
  const playing = async () => {
    await once(kube, () => pod(kube, evicted));
    await kube.remove({ ...KINDS.pod, ...NAME, name: POD });
    await tick();
    kube.put({ ...JOB, status: { conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded" }] } });
  };
  const [{ end: last }] = await Promise.all([run(), playing()]);
  assert.deepEqual(last.cause, { kind: "evicted", resource: "memory", own: false });
});
