import assert from "node:assert/strict";
import type { BuildRun } from "../../../lib/actions/images/build_run.ts";
import { BuildCache } from "../../../lib/actions/images/cache.ts";
import { jobOperation, taskOf } from "../../../lib/actions/operation.ts";
import { buildCaches } from "../../../lib/cluster/build_caches.ts";
import { hasCode } from "../../../lib/core/errors.ts";
import { KINDS } from "../../../lib/core/kube.ts";
import { CLUSTER } from "../../../lib/core/pins.ts";
import type { Fresh } from "../../../lib/plan/types.ts";
import { templates } from "../../cluster/samples.ts";
import { fakeStore } from "../../fakes/context_store.ts";
import { FakeKube, KARPENTER_KINDS, OURS } from "../../fakes/kube.ts";
import { fakeOperation } from "../../fakes/operation.ts";
import { builder, deployed, image } from "../../images/specs.ts";
import { smallest } from "../../infra/config.ts";

const namespace = CLUSTER.buildNamespace, CLAIM = "cache-trainer-amd64", JOB = "trainer-amd64-0123456789ab";
const ref = { ...KINDS.persistentVolumeClaim, name: CLAIM, namespace };
const zoneKey = "topology.kubernetes.io/zone";

/** A cluster that has applied the config, with nodes in these zones. */
async function bench(zones: readonly string[] = ["us-west-2a", "us-west-2b"]) {
  const kube = new FakeKube({
    ...KARPENTER_KINDS,
    "storage.k8s.io/v1/StorageClass": false,
  });
  kube.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const trainer = image("trainer");
  const config = smallest({ images: [trainer], builder: { ...builder, cache: { size: "50Gi" } } });
  for (const object of buildCaches(config, templates)) if (object.kind === "StorageClass") await kube.apply(object);
  const subnets = zones.map((zone, at) => ({ id: `subnet-${at}`, zone, zoneID: `usw2-az${at + 1}` }));
  kube.put({ ...KINDS.nodeClass, metadata: { name: "builder" }, spec: {}, status: { subnets } });
  const operation = fakeOperation(config, {}, {
    objects: { cluster: () => buildCaches(config, templates) },
    session: { kube: () => Promise.resolve(kube) },
  });
  const limit = { isReached: () => false, run: <T>(work: () => Promise<T>) => work() };
  const run: BuildRun = { operation, deployed, store: fakeStore(), limit };
  const cache = new BuildCache(run, trainer, "linux/amd64"),
    context = await jobOperation(operation, taskOf(operation, "b"));
  return {
    kube,
    context,
    cache,
    config,
    ready: (fresh: Fresh = {}) => cache.ready(JOB, fresh, context),
    holder: () => cache.holder(JOB, context),
    said: () => operation.events.flatMap((event) => event.type === "progress" ? [event.message] : []),
  };
}

/** A volume in the zone, bound to the claim. */
function bind(kube: FakeKube, zone: string): void {
  const matchExpressions = [{ key: zoneKey, operator: "In", values: [zone] }];
  const nodeAffinity = { required: { nodeSelectorTerms: [{ matchExpressions }] } };
  kube.put({ ...KINDS.persistentVolume, metadata: { name: "pv" }, spec: { nodeAffinity } });
  const metadata = { name: CLAIM, namespace, labels: OURS };
  kube.put({ ...KINDS.persistentVolumeClaim, metadata, spec: { volumeName: "pv" }, status: { phase: "Bound" } });
}

const uidOf = async (kube: FakeKube) => (await kube.get(ref))!.metadata.uid;

Deno.test("the first build of an image creates its claim; a later one takes it as it is", async () => {
  const { kube, ready, said } = await bench();
  assert.deepEqual(await ready(), { claim: CLAIM, used: false });
  const uid = await uidOf(kube);
  bind(kube, "us-west-2a");
  assert.deepEqual(await ready(), { claim: CLAIM, used: true });
  assert.deepEqual([await uidOf(kube), said()], [uid, []]);
});

Deno.test("a build that may write more has a larger volume at once; a smaller one is for apply to replace", async () => {
  const { kube, config, ready } = await bench();
  const sizeAfter = async (size: "80Gi" | "20Gi") => {
    Object.assign(config.builder, { cache: { size } });
    await ready();
    return (await kube.get(ref))!.spec?.resources?.requests?.["storage"];
  };
  await ready();
  const uid = await uidOf(kube);
  assert.deepEqual([await sizeAfter("80Gi"), await sizeAfter("20Gi")], ["80Gi", "80Gi"]);
  assert.equal(await uidOf(kube), uid);
});

Deno.test("a cluster whose last apply was before there were volumes builds without, and says so", async () => {
  const { kube, ready, said } = await bench();
  await kube.remove({ ...KINDS.storageClass, name: CLUSTER.cacheStorageClass });
  assert.equal(await ready(), null);
  assert.match(said().join(), /^building without a cache volume, .* `unitune apply` changes that$/);
});

Deno.test("without builder.cache there is no claim, and nothing is asked", async () => {
  const { kube, cache, config, context } = await bench(), before = kube.calls.length;
  Object.assign(config.builder, { cache: null });
  assert.equal(await cache.ready(JOB, {}, context), null);
  assert.equal(kube.calls.length, before);
});

