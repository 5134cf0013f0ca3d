/** The Kubernetes adapter at the lab's real API server: its contract, real logs, and a network that keeps breaking. */
import assert from "node:assert/strict";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { kubernetes } from "../../lib/adapters/kubernetes/mod.ts";
import { KINDS } from "../../lib/core/kube.ts";
import { kubeContract } from "../adapters/kubernetes/contract.ts";
import { kubectl, labReady } from "./lab.ts";
import { apiServer, pki, run } from "./layout.ts";

const namespace = "lab-kube-adapter";

Deno.test.beforeAll(async () => {
  await labReady();
  await kubectl(["create", "namespace", namespace]);
});

Deno.test.afterAll(async () => {
  await kubectl(["delete", "namespace", namespace, `${namespace}-contract`, "--ignore-not-found"]);
});

async function open(endpoint: string = apiServer) {
  const [ca, token] = await Promise.all([Deno.readTextFile(pki.ca.cert), Deno.readTextFile(run.adminToken)]);
  const kube = kubernetes({ endpoint, caData: btoa(ca), token: () => Promise.resolve(token.trim()) });
  return { kube, close: () => kube.close() };
}

kubeContract("the adapter", `${namespace}-contract`, () => open());

/** A way to the API server on which every connection is cut, again and again. */
async function brokenWay(everyMilliseconds: number) {
  const { hostname, port } = new URL(apiServer);
  const open = new Set<Socket>();
  let cuts = 0;
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  const hold = (socket: Socket, peer: Socket) => {
    open.add(socket);
    // What one side says of the cut is the cut itself.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      open.delete(socket);
      cuts++;
      peer.destroy();
    });
    socket.pipe(peer);
  };
  const listener = createServer((client) => {
    const server = connect(Number(port), hostname);
    hold(client, server);
    hold(server, client);
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const timer = setInterval(cut, everyMilliseconds);
  return {
    endpoint: `https://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    cuts: () => cuts,
    async close() {
      clearInterval(timer);
      const closed = new Promise((resolve) => listener.close(resolve));
      cut();
      await closed;
    },
  };
}

const LINES = 240;
/** Two outputs, equal lines, an empty line, a last line without an end; about six seconds of them. */
const SCRIPT =
  `i=0; while [ $i -lt ${LINES} ]; do i=$((i+1)); echo "line $i"; echo same; echo same >&2; sleep 0.02; done
echo; printf "the end"`;

/** Only system nodes are there all the time. */
const tolerations = [{ key: "CriticalAddonsOnly", operator: "Exists" }];

const talker = (name: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace },
  spec: {
    restartPolicy: "Never",
    tolerations,
    containers: [{ name: "main", image: "docker.io/library/busybox:1.35", command: ["/bin/sh", "-c", SCRIPT] }],
  },
});

Deno.test({
  name: "the log of a pod is whole and in order over a network that breaks every 300 ms",
  // Connections that are cut under a request go a moment later than the test.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const way = await brokenWay(300);
    const steady = await open();
    const { kube, close } = await open(way.endpoint);
    try {
      await steady.kube.create(talker("talker"));
      const lines = await Array.fromAsync(kube.logs("talker", "main", namespace, AbortSignal.timeout(120_000)));
      const counted = lines.filter((line) => line.startsWith("line"));
      assert.deepEqual(counted, Array.from({ length: LINES }, (_, index) => `line ${index + 1}`));
      assert.equal(lines.filter((line) => line === "same").length, 2 * LINES);
      assert.deepEqual(lines.slice(-2), ["", "the end"]);
      assert.ok(way.cuts() > 10, `only ${way.cuts()} connections were cut`);
      const again = await Array.fromAsync(steady.kube.logs("talker", "main", namespace, AbortSignal.timeout(60_000)));
      assert.deepEqual(again.toSorted(), lines.toSorted());
      assert.deepEqual(await steady.kube.tail("talker", "main", namespace, 2), ["", "the end"]);
    } finally {
      close();
      steady.close();
      await way.close();
    }
  },
});

Deno.test({
  name: "a watch misses no change over a network that breaks every 200 ms",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const way = await brokenWay(200);
    const steady = await open();
    const { kube, close } = await open(way.endpoint);
    const object = (n: number) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "counter", namespace, labels: { watched: "yes" } },
      data: { n: String(n) },
    });
    try {
      await steady.kube.apply(object(0));
      const stop = new AbortController();
      const seen: string[] = [];
      let counting: Promise<void> | undefined;
      const count = async () => {
        for (let n = 1; n <= 60; n++) {
          await steady.kube.apply(object(n));
          await new Promise((resolve) => setTimeout(resolve, 40));
        }
      };
      const selector = { ...KINDS.configMap, namespace, labels: "watched=yes" };
      for await (
        const { object } of kube.watch(selector, AbortSignal.any([stop.signal, AbortSignal.timeout(60_000)]))
      ) {
        counting ??= count();
        seen.push(object.data!["n"]!);
        if (object.data!["n"] === "60") stop.abort();
      }
      await counting;
      assert.deepEqual(seen, Array.from({ length: 61 }, (_, n) => String(n)));
      assert.ok(way.cuts() > 5, `only ${way.cuts()} connections were cut`);
    } finally {
      close();
      steady.close();
      await way.close();
    }
  },
});

Deno.test("a log waits for an init container to end and the next to start, and ends at once for one that never will", async () => {
  const { kube, close } = await open();
  const pod = (name: string, init: string) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace },
    spec: {
      restartPolicy: "Never",
      tolerations,
      initContainers: [{ name: "first", image: "docker.io/library/busybox:1.35", command: ["/bin/sh", "-c", init] }],
      containers: [{ name: "then", image: "docker.io/library/busybox:1.35", command: ["/bin/echo", "done"] }],
    },
  });
  const log = (name: string, container: string) =>
    Array.fromAsync(kube.logs(name, container, namespace, AbortSignal.timeout(60_000)));
  try {
    await kube.create(pod("good", "echo ready; sleep 1"));
    await kube.create(pod("bad", "echo broken; exit 3"));
    assert.deepEqual(await Promise.all([log("good", "first"), log("good", "then")]), [["ready"], ["done"]]);
    assert.deepEqual(await Promise.all([log("bad", "first"), log("bad", "then")]), [["broken"], []]);
  } finally {
    close();
  }
});
