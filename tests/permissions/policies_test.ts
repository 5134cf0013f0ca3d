import assert from "node:assert/strict";
import type { Permission } from "../../lib/core/ports.ts";
import { policyDocuments } from "../../lib/permissions/policies.ts";

const need = (action: string, resources: string[], more: Partial<Permission> = {}): Permission => {
  return { action, resources, ...more };
};

Deno.test("a policy has one statement for all that is allowed on the same resources under the same conditions", () => {
  const when = { StringEquals: { "aws:ResourceTag/a": "b" } };
  const documents = policyDocuments([
    need("s3:PutObject", ["y", "x"]),
    need("s3:GetObject", ["x", "y"]),
    need("ec2:TerminateInstances", ["x", "y"], { when }),
    need("s3:GetObject", ["x", "y"]),
  ]);
  assert.deepEqual(documents, [{
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: ["x", "y"] },
      {
        Effect: "Allow",
        Action: ["ec2:TerminateInstances"],
        Resource: ["x", "y"],
        Condition: when,
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

Deno.test("a statement that is too long for a policy of its own is split by its resources", () => {
  const resources = Array.from({ length: 300 }, (_, index) => `arn:aws:s3:::a-bucket-with-a-long-name-${index}/*`);
  const documents = policyDocuments([need("s3:GetObject", resources)]);
  assert.ok(documents.every((document) => JSON.stringify(document).length <= 6144));
  const named = documents.flatMap(({ Statement }) => Statement).flatMap(({ Resource }) => Resource);
  assert.deepEqual(named.toSorted(), resources.toSorted());
});
