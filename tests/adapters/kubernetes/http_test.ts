/** What the Kubernetes adapter makes of an API server's and a network's moods. */
import assert from "node:assert/strict";
import { UnituneError } from "../../../lib/core/errors.ts";
import { kubernetes } from "../../../lib/adapters/kubernetes/mod.ts";
import { fakeClock } from "../../fakes/clock.ts";
import { makeCertificates } from "./certificates.ts";
import { failure, pod, podRef } from "./samples.ts";
import { json, serving, status, stream } from "./server.ts";

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

Deno.test("a server whose certificate another authority signed gets neither a request nor the token", async () => {
  const { authority, otherAuthority, server } = await makeCertificates();
  const tokens: (string | null)[] = [];
  const serving = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {}, ...server }, ({ headers }) => {
    tokens.push(headers.get("authorization"));
    return json({ gitVersion: "v1.35.0" }, 200, { date: new Date(0).toUTCString() });
  });
  const endpoint = `https://127.0.0.1:${serving.addr.port}`, clock = fakeClock();
  const open = (ca: string) =>
    kubernetes({ endpoint, caData: btoa(ca), token: () => Promise.resolve("token-1"), clock });
  const other = open(otherAuthority), own = open(authority);
  const error = await failure(other.version());
  assert.equal(error.code, "KUBE_UNREACHABLE");
  assert.match(error.message, /certificate/i);
  assert.deepEqual(tokens, []);
  assert.equal(await own.version(), "v1.35.0");
  assert.deepEqual(tokens, ["Bearer token-1"]);
  for (const each of [other, own]) each.close();
  await serving.shutdown();
});
