/** What the Kubernetes adapter makes of an API server's and a network's moods. */
import assert from "node:assert/strict";
import { isUnituneError, UnituneError } from "../../lib/core/errors.ts";
import type { KubeObject, WatchEvent } from "../../lib/core/ports.ts";
import { json, serving, status, stream } from "./kube_server.ts";

const PODS = "/api/v1/namespaces/builds/pods";
const podRef = { apiVersion: "v1", kind: "Pod", name: "p", namespace: "builds" };
const selector = { apiVersion: "v1", kind: "Pod", namespace: "builds" };

const pod = (name: string, version: number, uid = name): KubeObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "builds", uid, resourceVersion: String(version) },
});
const event = (type: string, object: unknown) => `${JSON.stringify({ type, object })}\n`;

async function failure(promise: Promise<unknown>): Promise<UnituneError> {
  const error = await promise.then(() => undefined, (error) => error);
  assert.ok(isUnituneError(error), `expected one of our errors, got ${error}`);
  return error;
}

Deno.test("a refused token is made anew once, and the request goes on", async () => {
  let made = 0;
  const token = () => Promise.resolve(`token-${++made}`);
  const answer = ({ token }: { token: string }) =>
    token === "token-2" ? json(pod("p", 1)) : status(401, "Unauthorized", "Unauthorized");
  await serving(answer, async ({ kube, calls }) => {
    assert.equal((await kube.get(podRef))?.metadata.name, "p");
    assert.deepEqual(calls.map(({ token }) => token), ["token-1", "token-2"]);
    await kube.get(podRef);
    assert.equal(made, 2);
  }, { token });
});

Deno.test("a caller that the cluster does not know is told so", async () => {
  await serving(() => status(401, "Unauthorized", "Unauthorized"), async ({ kube, calls }) => {
    const error = await failure(kube.get(podRef));
    assert.equal(error.code, "KUBE_UNAUTHORIZED");
    assert.equal(error.exit, 5);
    assert.match(error.hint ?? "", /access entry/);
    assert.equal(calls.length, 2);
  });
});

Deno.test("a token that cannot be made is the token's failure, not the API server's", async () => {
  const token = () => Promise.reject(new UnituneError("AWS_CALL", "Cannot sign: the credentials expired"));
  await serving(() => json(pod("p", 1)), async ({ kube, calls }) => {
    assert.equal((await failure(kube.get(podRef))).code, "AWS_CALL");
    assert.equal(calls.length, 0);
  }, { token });
});

Deno.test("a busy server is asked again, after the time that it asks for", async () => {
  let asked = 0;
  const answer = () => {
    asked++;
    if (asked === 1) return json({ message: "too many" }, 429, { "retry-after": "2" });
    return asked === 2 ? status(503, "ServiceUnavailable", "starting") : json(pod("p", 1));
  };
  await serving(answer, async ({ kube, slept }) => {
    assert.equal((await kube.get(podRef))?.metadata.name, "p");
    assert.deepEqual(slept, [2000, 400]);
  });
});

Deno.test("a server that stays busy is not asked for ever, and its own words come out", async () => {
  await serving(() => status(500, "InternalError", "etcd is gone"), async ({ kube, calls }) => {
    assert.match((await failure(kube.get(podRef))).message, /500 etcd is gone/);
    assert.equal(calls.length, 5);
  });
});

Deno.test("an answer that is cut or never comes is asked for again", async () => {
  let asked = 0;
  const answer = () => {
    asked++;
    if (asked === 1) return stream(['{"kind":'], "cut");
    return asked === 2 ? stream(['{"kind":'], "silence") : json(pod("p", 1));
  };
  await serving(answer, async ({ kube }) => {
    assert.equal((await kube.get(podRef))?.metadata.name, "p");
    assert.equal(asked, 3);
  });
});

Deno.test("an API server that does not answer is named, with a hint about its network", async () => {
  await serving(() => stream([], "silence"), async ({ kube }) => {
    const error = await failure(kube.get(podRef));
    assert.equal(error.code, "KUBE_UNREACHABLE");
    assert.match(error.message, /127\.0\.0\.1.*no answer within/);
    assert.match(error.hint ?? "", /publicFrom/);
  });
});

Deno.test("a name that is taken and a write that came between are two errors, by the server's reason", async () => {
  for (const [reason, code] of [["AlreadyExists", "KUBE_ALREADY_EXISTS"], ["Conflict", "KUBE_CONFLICT"]] as const) {
    await serving(() => status(409, reason, reason), async ({ kube }) => {
      assert.equal((await failure(kube.create(pod("p", 1)))).code, code);
    });
  }
});

Deno.test("an invalid object is refused with the server's explanation and never tried again", async () => {
  await serving(({ method }) => method === "GET" ? undefined : status(422, "Invalid", "spec.x: Required value"), async (
    { kube, calls },
  ) => {
    const error = await failure(kube.apply(pod("p", 1)));
    assert.equal(error.code, "KUBE_INVALID");
    assert.match(error.message, /Cannot apply .*\/pods\/p: 422 spec\.x: Required value/);
    assert.equal(calls.filter(({ method }) => method === "PATCH").length, 1);
  });
});

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

type ContainerState = "waiting" | "running" | "terminated";
const withState = (state: ContainerState, phase = "Running") =>
  json({ ...pod("p", 1), status: { phase, containerStatuses: [{ name: "main", state: { [state]: {} } }] } });

