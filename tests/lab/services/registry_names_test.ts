import assert from "node:assert/strict";
import { ecrActions, outward, passwordOf, registryOf, storeUrl, targetOf } from "./registry_names.ts";

const store = "http://127.0.0.1:15000";
const host = "123456789012.dkr.ecr.us-west-2.amazonaws.com";

Deno.test("a host name tells ECR from public registries, and Docker Hub's names are one", () => {
  assert.deepEqual(registryOf(host, []), { kind: "ecr", prefix: host, account: "123456789012", region: "us-west-2" });
  assert.equal(registryOf("1.dkr.ecr.us-gov-west-1.amazonaws.com", []), undefined);
  const gov = registryOf("123456789012.dkr.ecr.us-gov-west-1.amazonaws.com:443", []);
  assert.equal(gov?.kind === "ecr" && gov.region, "us-gov-west-1");
  assert.equal(registryOf("registry-1.docker.io", [])?.prefix, "docker.io");
  assert.equal(registryOf("ghcr.io", ["public.ecr.aws"]), undefined);
});

Deno.test("a path is read from its end, as repositories may be named like parts of the protocol", () => {
  assert.deepEqual(targetOf("/v2/acme/blobs/x/manifests/v1"), {
    repository: "acme/blobs/x",
    resource: "manifests",
    reference: "v1",
  });
  assert.deepEqual(targetOf("/v2/a/blobs/uploads/"), { repository: "a", resource: "uploads", reference: "" });
  assert.deepEqual(targetOf("/v2/a/blobs/uploads/id"), { repository: "a", resource: "uploads", reference: "id" });
  assert.equal(targetOf("/v2/_catalog"), undefined);
});

Deno.test("the store is asked without containerd's namespace and without a mount", () => {
  const url = new URL(`https://${host}/v2/a/blobs/uploads/?mount=sha256:1&from=b&ns=x&digest=sha256:2`);
  assert.equal(storeUrl(store, host, url), `${store}/v2/${host}/a/blobs/uploads/?digest=sha256%3A2`);
});

Deno.test("the store's own address never reaches a client", () => {
  const location = `${store}/v2/${host}/a/blobs/uploads/id?_state=x`;
  assert.equal(outward(location, store, host, `https://${host}`), `https://${host}/v2/a/blobs/uploads/id?_state=x`);
});

Deno.test("each request needs an action of ECR, and deleting has none", () => {
  const manifest = { repository: "a", resource: "manifests", reference: "v1" } as const;
  assert.deepEqual(ecrActions("HEAD", manifest), ["ecr:BatchGetImage"]);
  assert.deepEqual(ecrActions("PUT", manifest), ["ecr:PutImage"]);
  assert.equal(ecrActions("DELETE", manifest), undefined);
  assert.deepEqual(ecrActions("POST", { ...manifest, resource: "uploads" }), ["ecr:InitiateLayerUpload"]);
});

Deno.test("only the user AWS has a password", () => {
  assert.equal(passwordOf(`Basic ${btoa("AWS:a:b")}`), "a:b");
  assert.equal(passwordOf(`Basic ${btoa("me:a")}`), undefined);
  assert.equal(passwordOf("Basic !"), undefined);
  assert.equal(passwordOf(null), undefined);
});
