/**
 * Classes, volumes and claims at the lab's real API server and volume controller: bound, changed, taken away. Their
 * drivers are not there, so nothing is mounted.
 */
import assert from "node:assert/strict";
import { kubernetes } from "../../lib/adapters/kubernetes/mod.ts";
import { systemClock } from "../../lib/adapters/clock.ts";
import { storageOf } from "../../lib/config/resolve/storage.ts";
import type { KubeObject } from "../../lib/core/ports.ts";
import { applyStorage, isStorage, plannedStorage } from "../../lib/actions/steps/storage.ts";
import { openFiles } from "../../lib/project/files.ts";
import { ourObjects, staleObjects, UNDEPLOYED } from "../../lib/actions/observe.ts";
import { smallest } from "../infra/config.ts";
import { kubectl, labReady } from "./lab.ts";
import { apiServer, pki, run } from "./layout.ts";

const namespace = "lab-storage";
const signal = new AbortController().signal;
const waiting = { clock: systemClock, signal };

Deno.test.beforeAll(labReady);

Deno.test.afterAll(async () => {
  await kubectl(["delete", "namespace", namespace, "--ignore-not-found"]);
  await kubectl(["delete", "persistentvolume,storageclass", "-l", "app.kubernetes.io/managed-by=unitune"]);
});

async function open() {
  const [ca, token] = await Promise.all([Deno.readTextFile(pki.ca.cert), Deno.readTextFile(run.adminToken)]);
  const kube = kubernetes({ endpoint: apiServer, caData: btoa(ca), token: () => Promise.resolve(token.trim()) });
  return { kube, [Symbol.dispose]: () => kube.close() };
}

async function objectsOf(bucket: string, tags = {}): Promise<KubeObject[]> {
  const storage = storageOf({ ebs: true, buckets: { data: { bucket, namespaces: [namespace] } } }, "us-west-2");
  const files = await openFiles(smallest({ storage, tags }));
  try {
    return files.objects.cluster(UNDEPLOYED).filter((object) => {
      return isStorage(object) || (object.kind === "Namespace" && object.metadata.name === namespace);
    });
  } finally {
    await files.close();
  }
}

/** The spec of what is bound. */
async function bound(kind: string, name: string): Promise<string> {
  await kubectl(["wait", kind, name, "-n", namespace, "--for=jsonpath={.status.phase}=Bound", "--timeout=30s"]);
  return (await kubectl(["get", kind, name, "-n", namespace, "-o", "jsonpath={.spec}"])).trim();
}

Deno.test("volumes are bound to their claims, another bucket takes their place, and what is as it should be stays", async () => {
  using opened = await open();
  const { kube } = opened;
  const apply = async (objects: readonly KubeObject[]) => {
    const actions: string[] = [];
    for (const object of objects) {
      actions.push(isStorage(object) ? await applyStorage(object, kube, waiting) : (await kube.apply(object)).action);
    }
    return actions;
  };
  const nameOf = (objects: readonly KubeObject[]) => {
    return objects.find(({ kind }) => kind === "PersistentVolume")!.metadata.name;
  };
  const first = await objectsOf("acme-data");
  assert.deepEqual(first.map(({ kind }) => kind), [
    "Namespace",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
  ]);
  assert.deepEqual(await apply(first), ["create", "create", "create", "create"]);
  assert.match(await bound("persistentvolumeclaim", "data"), new RegExp(nameOf(first)));
  assert.match(await bound("persistentvolume", nameOf(first)), /acme-data/);
  assert.deepEqual(await apply(first), ["none", "none", "none", "none"], "bound, and unchanged");

  // Another bucket; other tags, which no StorageClass takes on either.
  const second = (await objectsOf("acme-other", { team: "research" })).filter(isStorage);
  const plan = await Promise.all(second.map((object) => plannedStorage(object, kube)));
  const replaced = { action: "update", replaced: true } as const;
  assert.deepEqual(plan, [replaced, { action: "create" }, replaced]);
  assert.deepEqual(await apply(second), ["update", "create", "update"]);
  assert.match(await bound("persistentvolumeclaim", "data"), new RegExp(nameOf(second)));
  assert.deepEqual(await apply(second), ["none", "none", "none"]);

  // What is left over: the old volume, which goes at once, as its claim has left it.
  const stale = staleObjects(second, await ourObjects(kube)).filter(({ kind }) => kind.startsWith("Persistent"));
  assert.deepEqual(stale, [{ apiVersion: "v1", kind: "PersistentVolume", name: nameOf(first) }]);
  await kube.remove(stale[0]!);
  await kubectl(["wait", "persistentvolume", nameOf(first), "--for=delete", "--timeout=30s"]);

  // A claim that somebody deletes is bound again, to a volume that was bound before.
  await kube.remove({ apiVersion: "v1", kind: "PersistentVolumeClaim", name: "data", namespace });
  await kubectl(["wait", "persistentvolumeclaim/data", "-n", namespace, "--for=delete", "--timeout=30s"]);
  await kubectl([
    "wait",
    `persistentvolume/${nameOf(second)}`,
    "--for=jsonpath={.status.phase}=Released",
    "--timeout=30s",
  ]);
  assert.deepEqual(await apply(second), ["none", "update", "create"]);
  assert.match(await bound("persistentvolumeclaim", "data"), new RegExp(nameOf(second)));
});

Deno.test("everything goes when nothing of it is declared any more", async () => {
  using opened = await open();
  const { kube } = opened;
  const stale = staleObjects([], await ourObjects(kube)).filter(isStorage);
  assert.deepEqual(stale.map(({ kind }) => kind), ["StorageClass", "PersistentVolumeClaim", "PersistentVolume"]);
  for (const ref of stale) {
    assert.equal(await kube.remove(ref), true);
    const at = ref.namespace ? ["-n", ref.namespace] : [];
    await kubectl(["wait", `${ref.kind.toLowerCase()}/${ref.name}`, ...at, "--for=delete", "--timeout=30s"]);
  }
});