Deno.test("--no-cache replaces the volume", async () => {
  const { kube, ready, said } = await bench();
  bind(kube, "us-west-2a");
  const uid = await uidOf(kube);
  assert.deepEqual(await ready({ noCache: true }), { claim: CLAIM, used: false });
  assert.notEqual(await uidOf(kube), uid);
  assert.equal((await kube.get(ref))!.spec?.volumeName, undefined);
  assert.deepEqual(said(), ["--no-cache: the build starts with an empty cache volume"]);
});

Deno.test("a volume in a zone that the pool has no nodes in is replaced, and so is one that is gone", async () => {
  const { kube, ready, said } = await bench();
  bind(kube, "us-west-2c");
  await ready();
  assert.equal((await kube.get(ref))!.spec?.volumeName, undefined);
  bind(kube, "us-west-2b");
  kube.put({
    ...KINDS.nodePool,
    metadata: { name: "builder" },
    spec: { template: { spec: { requirements: [{ key: zoneKey, operator: "In", values: ["us-west-2a"] }] } } },
  });
  await ready();
  const metadata = { name: CLAIM, namespace, labels: OURS };
  kube.put({ ...KINDS.persistentVolumeClaim, metadata, spec: { volumeName: "x" }, status: { phase: "Lost" } });
  await ready();
  assert.deepEqual(said(), [
    'its cache volume is in us-west-2c, where pool "builder" has no nodes: the build starts with an empty cache volume',
    'its cache volume is in us-west-2b, where pool "builder" has no nodes: the build starts with an empty cache volume',
    "its cache volume is gone: the build starts with an empty cache volume",
  ]);
});

Deno.test("a zone that is not known replaces nothing", async () => {
  const { kube, ready, said } = await bench([]);
  bind(kube, "us-west-2c");
  await ready();
  assert.deepEqual(said(), []);
});

Deno.test("a claim of that name which is not ours is refused", async () => {
  const { kube, ready } = await bench();
  kube.put({ ...KINDS.persistentVolumeClaim, metadata: { name: CLAIM, namespace }, spec: {} });
  await assert.rejects(ready(), (error) => hasCode(error, "KUBE_NOT_OURS"));
});

function putJob(kube: FakeKube, name: string, claimName: string, more: object = {}, status: object = {}): void {
  const volumes = [{ name: "state", persistentVolumeClaim: { claimName } }];
  kube.put({
    ...KINDS.job,
    metadata: { name, namespace, labels: OURS },
    spec: { template: { spec: { volumes } }, ...more },
    status,
  });
}

Deno.test("a Job that has ended and would hold the claim is deleted before the claim is", async () => {
  const { kube, ready } = await bench(), ended = { conditions: [{ type: "Complete", status: "True" }] };
  bind(kube, "us-west-2a");
  putJob(kube, "ended", CLAIM, {}, ended);
  putJob(kube, "other", "cache-other-amd64", {}, ended);
  await ready({ noCache: true });
  const removed = kube.calls.filter((call) => call.startsWith("remove"));
  assert.deepEqual(removed, ["remove Job/ended", `remove PersistentVolumeClaim/${CLAIM}`]);
});

Deno.test("a pod that waited for another Job's volume tries again, and the volume stays", async () => {
  const { kube, cache, context } = await bench();
  bind(kube, "us-west-2a");
  putJob(kube, "holder", CLAIM);
  const uid = await uidOf(kube);
  assert.equal(await cache.moved(JOB, context), true);
  assert.equal(await uidOf(kube), uid);
});

Deno.test("a build waits for the Job that has its volume, and for no other", async () => {
  const { kube, context, ready, holder, said } = await bench();
  bind(kube, "us-west-2a");
  putJob(kube, "other-platform", "cache-trainer-arm64");
  putJob(kube, "suspended", CLAIM, { suspend: true });
  assert.equal(await holder(), null);
  putJob(kube, "holder", CLAIM);
  assert.equal(await holder(), "holder");
  const sleep = context.clock.sleep;
  let slept = 0;
  Object.assign(context.clock, {
    sleep: async (...given: Parameters<typeof sleep>) => {
      await sleep(...given);
      if (++slept === 3) await kube.remove({ ...KINDS.job, name: "holder", namespace });
    },
  });
  assert.deepEqual(await ready(), { claim: CLAIM, used: true });
  assert.equal(slept, 3);
  assert.deepEqual(said(), ["waiting for Job holder, which builds the same image and has its cache volume"]);
});

Deno.test("when no node comes in the volume's zone it is given up, if the pool has nodes elsewhere", async () => {
  const { kube, cache, context, said } = await bench();
  assert.equal(await cache.moved(JOB, context), false, "no volume binds the pod to a zone");
  bind(kube, "us-west-2a");
  assert.equal(await cache.moved(JOB, context), true);
  assert.equal((await kube.get(ref))!.spec?.volumeName, undefined);
  assert.match(
    said().join(),
    /^no node came in us-west-2a, where the cache volume is: building again with an empty one/,
  );
  const only = await bench(["us-west-2a"]);
  bind(only.kube, "us-west-2a");
  assert.equal(await only.cache.moved(JOB, only.context), false);
});
