/** A watch tells everything once, whatever becomes of its connection. */
import assert from "node:assert/strict";
import type { WatchEvent } from "../../../lib/core/ports.ts";
import { failure, pod } from "./samples.ts";
import { json, serving, status, stream } from "./server.ts";

const selector = { apiVersion: "v1", kind: "Pod", namespace: "builds" };
const event = (type: string, object: unknown) => `${JSON.stringify({ type, object })}\n`;

/** Watches until `count` events came. */
async function events(
  kube: { watch(s: typeof selector, signal: AbortSignal): AsyncIterable<WatchEvent> },
  count: number,
): Promise<string[]> {
  const found: string[] = [];
  const stop = new AbortController();
  for await (const { type, object } of kube.watch(selector, stop.signal)) {
    found.push(`${type} ${object.metadata.name}@${object.metadata["resourceVersion"]}`);
    if (found.length === count) stop.abort();
  }
  return found;
}

Deno.test("a watch that is cut goes on from the last version it saw, bookmarks included", async () => {
  const bodies = [
    stream([
      event("MODIFIED", pod("a", 11)),
      event("BOOKMARK", pod("", 15)),
      event("MODIFIED", pod("a", 16)).slice(0, 9),
    ], "cut"),
    stream([event("MODIFIED", pod("a", 16)), event("DELETED", pod("a", 17))], "end"),
  ];
  const answer = ({ query }: { query: URLSearchParams }) =>
    query.has("watch") ? bodies.shift() : json({ metadata: { resourceVersion: "10" }, items: [pod("a", 9)] });
  await serving(answer, async ({ kube, calls }) => {
    assert.deepEqual(await events(kube, 4), ["ADDED a@9", "MODIFIED a@11", "MODIFIED a@16", "DELETED a@17"]);
    assert.deepEqual(calls.map(({ query }) => query.get("resourceVersion")), [null, "10", "15"]);
    assert.equal(calls[1]!.query.get("allowWatchBookmarks"), "true");
  });
});

Deno.test("a version that expired is answered by a new list, told as the events between", async () => {
  const lists = [
    { metadata: { resourceVersion: "10" }, items: [pod("a", 1), pod("b", 2), pod("c", 3), pod("d", 4, "d-1")] },
    { metadata: { resourceVersion: "90" }, items: [pod("a", 1), pod("b", 50), pod("d", 51, "d-2"), pod("e", 60)] },
  ];
  const bodies = [
    stream([event("ERROR", { code: 410, reason: "Expired", message: "too old resource version" })], "end"),
  ];
  await serving(({ query }) => query.has("watch") ? bodies.shift() : json(lists.shift()), async ({ kube }) => {
    const found = await events(kube, 9);
    assert.deepEqual(found.slice(0, 4), ["ADDED a@1", "ADDED b@2", "ADDED c@3", "ADDED d@4"]);
    assert.deepEqual(found.slice(4), ["DELETED c@3", "DELETED d@4", "MODIFIED b@50", "ADDED d@51", "ADDED e@60"]);
  });
});

Deno.test("a watch outlives a server that is away for longer than any one request is tried", async () => {
  let watches = 0;
  const answer = ({ query }: { query: URLSearchParams }) => {
    if (!query.has("watch")) return json({ metadata: { resourceVersion: "10" }, items: [pod("a", 9)] });
    return ++watches <= 12
      ? status(503, "ServiceUnavailable", "away")
      : stream([event("DELETED", pod("a", 20))], "end");
  };
  await serving(answer, async ({ kube, slept }) => {
    assert.deepEqual(await events(kube, 2), ["ADDED a@9", "DELETED a@20"]);
    assert.ok(slept.length >= 12);
  });
});

Deno.test("a watch on a connection that died without a word is begun again", async () => {
  const bodies = [stream([], "silence"), stream([event("DELETED", pod("a", 20))], "end")];
  const answer = ({ query }: { query: URLSearchParams }) =>
    query.has("watch") ? bodies.shift() : json({ metadata: { resourceVersion: "10" }, items: [pod("a", 9)] });
  await serving(answer, async ({ kube }) => {
    assert.deepEqual(await events(kube, 2), ["ADDED a@9", "DELETED a@20"]);
  });
});

Deno.test("a watch that is not allowed says so in place of waiting", async () => {
  const answer = ({ query }: { query: URLSearchParams }) =>
    query.has("watch")
      ? status(403, "Forbidden", "pods is forbidden")
      : json({ metadata: { resourceVersion: "10" }, items: [] });
  await serving(answer, async ({ kube }) => {
    assert.equal((await failure(events(kube, 1))).code, "KUBE_FORBIDDEN");
  });
});

Deno.test("a watch ends with its signal, also while it waits", async () => {
  const answer = ({ query }: { query: URLSearchParams }) =>
    query.has("watch") ? stream([], "silence") : json({ metadata: { resourceVersion: "10" }, items: [] });
  await serving(answer, async ({ kube }) => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    for await (const event of kube.watch(selector, stop.signal)) assert.fail(`no event was sent, got ${event.type}`);
  });
});
