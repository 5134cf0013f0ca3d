/** What users have in the cluster: named before the question, and deleted while its controllers run. */
import assert from "node:assert/strict";
import { deleteCaches, deleteClaims, deleteExposed, findGuests } from "../../../lib/actions/steps/guests.ts";
import { UnituneError } from "../../../lib/core/errors.ts";
import { KINDS, type KubeObject } from "../../../lib/core/kube.ts";
import { CLUSTER } from "../../../lib/core/pins.ts";
import type { ClusterInfo, Tags } from "../../../lib/core/ports.ts";
import { fakeClock } from "../../fakes/clock.ts";
import { recordingEmitter } from "../../fakes/emitter.ts";
import { FakeKube, KARPENTER_KINDS } from "../../fakes/kube.ts";
import { fakeOperation } from "../../fakes/operation.ts";
import { smallest } from "../../infra/config.ts";

const OURS = { [CLUSTER.managedByLabel]: CLUSTER.managedBy };

function busy(): FakeKube {
  const kube = new FakeKube(KARPENTER_KINDS), namespace = "default";
  kube.put({ ...KINDS.service, metadata: { name: "web", namespace }, spec: { type: "LoadBalancer" } });
  kube.put({ ...KINDS.service, metadata: { name: "inner", namespace }, spec: { type: "ClusterIP" } });
  kube.put({ ...KINDS.ingress, metadata: { name: "site", namespace } });
  kube.put({ ...KINDS.persistentVolume, metadata: { name: "pv-1" }, spec: { csi: { driver: "ebs.csi.aws.com" } } });
  kube.put({ ...KINDS.persistentVolume, metadata: { name: "pv-2" }, spec: { csi: { driver: "efs.csi.aws.com" } } });
  kube.put({ ...KINDS.persistentVolumeClaim, metadata: { name: "disk", namespace }, spec: { volumeName: "pv-1" } });
  kube.put({ ...KINDS.persistentVolumeClaim, metadata: { name: "files", namespace }, spec: { volumeName: "pv-2" } });
  kube.put({ ...KINDS.nodePool, metadata: { name: "cpu", labels: OURS } });
  kube.put({ ...KINDS.nodePool, metadata: { name: "theirs" } });
  kube.put({ ...KINDS.nodeClass, metadata: { name: "theirs" } });
  return kube;
}

const standing = (tags: Tags) => ({ name: "acme", tags }) as Partial<ClusterInfo> as ClusterInfo;

function operationOn(kube: FakeKube, cluster: ClusterInfo | null = standing({ "unitune:cluster": "acme" })) {
  return fakeOperation(smallest(), {
    eks: { cluster: () => Promise.resolve(cluster) },
    kube: () => Promise.resolve(kube),
  });
}

Deno.test("every object of a user that would go is named, with what becomes of it, and nothing changes", async () => {
  const kube = busy(), { guests, trouble } = await findGuests(operationOn(kube), false);
  assert.equal(trouble, null);
  assert.deepEqual(guests.map(({ object, effect }) => `${object}: ${effect}`), [
    "Service default/web: deleted with its load balancer",
    "Ingress default/site: deleted with its load balancer",
    "PersistentVolumeClaim default/disk: deleted with the cluster; its disk is kept",
    "NodePool theirs: deleted with its nodes",
    "EC2NodeClass theirs: deleted",
  ]);
  const withData = await findGuests(operationOn(kube), true);
  assert.match(withData.guests[2]!.effect, /^deleted with its disk$/);
  assert.ok(kube.calls.every((call) => call.startsWith("list")), kube.calls.join());
});

Deno.test("a cluster that does not answer, or does not know the caller yet, is told and does not fail", async () => {
  assert.deepEqual(await findGuests(operationOn(new FakeKube(), null), false), { guests: [], trouble: null });
  const kube = busy();
  kube.list = () => Promise.reject(new UnituneError("KUBE_UNREACHABLE", "Cannot reach the API server https://x"));
  assert.equal((await findGuests(operationOn(kube), false)).trouble, "Cannot reach the API server https://x");
  kube.list = () => Promise.reject(new Error("a fault"));
  await assert.rejects(findGuests(operationOn(kube), false), /a fault/);
});

Deno.test("another project's cluster of the name is not looked into: the deletion refuses it", async () => {
  const kube = busy();
  assert.deepEqual(await findGuests(operationOn(kube, standing({})), false), { guests: [], trouble: null });
  assert.deepEqual(kube.calls, []);
});

const contextOn = (kube: FakeKube) => {
  const emitter = recordingEmitter();
  return { ...emitter, kube, clock: fakeClock(), signal: new AbortController().signal, id: "exposed" };
};

Deno.test("load balancers go first, disks with their claims; the rest stays", async () => {
  const kube = busy(),
    names = async (kind: { apiVersion: string; kind: string }) =>
      (await kube.list(kind)).map(({ metadata }: KubeObject) => metadata.name);
  assert.deepEqual(await deleteExposed(contextOn(kube)), {
    state: "done",
    detail: "Service default/web, Ingress default/site",
  });
  assert.deepEqual(await names(KINDS.service), ["inner"]);
  assert.deepEqual(await deleteClaims(contextOn(kube)), {
    state: "done",
    detail: "PersistentVolumeClaim default/disk",
  });
  assert.deepEqual(await names(KINDS.persistentVolumeClaim), ["files"]);
  assert.equal((await deleteExposed(contextOn(kube))).state, "unchanged");
});

Deno.test("an Ingress whose controller is gone is named, and does not hold the deletion", async () => {
  const kube = busy(), context = contextOn(kube);
  kube.remove = () => Promise.resolve(true);
  assert.equal((await deleteExposed(context)).state, "done");
  const warnings = context.events.flatMap((event) => event.type === "warning" ? [event.message] : []);
  assert.deepEqual(warnings, ["going on although it still exists: Service default/web, Ingress default/site"]);
});

Deno.test("our own cache volumes are in nobody's way: not named, deleted by their claims, and waited for", async () => {
  const kube = busy(), namespace = CLUSTER.buildNamespace, storageClassName = CLUSTER.cacheStorageClass;
  const claimRef = { namespace, name: "cache-a-amd64" }, csi = { driver: "ebs.csi.aws.com" };
  kube.put({ ...KINDS.persistentVolume, metadata: { name: "pv-3" }, spec: { csi, storageClassName, claimRef } });
  const metadata = { name: "cache-a-amd64", namespace, labels: OURS };
  kube.put({ ...KINDS.persistentVolumeClaim, metadata, spec: { volumeName: "pv-3", storageClassName } });
  const { guests } = await findGuests(operationOn(kube), false);
  assert.ok(guests.every(({ object }) => !object.includes("cache-a")), JSON.stringify(guests));
  const context = contextOn(kube), { sleep } = context.clock;
  // The driver deletes the disk a little after the claim.
  let slept = 0;
  context.clock.sleep = async (...given) => {
    await sleep(...given);
    if (++slept === 3) await kube.remove({ ...KINDS.persistentVolume, name: "pv-3" });
  };
  const { detail } = await deleteCaches(context);
  assert.match(detail!, /PersistentVolumeClaim unitune-build\/cache-a-amd64/);
  assert.equal(slept, 3);
  const left = (await kube.list(KINDS.persistentVolumeClaim)).map(({ metadata }) => metadata.name);
  assert.deepEqual(left, ["disk", "files"]);
});
