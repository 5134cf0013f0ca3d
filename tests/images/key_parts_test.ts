import assert from "node:assert/strict";
import { keyParts } from "../../lib/images/key.ts";
import { changedParts, partsText } from "../../lib/images/key_parts.ts";
import { facts, image } from "./specs.ts";

const NEEDS = [{ alias: "base", image: "base", key: "1" }];
const before = keyParts(image("a"), facts, NEEDS, "v0.34.2");

Deno.test("what changed since an image was built is told from its annotation", () => {
  const since = (now: ReturnType<typeof keyParts>) => changedParts(partsText(before), now);
  assert.deepEqual(since(before), []);
  assert.deepEqual(since(keyParts(image("a", { args: { A: "1" } }), { ...facts, digest: "0" }, NEEDS, "v0.34.2")), [
    "context",
    "build arguments",
  ]);
  assert.deepEqual(since(keyParts(image("a"), { ...facts, dockerfileDigest: "0" }, [], "v0.35.0")), [
    "Dockerfile",
    "BuildKit",
    "image base",
  ]);
  const named = image("a", { contexts: { src: { folder: "/project/lib" } } });
  const folders = { src: { digest: "1", bytes: 1 } };
  assert.deepEqual(since(keyParts(named, { ...facts, folders }, NEEDS, "v0.34.2")), ["named contexts"]);
});

Deno.test("an image of an earlier version of unitune, or of anybody else, tells nothing", () => {
  for (const annotation of [undefined, "", "anything", "context:0a1b2c3d;x"]) {
    assert.equal(changedParts(annotation, before), null, annotation);
  }
});

Deno.test("the annotation holds no character that ends BuildKit's flag, and no value of an argument", () => {
  const text = partsText(keyParts(image("a", { args: { TOKEN: "never-shown,here" } }), facts, NEEDS, "v0.34.2"));
  assert.match(text, /^[a-z/]+:[0-9a-f]{8}(;[a-z/-]+:[0-9a-f]{8})+$/);
});
