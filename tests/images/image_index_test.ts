import assert from "node:assert/strict";
import { imageIndex } from "../../lib/images/image_index.ts";

const OCI = "application/vnd.oci.image.manifest.v1+json", INDEX = "application/vnd.oci.image.index.v1+json";

Deno.test("an index is the same bytes whatever order its platforms came in", () => {
  const parts = (["linux/arm64", "linux/amd64"] as const).map((platform) => {
    return { platform, digest: `sha256:${platform}`, manifest: { mediaType: OCI, body: `{"of":"${platform}ü"}` } };
  });
  const spec = { key: "key", parts: { context: "0a1b2c3d", args: "4e5f6a7b" } };
  const index = imageIndex(parts, spec), { manifests, annotations } = JSON.parse(index.body);
  assert.deepEqual(imageIndex(parts.toReversed(), spec), index);
  assert.notEqual(imageIndex(parts, { ...spec, key: "other" }).digest, index.digest);
  assert.deepEqual(annotations, { "dev.unitune.key": "key", "dev.unitune.parts": "context:0a1b2c3d;args:4e5f6a7b" });
  assert.deepEqual(manifests[0], {
    mediaType: OCI,
    digest: "sha256:linux/amd64",
    size: 22, // bytes, not characters
    platform: { architecture: "amd64", os: "linux" },
  });
});

Deno.test("a platform with attestations brings what its own index holds", () => {
  const inner = [{ digest: "sha256:image", platform: { architecture: "amd64", os: "linux" } }, {
    digest: "sha256:att",
  }];
  const manifest = { mediaType: INDEX, body: JSON.stringify({ manifests: inner }) };
  const { body } = imageIndex([{ platform: "linux/amd64", digest: "sha256:x", manifest }], { key: "key", parts: {} });
  assert.deepEqual(JSON.parse(body).manifests, inner);
});
