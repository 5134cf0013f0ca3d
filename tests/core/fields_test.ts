import assert from "node:assert/strict";
import * as fc from "fast-check";
import { differences, fieldChanges } from "../../lib/core/fields.ts";

const told = (before: unknown, after: unknown) =>
  fieldChanges(before, after, "spec").map(({ path, before, after }) => `${path}: ${before} → ${after}`);

Deno.test("each field that differs is told by its path, and what is the same is not", () => {
  assert.deepEqual(told({ a: 1, b: { c: "x", d: true } }, { a: 2, b: { c: "x", d: false } }), [
    "spec.a: 1 → 2",
    "spec.b.d: true → false",
  ]);
  assert.deepEqual(told({ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }), [], "in whatever order its keys are");
});

Deno.test("a field that comes or goes is not set on one side", () => {
  assert.deepEqual(fieldChanges({ a: "" }, { b: { c: 1 } }, "spec"), [
    { path: "spec.a", before: `""`, after: null },
    { path: "spec.b", before: null, after: `{"c":1}` },
  ]);
});

Deno.test("items of a list are found by what identifies them, or by their place; a list of texts is one value", () => {
  const item = (key: string, ...values: string[]) => ({ key, operator: "In", values });
  assert.deepEqual(told([item("arch", "amd64"), item("zone", "a", "b")], [item("zone", "a"), item("arch", "amd64")]), [
    "spec[zone].values: [a, b] → [a]",
  ]);
  assert.deepEqual(told([item("arch", "amd64")], []), [
    `spec[arch]: {"key":"arch","operator":"In","values":["amd64"]} → null`,
  ]);
  assert.deepEqual(told([{ alias: "al2023@v1" }], [{ alias: "al2023@v2" }]), ["spec[0].alias: al2023@v1 → al2023@v2"]);
});

Deno.test("a key with dots or slashes stands in brackets", () => {
  assert.deepEqual(told({ "karpenter.sh/arch": "a" }, { "karpenter.sh/arch": "b" }), [
    "spec[karpenter.sh/arch]: a → b",
  ]);
});

Deno.test("a value has no difference to itself, and has one to any other", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
    assert.deepEqual(differences(one, structuredClone(one)), []);
    const same = JSON.stringify(one) === JSON.stringify(other);
    if (!same && typeof one !== "object") assert.notDeepEqual(differences(one, other), []);
  }));
});
