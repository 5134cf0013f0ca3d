/** What a KubePort promises: the same tests for the fake and, in the lab, for the adapter at a real API server. */
import assert from "node:assert/strict";
import { isUnituneError } from "../../../lib/core/errors.ts";
import type { KubeObject, KubePort, KubeRef, WatchEvent } from "../../../lib/core/ports.ts";

const CONFIG_MAP = { apiVersion: "v1", kind: "ConfigMap" };
const NAMESPACE = { apiVersion: "v1", kind: "Namespace" };
/** A kind that no cluster has. */
const NOWHERE = { apiVersion: "nowhere.unitune.dev/v1", kind: "Nothing" };

/** `namespace` is the tests' own: made and removed by them. `open` is asked once a test. */
export function kubeContract(
  who: string,
  namespace: string,
  open: () => Promise<{ readonly kube: KubePort; close(): void }>,
): void {
  const map = (name: string, data: Record<string, string>, labels: Record<string, string> = {}): KubeObject => ({
    ...CONFIG_MAP,
    metadata: { name, namespace, labels },
    data,
  });
  const ref = (name: string) => ({ ...CONFIG_MAP, name, namespace });
  const test = (name: string, body: (kube: KubePort) => Promise<void>) =>
    Deno.test(`${who}: ${name}`, async () => {
      const { kube, close } = await open();
      try {
        await kube.apply({ ...NAMESPACE, metadata: { name: namespace } });
        await body(kube);
      } finally {
        close();
      }
    });

  test("the server tells its version", async (kube) => {
    assert.match(await kube.version(), /^v1\.\d+\.\d+/);
  });

  test("an object with our label never takes over one without it, in a dry run either; others may", async (kube) => {
    const ours = { "app.kubernetes.io/managed-by": "unitune" }, theirs = { "app.kubernetes.io/managed-by": "Helm" };
    for (const labels of [{}, theirs]) {
      await clear(kube, ref("taken"));
      await kube.create(map("taken", { by: "them" }, labels));
      for (const dryRun of [true, false]) {
        const error = await kube.apply(map("taken", { by: "us" }, ours), { dryRun }).then(() => null, (error) => error);
        assert.ok(isUnituneError(error) && error.code === "KUBE_NOT_OURS", String(error));
      }
      const found = await kube.get(ref("taken"));
      assert.deepEqual([found!["data"], found!.metadata.labels ?? {}], [{ by: "them" }, labels]);
    }
    assert.equal((await kube.apply(map("taken", { by: "nobody" }))).action, "update");
    await clear(kube, ref("taken"));
    await kube.apply(map("taken", { by: "us" }, ours));
    assert.equal((await kube.apply(map("taken", { by: "us again" }, ours))).action, "update");
  });

  test("the server's clock is the one of creation times", async (kube) => {
    await clear(kube, ref("dated"));
    const before = await kube.now();
    await kube.apply(map("dated", {}));
    const created = Date.parse(String((await kube.get(ref("dated")))?.metadata["creationTimestamp"]));
    const after = await kube.now();
    // Both are told in whole seconds.
    assert.ok(before - 1000 <= created && created <= after + 1000, `${before} ${created} ${after}`);
  });

  test("another field manager's apply adds its own, and is not seen by the next one of unitune", async (kube) => {
    await clear(kube, ref("asked"));
    await kube.apply(map("asked", { ours: "1" }));
    const note = { ...CONFIG_MAP, metadata: { name: "asked", namespace, annotations: { "unitune.dev/asked": "1" } } };
    assert.deepEqual(await kube.apply(note, { manager: "another" }), { action: "update" });
    assert.deepEqual(await kube.apply(map("asked", { ours: "1" })), { action: "none" });
    const after = await kube.get(ref("asked"));
    assert.deepEqual([after?.["data"], after?.metadata.annotations], [{ ours: "1" }, { "unitune.dev/asked": "1" }]);
  });

  test("apply creates, changes nothing the second time, and updates what is new", async (kube) => {
    await clear(kube, ref("applied"));
    assert.deepEqual(await kube.apply(map("applied", { a: "1" })), { action: "create" });
    assert.deepEqual(await kube.apply(map("applied", { a: "1" })), { action: "none" });
    const version = (await kube.get(ref("applied")))?.metadata["resourceVersion"];
    assert.deepEqual(await kube.apply(map("applied", { a: "2", b: "3" })), { action: "update" });
    const after = await kube.get(ref("applied"));
    assert.deepEqual(after?.["data"], { a: "2", b: "3" });
    assert.notEqual(after?.metadata["resourceVersion"], version);
  });

  test("apply takes away what it declared before, and leaves what others wrote", async (kube) => {
    await clear(kube, ref("shared"));
    await kube.create(map("shared", { theirs: "1" }));
    await kube.apply(map("shared", { ours: "1", gone: "1" }));
    assert.deepEqual(await kube.apply(map("shared", { ours: "1" })), { action: "update" });
    assert.deepEqual((await kube.get(ref("shared")))?.["data"], { theirs: "1", ours: "1" });
  });

  test("a dry run says what an apply would do, and changes nothing", async (kube) => {
    await clear(kube, ref("dry"));
    assert.deepEqual(await kube.apply(map("dry", { a: "1" }), { dryRun: true }), { action: "create" });
    assert.equal(await kube.get(ref("dry")), null);
    await kube.apply(map("dry", { a: "1" }));
    assert.deepEqual(await kube.apply(map("dry", { a: "1" }), { dryRun: true }), { action: "none" });
    assert.deepEqual(await kube.apply(map("dry", { a: "2" }), { dryRun: true }), {
      action: "update",
      fields: [{ path: "data.a", before: "1", after: "2" }],
    });
    assert.deepEqual((await kube.get(ref("dry")))?.["data"], { a: "1" });
  });

  test("an object cannot be made in a namespace that is not there", async (kube) => {
    const lost = { ...CONFIG_MAP, metadata: { name: "lost", namespace: `${namespace}-missing` } };
    await assert.rejects(kube.apply(lost), hasCode("KUBE_NOT_FOUND"));
    await assert.rejects(kube.apply(lost, { dryRun: true }), hasCode("KUBE_NOT_FOUND"));
    await assert.rejects(kube.create(lost), hasCode("KUBE_NOT_FOUND"));
  });

  test("of a kind that the server does not know there is nothing, and none can be made", async (kube) => {
    assert.equal(await kube.get({ ...NOWHERE, name: "x" }), null);
    assert.deepEqual(await kube.list(NOWHERE), []);
    assert.equal(await kube.remove({ ...NOWHERE, name: "x" }), false);
    const object = { ...NOWHERE, metadata: { name: "x" } };
    await assert.rejects(kube.apply(object), hasCode("KUBE_KIND_UNKNOWN"));
    await assert.rejects(kube.apply(object, { dryRun: true }), hasCode("KUBE_KIND_UNKNOWN"));
    await assert.rejects(kube.create(object), hasCode("KUBE_KIND_UNKNOWN"));
    await assert.rejects(collect(kube, NOWHERE, 1), hasCode("KUBE_KIND_UNKNOWN"));
  });

  test("a name is given once", async (kube) => {
    await clear(kube, ref("once"));
    const made = await kube.create(map("once", { a: "1" }));
    assert.equal(made.metadata.name, "once");
    assert.equal(typeof made.metadata["uid"], "string");
    await assert.rejects(kube.create(map("once", { a: "2" })), hasCode("KUBE_ALREADY_EXISTS"));
    assert.deepEqual((await kube.get(ref("once")))?.["data"], { a: "1" });
  });

  test("remove says whether there was anything", async (kube) => {
    await kube.apply(map("removed", {}));
    assert.equal(await kube.remove(ref("removed")), true);
    await gone(kube, ref("removed"));
    assert.equal(await kube.remove(ref("removed")), false);
  });

  test("a list holds what its selectors choose, and each item says what it is", async (kube) => {
    await kube.apply(map("list-a", {}, { list: "yes", side: "left" }));
    await kube.apply(map("list-b", {}, { list: "yes", side: "right" }));
    await kube.apply(map("list-c", {}, { list: "no" }));
    const names = async (selector: { labels?: string; fields?: string }) =>
      (await kube.list({ ...CONFIG_MAP, namespace, ...selector })).map(({ metadata }) => metadata.name).sort();
    assert.deepEqual(await names({ labels: "list=yes" }), ["list-a", "list-b"]);
    assert.deepEqual(await names({ labels: "list=yes,side!=left" }), ["list-b"]);
    assert.deepEqual(await names({ fields: "metadata.name=list-c" }), ["list-c"]);
    const everywhere = await kube.list({ ...CONFIG_MAP, labels: "list=yes" });
    assert.deepEqual(everywhere.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`), [
      "v1 ConfigMap",
      "v1 ConfigMap",
    ]);
  });

  test("a watch tells what is there and then each change, of what its selectors choose", async (kube) => {
    for (const name of ["watch-a", "watch-b"]) await clear(kube, ref(name));
    await kube.apply(map("watch-a", { n: "1" }, { watch: "yes" }));
    const change = async () => {
      await kube.apply(map("watch-other", {}, { watch: "no" }));
      await kube.apply(map("watch-a", { n: "2" }, { watch: "yes" }));
      await kube.apply(map("watch-b", {}, { watch: "yes" }));
      await kube.apply(map("watch-a", { n: "2" }, { watch: "no" }));
      await kube.remove(ref("watch-b"));
    };
    assert.deepEqual(await collect(kube, { ...CONFIG_MAP, namespace, labels: "watch=yes" }, 5, change), [
      "ADDED watch-a",
      "MODIFIED watch-a",
      "ADDED watch-b",
      "DELETED watch-a",
      "DELETED watch-b",
    ]);
  });

  test("a watch that nothing happens to ends with its signal", async (kube) => {
    const signal = AbortSignal.timeout(200);
    const quiet = { ...CONFIG_MAP, namespace, labels: "watch=never" };
    assert.deepEqual(await Array.fromAsync(kube.watch(quiet, signal)), []);
  });

  test("a pod that is not there has no log", async (kube) => {
    const signal = new AbortController().signal;
    await assert.rejects(Array.fromAsync(kube.logs("none", "main", namespace, signal)), hasCode("KUBE_NOT_FOUND"));
    await assert.rejects(kube.tail("none", "main", namespace, 5), hasCode("KUBE_NOT_FOUND"));
  });

  test("a namespace that is removed goes with all that is in it", async (kube) => {
    await kube.apply(map("inside", {}));
    assert.equal(await kube.remove({ ...NAMESPACE, name: namespace }), true);
    await gone(kube, { ...NAMESPACE, name: namespace });
    assert.equal(await kube.get(ref("inside")), null);
  });
}

/** What is removed may take a moment to go: what it owns goes first. */
async function gone(kube: KubePort, ref: KubeRef): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (await kube.get(ref)) {
    assert.ok(Date.now() < deadline, `${ref.kind} ${ref.name} did not go`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function clear(kube: KubePort, ref: KubeRef): Promise<void> {
  if (await kube.remove(ref)) await gone(kube, ref);
}

/** The first events of a watch; `change` is begun after the first of them. */
async function collect(
  kube: KubePort,
  selector: Parameters<KubePort["watch"]>[0],
  count: number,
  change: () => Promise<void> = () => Promise.resolve(),
): Promise<string[]> {
  const stop = new AbortController();
  const found: WatchEvent[] = [];
  let changed: Promise<void> | undefined;
  for await (const event of kube.watch(selector, stop.signal)) {
    changed ??= change();
    if (event.type === "MODIFIED" && event.object.metadata["deletionTimestamp"]) continue; // on its way out
    if (found.push(event) === count) stop.abort();
  }
  await changed;
  return found.map(({ type, object }) => `${type} ${object.metadata.name}`);
}

const hasCode = (code: string) => (error: unknown): boolean => {
  assert.ok(isUnituneError(error), `expected one of our errors, got ${error}`);
  assert.equal(error.code, code, error.message);
  return true;
};