/** Reads a log whose container is in these states, one a look (the last stays), and whose requests give these bodies. */
async function logLines(
  states: ContainerState[],
  bodies: Response[],
): Promise<{ lines: string[]; since: (string | null)[] }> {
  const lines: string[] = [];
  let since: (string | null)[] = [];
  const answer = ({ path }: { path: string }) => {
    if (path === `${PODS}/p/log`) return bodies.shift();
    return withState(states.length > 1 ? states.shift()! : states[0]!);
  };
  await serving(answer, async ({ kube, calls }) => {
    for await (const line of kube.logs("p", "main", "builds", new AbortController().signal)) lines.push(line);
    since = calls.filter(({ path }) => path.endsWith("/log")).map(({ query }) => query.get("sinceTime"));
  });
  return { lines, since };
}

const at = (moment: string, text: string) => `2026-11-24T10:00:${moment}Z ${text}\n`;

Deno.test("a log is waited for while its container has not started, and read to its end", async () => {
  const { lines, since } = await logLines(["waiting", "waiting", "running", "terminated"], [
    stream([at("01.000000001", "one"), at("01.000000002", "two")], "end"),
    stream([at("01.000000001", "one"), at("01.000000002", "two"), at("02.5", "three")], "end"),
  ]);
  assert.deepEqual(lines, ["one", "two", "three"]);
  assert.deepEqual(since, [null, "2026-11-24T10:00:00Z"]);
});

Deno.test("a log that is cut anywhere loses no line and repeats none, even of equal lines at one moment", async () => {
  const same = at("03.000000007", "same");
  const { lines } = await logLines(["running", "running", "terminated"], [
    stream([at("02.1", "a"), same, same, at("03.2", "half a li").trimEnd().slice(0, -3)], "cut"),
    stream([at("02.1", "a"), same, same, same, at("03.2", "half a line"), at("03.2", "")], "cut"),
    stream([at("02.1", "a"), same, same, same, at("03.2", "half a line"), at("03.2", ""), at("09.9", "last")], "end"),
  ]);
  assert.deepEqual(lines, ["a", "same", "same", "same", "half a line", "", "last"]);
});

Deno.test("a log whose container ended is not taken for read when the connection is cut before its end", async () => {
  const { lines } = await logLines(["terminated"], [
    stream([at("01.1", "one")], "cut"),
    stream([at("01.1", "one"), at("01.2", "two without an end").trimEnd()], "end"),
  ]);
  assert.deepEqual(lines, ["one", "two without an end"]);
});

Deno.test("a log that closes in the middle of a line gives the line once, and whole", async () => {
  const { lines } = await logLines(["running", "terminated"], [
    stream([at("01.1", "one"), at("01.2", "two").slice(0, -3)], "end"),
    stream([at("01.1", "one"), at("01.2", "two")], "end"),
  ]);
  assert.deepEqual(lines, ["one", "two"]);
});

Deno.test("times of any zone and with any number of digits are understood", async () => {
  const { lines } = await logLines(["running", "terminated"], [
    stream(["2026-11-24T12:00:01.5+02:00 one\n", "2026-11-24T12:00:01.51+02:00 two\n"], "cut"),
    stream([
      "2026-11-24T12:00:01.5+02:00 one\n",
      "2026-11-24T12:00:01.51+02:00 two\n",
      "2026-11-24T12:00:01.6+02:00 three\n",
    ], "end"),
  ]);
  assert.deepEqual(lines, ["one", "two", "three"]);
});

Deno.test("a quiet log is taken up again where it was", async () => {
  const { lines } = await logLines(["running", "terminated"], [
    stream([at("01.1", "one")], "silence"),
    stream([at("01.1", "one"), at("59.1", "two")], "end"),
  ]);
  assert.deepEqual(lines, ["one", "two"]);
});

Deno.test("what the node says in place of a log is an error with the node's words, after some tries", async () => {
  const bodies = Array.from(
    { length: 20 },
    () => stream(["unable to retrieve container logs for containerd://x"], "end"),
  );
  const error = await failure(logLines(["terminated"], bodies));
  assert.equal(error.code, "KUBE_LOG_LOST");
  assert.match(error.message, /builds\/p \(main\): unable to retrieve container logs/);
});

Deno.test("a container that never starts, as its pod ended first, has no log to wait for", async () => {
  await serving(() => withState("waiting", "Failed"), async ({ kube }) => {
    for await (const line of kube.logs("p", "main", "builds", new AbortController().signal)) assert.fail(line);
  });
});

Deno.test("the log of a pod that is not there is an error; of one that goes later, the end", async () => {
  await serving(() => undefined, async ({ kube }) => {
    const read = async () => await Array.fromAsync(kube.logs("p", "main", "builds", new AbortController().signal));
    assert.equal((await failure(read())).code, "KUBE_NOT_FOUND");
  });
  let looked = 0;
  const going = ({ path }: { path: string }) => {
    if (path.endsWith("/log")) return stream([at("01.1", "one")], "cut");
    return looked++ === 0 ? withState("running") : undefined;
  };
  await serving(going, async ({ kube }) => {
    assert.deepEqual(await Array.fromAsync(kube.logs("p", "main", "builds", new AbortController().signal)), ["one"]);
  });
});
