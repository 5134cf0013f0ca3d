import assert from "node:assert/strict";
import type { Decision } from "../../lib/core/ports.ts";
import { judge, type Need, needLines } from "../../lib/permissions/verdict.ts";

const need = (action: string, resources: string[], more: Partial<Need> = {}): Need => {
  return { action, resources, part: "images", ...more };
};

Deno.test("a need is missing when one of its resources is denied, and names only those", () => {
  const decisions: Decision[] = [
    { action: "ecr:PutImage", resource: "a", decision: "allowed" },
    { action: "ecr:PutImage", resource: "b", decision: "denied" },
    { action: "s3:PutObject", resource: "c", decision: "allowed" },
  ];
  const verdict = judge([need("ecr:PutImage", ["a", "b"]), need("s3:PutObject", ["c"])], decisions);
  assert.deepEqual(verdict, { missing: [need("ecr:PutImage", ["b"])], weaker: [], unsure: [] });
  assert.deepEqual(needLines(verdict.missing), ["ecr:PutImage on b (images)"]);
});

Deno.test("what is optional makes the work weaker, and what IAM did not decide is no denial", () => {
  const role = need("iam:GetRole", ["r"], { optional: "its path is guessed" });
  const verdict = judge([role, need("ecr:PutImage", ["a"]), need("s3:PutObject", ["c"])], [
    { action: "iam:GetRole", resource: "r", decision: "denied" },
    { action: "ecr:PutImage", resource: "a", decision: "unsure" },
  ]);
  assert.deepEqual(verdict.missing, []);
  assert.deepEqual(verdict.weaker, [role]);
  assert.deepEqual(verdict.unsure.map(({ action }) => action), ["ecr:PutImage", "s3:PutObject"]);
});
