import assert from "node:assert/strict";
import { isTable, laidOver } from "../../lib/core/tables.ts";

Deno.test("tables are laid over each other, lists and everything else take the place of what is there", () => {
  const below = { node: { tolerations: ["a"], deep: { kept: 1, gone: 1 } }, list: [1, 2], table: { a: 1 } };
  const above = { node: { deep: { gone: 2 } }, list: [3], table: "text", more: { b: 1 } };
  assert.deepEqual(laidOver(below, above), {
    node: { tolerations: ["a"], deep: { kept: 1, gone: 2 } },
    list: [3],
    table: "text",
    more: { b: 1 },
  });
  assert.deepEqual(below.node.deep, { kept: 1, gone: 1 });
});

Deno.test("a key named __proto__ stays a key", () => {
  const above = JSON.parse('{ "__proto__": { "a": 1 } }');
  assert.deepEqual(Object.keys(laidOver({ b: 1 }, above)), ["b", "__proto__"]);
  assert.equal(Object.getPrototypeOf(laidOver({}, above)), Object.prototype);
});

Deno.test("lists, dates and null are no tables", () => {
  for (const value of [[], new Date(0), null, "text", undefined]) assert.equal(isTable(value), false);
  assert.equal(isTable({}), true);
});
