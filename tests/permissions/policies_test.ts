import assert from "node:assert/strict";
import type { Decision } from "../../lib/core/ports.ts";
import { judge, type Need, needLines, policyDocuments, stagesOf } from "../../lib/permissions/policies.ts";
import type { Change } from "../../lib/plan/types.ts";

const need = (action: string, resources: string[], more: Partial<Need> = {}): Need => {
  return { action, resources, stage: "images", ...more };
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

Deno.test("a policy has one statement for all that is allowed on the same resources under the same conditions", () => {
  const when = { "aws:ResourceTag/a": "b" };
  const documents = policyDocuments([
    need("s3:PutObject", ["y", "x"]),
    need("s3:GetObject", ["x", "y"]),
    need("ec2:TerminateInstances", ["x", "y"], { when }),
    need("s3:GetObject", ["x", "y"], { stage: "contexts" }),
  ]);
  assert.deepEqual(documents, [{
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: ["x", "y"] },
      {
        Effect: "Allow",
        Action: ["ec2:TerminateInstances"],
        Resource: ["x", "y"],
        Condition: { StringEquals: when },
      },
    ],
  }]);
});

Deno.test("policies are split before one is longer than IAM allows", () => {
  const many = Array.from({ length: 200 }, (_, index) => need("s3:GetObject", [`arn:aws:s3:::bucket-${index}/*`]));
  const documents = policyDocuments(many);
  assert.ok(documents.length > 1);
  assert.ok(documents.every((document) => JSON.stringify(document).length <= 6144));
  assert.equal(documents.flatMap(({ Statement }) => Statement).length, 200);
});

Deno.test("a plan needs the permissions of what it changes, and none when it changes nothing in AWS", () => {
  const change = (kind: string, action: string) => ({ kind, action }) as Change;
  const still = [change("bootstrap", "none"), change("stacks", "none"), change("build", "reuse")];
  assert.deepEqual(stagesOf(still), []);
  assert.deepEqual(stagesOf([...still, change("object", "create"), change("prune", "delete")]), []);
  assert.deepEqual(stagesOf([change("bootstrap", "create"), change("access", "create"), change("build", "build")]), [
    "bootstrap",
    "access",
    "images",
    "contexts",
  ]);
});
