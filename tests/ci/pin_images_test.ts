/** Digests are asked of a registry as anybody asks it, and hashed here. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { askAll, digestOf, fileOf, toPin } from "../../.ci/pin_images.ts";
import { DIGESTS } from "../../lib/core/facts/digests.ts";

const INDEX = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [] };
const MANIFEST = { schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json" };
const hash = (value: unknown) => `sha256:${createHash("sha256").update(JSON.stringify(value)).digest("hex")}`;

/** A registry with a token service, as Docker Hub and ECR Public have it. */
function registry(content: Readonly<Record<string, unknown>>, headers: Record<string, string> = {}) {
  const asked: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const url = new URL(request.url), origin = url.origin;
    asked.push(`${url.pathname}${url.search}`);
    if (url.pathname === "/token") return Response.json({ token: "anybody" });
    if (request.headers.get("authorization") !== "Bearer anybody") {
      const challenge = `Bearer realm="${origin}/token",service="registry",scope="repository:a/b:pull"`;
      return new Response("{}", { status: 401, headers: { "www-authenticate": challenge } });
    }
    const found = content[url.pathname];
    if (!found) return new Response("MANIFEST_UNKNOWN", { status: 404 });
    return new Response(JSON.stringify(found), { headers: { "docker-content-digest": hash(found), ...headers } });
  });
  const at = () => `http://127.0.0.1:${server.addr.port}/v2`;
  return { asked, at, [Symbol.asyncDispose]: () => server.shutdown() };
}

Deno.test("a public registry gives the digest of all platforms to whoever fetches its token", async () => {
  await using hub = registry({ "/v2/a/b/manifests/1.0": INDEX });
  assert.equal(await digestOf("docker.io/a/b:1.0", hub.at), hash(INDEX));
  assert.deepEqual(hub.asked, [
    "/v2/a/b/manifests/1.0",
    "/token?service=registry&scope=repository%3Aa%2Fb%3Apull",
    "/v2/a/b/manifests/1.0",
  ]);
});

Deno.test("a chart has one manifest, an image of one platform is refused, and so is a digest that the bytes do not have", async () => {
  const chart = { ...MANIFEST, config: { mediaType: "application/vnd.cncf.helm.config.v1+json" } };
  const one = { ...MANIFEST, config: { mediaType: "application/vnd.oci.image.config.v1+json" } };
  await using hub = registry({ "/v2/a/chart/manifests/1": chart, "/v2/a/one/manifests/1": one });
  assert.equal(await digestOf("docker.io/a/chart:1", hub.at), hash(chart));
  await assert.rejects(digestOf("docker.io/a/one:1", hub.at), /is an image for one platform/);
  await using liar = registry({ "/v2/a/b/manifests/1": INDEX }, { "docker-content-digest": hash("other") });
  await assert.rejects(digestOf("docker.io/a/b:1", liar.at), /but declared sha256:/);
});

Deno.test("what cannot be had is named, beside what can", async () => {
  await using hub = registry({ "/v2/a/b/manifests/1.0": INDEX });
  const { digests, failures } = await askAll(["docker.io/a/b:1.0", "docker.io/a/c:1.0"], hub.at);
  assert.deepEqual(digests, { "docker.io/a/b:1.0": hash(INDEX) });
  assert.equal(failures.length, 1);
  assert.match(failures[0]!, /^docker\.io\/a\/c:1\.0: .* answered 404: MANIFEST_UNKNOWN/);
});

Deno.test("all that is pinned now is asked for, and what is written is a module with the digests", async () => {
  const references = toPin();
  assert.deepEqual(Object.keys(DIGESTS).filter((reference) => !references.includes(reference)), []);
  assert.ok(references.includes("public.ecr.aws/karpenter/karpenter:1.14.3"));
  assert.ok(references.every((reference) => !reference.includes(".dkr.ecr.")));
  const text = fileOf({ "docker.io/a/b:1.0": hash(INDEX) }, "2026-11-25");
  const module = await import(`data:application/typescript,${encodeURIComponent(text)}`);
  assert.deepEqual(module.DIGESTS, { "docker.io/a/b:1.0": hash(INDEX) });
});
