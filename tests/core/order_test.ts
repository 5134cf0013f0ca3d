import assert from "node:assert/strict";
import { compareCodeUnits, sortedEntries } from "../../lib/core/order.ts";

Deno.test("texts are sorted by code unit, as no locale sorts them", () => {
  assert.deepEqual(["b", "a", "Z", "ä", "_", "1"].sort(compareCodeUnits), ["1", "Z", "_", "a", "b", "ä"]);
  assert.equal(compareCodeUnits("a", "a"), 0);
});

Deno.test("the entries of a record are sorted by key, and the record stays as it is", () => {
  const record = { b: 1, a: 2 };
  assert.deepEqual(sortedEntries(record), [["a", 2], ["b", 1]]);
  assert.deepEqual(Object.keys(record), ["b", "a"]);
});
