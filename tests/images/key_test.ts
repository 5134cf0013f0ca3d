import assert from "node:assert/strict";
import { buildKey, buildkitVersion, buildSpecs } from "../../lib/images/key.ts";
import { PINS } from "../../lib/core/pins.ts";
import type { Builder, Image } from "../../lib/plan/types.ts";
import { config, facts, image } from "./specs.ts";

const VERSION = "v0.34.2";

Deno.test("a key changes with everything that can change the image", () => {
  const changes: Partial<Image>[] = [
    {},
    { dockerfile: "Dev" },
    { target: "dev" },
    { args: { A: "1" } },
    { args: { A: "2" } },
    { labels: { A: "1" } },
    { platforms: ["linux/amd64", "linux/arm64"] },
    { repository: "other" },
    { secrets: { hf: { env: "HF_TOKEN" } } },
    { secrets: { netrc: { env: "HF_TOKEN" } } },
    { provenance: "min" },
    { provenance: "max" },
    { sbom: true },
    { compression: "zstd" },
    { reproducible: true },
    { contexts: { src: { image: "alpine:3.22" } } },
    { contexts: { src: { image: "alpine:3.23" } } },
    { contexts: { other: { image: "alpine:3.22" } } },
  ];
  const keys = changes.map((change) => buildKey(image("a", change), facts, [], VERSION));
  keys.push(
    buildKey(image("a"), { ...facts, digest: "0" }, [], VERSION),
    buildKey(image("a"), { ...facts, dockerfileDigest: "0" }, [], VERSION),
    buildKey(image("a"), facts, [], "v0.35.0"),
    buildKey(image("a"), facts, [{ alias: "base", image: "b", key: "1" }], VERSION),
    buildKey(image("a"), facts, [{ alias: "base", image: "b", key: "2" }], VERSION),
    buildKey(image("a"), facts, [{ alias: "other", image: "b", key: "2" }], VERSION),
  );
  for (const digest of ["0", "1"]) {
    const folders = { src: { digest, bytes: 1 } }, contexts = { src: { folder: "/project/lib" } };
    keys.push(buildKey(image("a", { contexts }), { ...facts, folders }, [], VERSION));
  }
  assert.equal(new Set(keys).size, keys.length);
  for (const key of keys) assert.match(key, /^[0-9a-f]{64}$/);
});

Deno.test("a key does not change with what cannot change the image: order, tags, resources, time limits, places", () => {
  const secrets = { a: { env: "A" }, b: { env: "B" } };
  const own = buildKey(image("a", { args: { A: "1", B: "2" }, secrets }), facts, [], VERSION);
  const other = image("a", {
    args: { B: "2", A: "1" },
    tags: [{ name: "v1", moves: false }],
    resources: { cpu: "9", memory: "1Gi", disk: "9Gi" },
    timeoutSeconds: 1,
    pool: "other",
    secrets: { b: { file: "elsewhere" }, a: { env: "OTHER" } },
    context: "/elsewhere",
  });
  assert.equal(buildKey(other, { ...facts, bytes: 99 }, [], VERSION), own);
});

Deno.test("a change in a base image reaches the key of every image above it, and of no other", () => {
  const images = [
    image("base"),
    image("alone"),
    image("middle", { needs: { base: "base" } }),
    image("top", { needs: { middle: "middle" } }),
  ];
  const contexts = Object.fromEntries(images.map(({ name }) => [name, facts]));
  const before = buildSpecs(config(images), contexts);
  const after = buildSpecs(config(images), { ...contexts, base: { ...facts, digest: "0" } });
  const changed = before.filter(({ key }, index) => key !== after[index]!.key).map(({ image }) => image.name);
  assert.deepEqual(changed, ["base", "middle", "top"]);
  assert.deepEqual(after[3]!.needs, [{ alias: "middle", image: "middle", key: after[2]!.key }]);
});

Deno.test("how BuildKit is isolated, and a mirror, change no key; another version does", () => {
  const keyOf = (changes: Partial<Builder>) => buildSpecs(config([image("a")], changes), { a: facts })[0]!.key;
  const own = keyOf({});
  assert.equal(keyOf({ isolation: "privileged" }), own);
  assert.equal(keyOf({ isolation: "rootless", image: PINS.buildkit.rootless }), own);
  assert.notEqual(keyOf({ image: "docker.io/moby/buildkit:v0.35.0" }), own);
  assert.equal(buildkitVersion("docker.io/moby/buildkit:v0.34.2-rootless"), "v0.34.2");
  assert.equal(buildkitVersion("localhost:5000/buildkit:v0.34.2@sha256:0abc"), "v0.34.2");
  assert.equal(buildkitVersion("mirror:5000/buildkit@sha256:0abc"), "mirror:5000/buildkit@sha256:0abc");
});
