import assert from "node:assert/strict";
import { hasCode } from "../../lib/core/errors.ts";
import { KINDS, type Kube } from "../../lib/core/kube.ts";
import { completeJob, deleteSecret } from "../../lib/jobs/secret.ts";
import { fakeClock } from "../fakes/clock.ts";
import { recordingEmitter } from "../fakes/emitter.ts";
import { FakeKube, OURS } from "../fakes/kube.ts";

const NAME = { name: "train", namespace: "default" }, SECRET = { ...KINDS.secret, ...NAME };
const JOB: Kube<"Job"> = {
  ...KINDS.job,
  metadata: { ...NAME, labels: { a: "b" } },
  spec: { suspend: true, template: {} },
};

function bench() {
  const kube = new FakeKube(), emitter = recordingEmitter();
  const context = { ...emitter, kube, clock: fakeClock(), signal: new AbortController().signal, id: "train" };
  let asked = 0;
  const values = () => {
    asked++;
    return Promise.resolve([{ id: "hf", value: new TextEncoder().encode("value") }]);
  };
  return { kube, emitter, context, asked: () => asked, complete: () => completeJob(kube.put(JOB), values, context) };
}

Deno.test("a suspended Job gets a Secret of its name, labels and namespace, which it owns, and is resumed", async () => {
  const { kube, complete } = bench();
  await complete();
  const [job, secret] = await Promise.all([kube.get({ ...KINDS.job, ...NAME }), kube.get(SECRET)]);
  assert.equal(job!.spec!.suspend, false);
  const { name, namespace, labels, ownerReferences } = secret!.metadata;
  assert.deepEqual({ name, namespace, labels }, { ...NAME, labels: { a: "b" } });
  assert.deepEqual(ownerReferences?.map(({ kind, name, uid }) => [kind, name, uid]), [[
    "Job",
    "train",
    job!.metadata.uid,
  ]]);
  assert.deepEqual([secret!.immutable, secret!.data], [true, { hf: btoa("value") }]);
});

Deno.test("a Secret that another run creates for the same Job meanwhile is taken, and anybody else's is not", async () => {
  for (const isOurs of [true, false]) {
    const { kube, context } = bench(), job = kube.put(JOB);
    const uid = isOurs ? job.metadata.uid! : "of another";
    const metadata = { ...NAME, ownerReferences: [{ ...KINDS.job, name: "train", uid }] };
    const completing = completeJob(job, () => {
      kube.put({ ...SECRET, metadata });
      return Promise.resolve([]);
    }, context);
    if (isOurs) await completing;
    else await assert.rejects(completing, (error) => hasCode(error, "KUBE_ALREADY_EXISTS"));
    assert.equal((await kube.get({ ...KINDS.job, ...NAME }))!.spec!.suspend, !isOurs);
  }
});

Deno.test("a Secret that is the Job's own is kept and no value is asked for; that of an earlier Job is replaced", async () => {
  const own = bench(), other = bench();
  const owned = (uid: string) => ({
    ...SECRET,
    metadata: { ...NAME, labels: OURS, ownerReferences: [{ ...KINDS.job, name: "train", uid }] },
  });
  own.kube.put(owned(own.kube.put(JOB).metadata.uid!));
  await own.complete();
  assert.equal(own.asked(), 0);
  other.kube.put(owned("of the Job before"));
  await other.complete();
  assert.equal(other.asked(), 1);
  const found = await other.kube.get(SECRET), job = await other.kube.get({ ...KINDS.job, ...NAME });
  assert.equal(found!.metadata.ownerReferences?.[0]?.uid, job!.metadata.uid);
});

Deno.test("a Secret of the Job's name that unitune did not create stays as it is", async () => {
  const { kube, complete } = bench();
  kube.put({ ...SECRET, metadata: NAME });
  const error = await complete().then(() => null, (error) => error);
  assert.equal(error.code, "KUBE_NOT_OURS");
  assert.deepEqual(kube.calls.filter((call) => !/^get /.test(call)), []);
});

Deno.test("a Secret that cannot be deleted is a warning: it goes with its Job", async () => {
  const { kube, emitter, context } = bench();
  kube.remove = () => Promise.reject(new Error("forbidden"));
  await deleteSecret(NAME, context);
  assert.deepEqual(emitter.events.map((event) => event.type === "warning" && event.message), [
    "Cannot delete Secret train: forbidden",
  ]);
});
