/** Objects whose fields never change: replaced if they are unitune's, refused if they are not. */
import assert from "node:assert/strict";
import { KubeError } from "../../../lib/adapters/kubernetes/errors.ts";
import { desiredObjects } from "../../../lib/cluster/mod.ts";
import { storageOf } from "../../../lib/config/resolve/storage.ts";
import { isUnituneError } from "../../../lib/core/errors.ts";
import { isA, KINDS, type Kube, type KubeObject, refOf } from "../../../lib/core/kube.ts";
import { ourObjects, staleObjects } from "../../../lib/actions/observe.ts";
import { applyStorage, isStorage, plannedStorage } from "../../../lib/actions/steps/storage.ts";
import { makePlan } from "../../../lib/plan/changes.ts";
import { config, deployed, templates } from "../../cluster/samples.ts";
import { fakeClock } from "../../fakes/clock.ts";
import { SETTLED } from "../../fakes/observed.ts";
import { FakeKube, KARPENTER_KINDS } from "../../fakes/kube.ts";

const STORAGE_KINDS = {
  ...KARPENTER_KINDS,
  "apps/v1/DaemonSet": true,
  "storage.k8s.io/v1/StorageClass": false,
  "v1/PersistentVolume": false,
  "v1/PersistentVolumeClaim": true,
};

/** Refuses to change a source, as the API server does. */
class Server extends FakeKube {
  constructor() {
    super(STORAGE_KINDS);
  }
  override async apply(object: KubeObject, options = {}) {
    const found = isStorage(object) ? await this.get({ ...object, ...object.metadata }) : null;
    const fixed = (one: KubeObject) => {
      if (isA(one, KINDS.storageClass)) return JSON.stringify(one.parameters);
      if (isA(one, KINDS.persistentVolume)) return JSON.stringify(one.spec?.csi);
      return isA(one, KINDS.persistentVolumeClaim) ? one.spec?.volumeName : undefined;
    };
    if (found && fixed(found) !== fixed(object)) {
      throw new KubeError(422, "KUBE_INVALID", "Forbidden: spec is immutable after creation", "");
    }
    return await super.apply(object, options);
  }
}

const objectsOf = (storage: Parameters<typeof storageOf>[0]) => {
  return desiredObjects({ ...config, storage: storageOf(storage, "us-west-2") }, deployed, templates).filter(isStorage);
};
const waiting = () => ({ clock: fakeClock(), signal: new AbortController().signal });
const bucket = (name: string) => objectsOf({ buckets: { data: { bucket: name } } });

async function applied(kube: Server, objects: readonly KubeObject[]): Promise<string[]> {
  const actions: string[] = [];
  for (const object of objects) actions.push(await applyStorage(object, kube, waiting()));
  return actions;
}

async function planned(kube: Server, objects: readonly KubeObject[]): Promise<string[]> {
  const found = await Promise.all(objects.map((object) => plannedStorage(object, kube)));
  return found.map(({ action }) => action);
}

Deno.test("what is missing is created, and stays as it is the second time", async () => {
  const kube = new Server(), objects = [...bucket("acme-data"), ...objectsOf({ ebs: true })];
  assert.deepEqual(await planned(kube, objects), ["create", "create", "create"]);
  assert.deepEqual(await applied(kube, objects), ["create", "create", "create"]);
  assert.deepEqual(await planned(kube, objects), ["none", "none", "none"]);
  assert.deepEqual(await applied(kube, objects), ["none", "none", "none"]);
});

Deno.test("another bucket is another volume: the claim is replaced, and the old volume pruned; a plan removes nothing", async () => {
  const kube = new Server();
  await applied(kube, bucket("acme-data"));
  const other = bucket("acme-other");
  kube.calls.length = 0;
  assert.deepEqual(await planned(kube, other), ["create", "update"]);
  assert.deepEqual(kube.calls.filter((call) => /^(apply|remove)/.test(call)), []);
  assert.deepEqual(await applied(kube, other), ["create", "update"]);
  const claim = await kube.get({ apiVersion: "v1", kind: "PersistentVolumeClaim", name: "data", namespace: "default" });
  assert.equal(claim?.spec?.volumeName, other[0]!.metadata.name);
  assert.deepEqual(staleObjects(other, await ourObjects(kube)).map(({ name }) => name), [
    bucket("acme-data")[0]!.metadata.name,
  ]);
});

Deno.test("a volume whose claim is gone is never bound again: it is replaced", async () => {
  const kube = new Server(), [volume] = bucket("acme-data"), ref = refOf(volume!);
  await applied(kube, [volume!]);
  kube.put({ ...(await kube.get(ref))!, status: { phase: "Released" } });
  assert.deepEqual(await plannedStorage(volume!, kube), { action: "update", replaced: true });
  assert.equal(await applyStorage(volume!, kube, waiting()), "update");
  assert.equal((await kube.get(ref))?.["status"], undefined);
});

Deno.test("a claim or class of somebody else's by the same name is refused, by a plan already, and left alone", async () => {
  const claim: Kube<"PersistentVolumeClaim"> = {
    ...KINDS.persistentVolumeClaim,
    metadata: { name: "data", namespace: "default" },
    spec: { volumeName: "pvc-of-somebody" },
  };
  const kube = new Server();
  kube.put(claim);
  const [, ours] = bucket("acme-data");
  for (const attempt of [() => plannedStorage(ours!, kube), () => applyStorage(ours!, kube, waiting())]) {
    await assert.rejects(attempt, (error) => {
      assert.ok(isUnituneError(error));
      assert.equal(error.code, "KUBE_NOT_OURS");
      assert.match(error.message, /PersistentVolumeClaim default\/data/);
      return true;
    });
  }
  assert.equal((await kube.get(refOf(claim)))?.spec?.volumeName, "pvc-of-somebody");
});

Deno.test("what the server refuses of an object that is not there is told", async () => {
  class Strict extends Server {
    override apply(): Promise<never> {
      return Promise.reject(new KubeError(422, "KUBE_INVALID", "spec.accessModes: Required value", ""));
    }
  }
  await assert.rejects(() => applyStorage(bucket("acme-data")[0]!, new Strict(), waiting()), /Required value/);
});

Deno.test("what left the config is pruned: the claim of the namespace that left alone, and its volume after it", async () => {
  const kube = new Server();
  kube.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: "training" } });
  const both = objectsOf({ buckets: { data: { bucket: "acme-data", namespaces: ["default", "training"] } } });
  await applied(kube, both);
  kube.put({ apiVersion: "v1", kind: "PersistentVolume", metadata: { name: "pvc-1" }, spec: {} });
  const stale = staleObjects(bucket("acme-data"), await ourObjects(kube));
  const volume = both.find(({ kind, metadata }) => kind === "PersistentVolume" && /^training/.test(metadata.name))!;
  assert.deepEqual(stale.map(({ kind, name, namespace }) => [kind, name, namespace]), [
    ["PersistentVolumeClaim", "data", "training"],
    ["PersistentVolume", volume.metadata.name, undefined],
  ]);
  const observed = { ...SETTLED, stale };
  const { changes } = makePlan({ config, builds: [], observed, only: ["pools"] });
  assert.deepEqual(changes.map(({ id, after }) => [id, after]), [
    ["persistentvolumeclaim:training/data", []],
    [`persistentvolume:${volume.metadata.name}`, ["persistentvolumeclaim:training/data"]],
  ]);
});
