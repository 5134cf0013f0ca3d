import assert from "node:assert/strict";
import { KINDS, type Kube } from "../../lib/core/kube.ts";
import { PullWaits } from "../../lib/jobs/pull_waits.ts";
import { fakeClock } from "../fakes/clock.ts";
import { recordingEmitter } from "../fakes/emitter.ts";
import { FakeKube } from "../fakes/kube.ts";

const JOB = { name: "train", namespace: "default" }, IMAGE = "registry.example.com/train:1";
const MINUTE = 60_000;

function waits() {
  const clock = fakeClock(), stop = new AbortController();
  const context = { ...recordingEmitter(), kube: new FakeKube(), clock, signal: stop.signal, id: "train" };
  const pulls = new PullWaits(JOB, context, stop.signal);
  const givenUp = pulls.givenUp.then(() => null, (error) => error);
  return {
    clock,
    pulls,
    /** The error, or `null` if nothing was given up within the time. */
    within: async (minutes: number) => {
      const until = clock.now() + minutes * MINUTE;
      const late = async () => {
        while (clock.now() < until) await clock.sleep(1000);
        return null;
      };
      return await Promise.race([givenUp, late()]);
    },
    end: async () => {
      stop.abort();
      await pulls.done();
    },
  };
}

function pod(waiting: { reason: string; message?: string } | null, name = "train-1"): Kube<"Pod"> {
  const state = waiting ? { waiting } : { running: {} };
  const initContainerStatuses = [{ name: "fetch", image: IMAGE, state }] as unknown as [];
  return { ...KINDS.pod, metadata: { name, uid: name }, status: { phase: "Pending", initContainerStatuses } };
}

const tried = (message: string) => pod({ reason: "ErrImagePull", message });
const backOff = pod({ reason: "ImagePullBackOff", message: `Back-off pulling image "${IMAGE}"` });

Deno.test("an answer that is final is given up after three minutes, also while kubelet only says that it waits", async () => {
  for (
    const answer of [
      `rpc error: code = NotFound desc = failed to pull and unpack image "${IMAGE}": ${IMAGE}: not found`,
      "failed to authorize: failed to fetch anonymous token: 401 Unauthorized",
      "pull access denied, repository does not exist or may require authorization",
      "unexpected status from HEAD request to https://registry.example.com/v2/train: 403 Forbidden",
      "no match for platform in manifest: not found",
    ]
  ) {
    const { pulls, within, end } = waits();
    pulls.see(tried(answer));
    pulls.see(backOff);
    assert.equal(await within(2.5), null, "it has its time");
    const error = await within(1);
    assert.equal(error?.code, "IMAGE_PULL", answer);
    assert.ok(error.message.includes(answer.replace(/^rpc error: code = NotFound desc = /, "")), error.message);
    await end();
  }
});

Deno.test("an answer that may pass is waited for: a busy registry, a name that does not resolve, a cut connection", async () => {
  for (
    const answer of [
      "toomanyrequests: You have reached your unauthenticated pull rate limit: 429",
      "dial tcp: lookup registry.example.com: no such host: not found",
      "503 Service Unavailable",
      "read: connection reset by peer",
    ]
  ) {
    const { pulls, within, end } = waits();
    pulls.see(tried(answer));
    assert.equal(await within(30), null, answer);
    await end();
  }
});

Deno.test("an image that comes after all, another answer, and a pod that goes end the waiting", async () => {
  const later: readonly ((pulls: PullWaits) => void)[] = [
    (pulls) => pulls.see(pod(null)),
    (pulls) => pulls.see(tried("503 Service Unavailable")),
    (pulls) => pulls.forget(tried("")),
  ];
  for (const then of later) {
    const { pulls, within, end } = waits();
    pulls.see(tried("401 Unauthorized"));
    assert.equal(await within(1), null);
    then(pulls);
    assert.equal(await within(10), null);
    await end();
  }
});
