import assert from "node:assert/strict";
import { ownersOf, selects } from "../../lib/core/selectors.ts";

Deno.test("no selector selects nothing, an empty one everything", () => {
  assert.equal(selects(undefined, { app: "a" }), false);
  assert.equal(selects({}, {}), true);
});

Deno.test("labels and expressions must all hold", () => {
  const selector = (operator: string, values?: string[]) => {
    return { matchLabels: { app: "a" }, matchExpressions: [{ key: "tier", operator, ...values && { values } }] };
  };
  const cases: [string, string[] | undefined, string | undefined, boolean][] = [
    ["In", ["web", "api"], "api", true],
    ["In", ["web"], undefined, false],
    ["NotIn", ["web"], "api", true],
    ["NotIn", ["web"], undefined, true],
    ["NotIn", ["web"], "web", false],
    ["Exists", undefined, "web", true],
    ["Exists", undefined, undefined, false],
    ["DoesNotExist", undefined, undefined, true],
    ["DoesNotExist", undefined, "web", false],
  ];
  for (const [operator, values, tier, expected] of cases) {
    const labels = { app: "a", ...tier !== undefined && { tier } };
    assert.equal(selects(selector(operator, values), labels), expected, `${operator} ${values} ${tier}`);
    assert.equal(selects(selector(operator, values), { ...labels, app: "b" }), false);
  }
});

Deno.test("owners are told by their kind", () => {
  const owner = { apiVersion: "apps/v1", kind: "DaemonSet", name: "a", uid: "u" };
  assert.deepEqual(ownersOf({ metadata: { name: "a", ownerReferences: [owner] } }), ["DaemonSet"]);
  assert.deepEqual(ownersOf({ metadata: { name: "a" } }), []);
});
