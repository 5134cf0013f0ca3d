import assert from "node:assert/strict";
import { ebsKeyFindings, type KeyFacts } from "../../lib/plan/ebs_key.ts";

const arn = "arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef";
const role = "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
const root = "arn:aws:iam::123456789012:root";

const allow = (principal: unknown, action: unknown = "kms:*") => ({
  Effect: "Allow",
  Principal: principal,
  Action: action,
  Resource: "*",
});
const policy = (...statements: unknown[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const sound = policy(allow({ AWS: root }), allow({ AWS: role }, ["kms:Decrypt", "kms:CreateGrant"]));

function told(change: Partial<KeyFacts>): string[] {
  const found = ebsKeyFindings({
    arn,
    account: "123456789012",
    partition: "aws",
    key: { state: "Enabled", symmetric: true },
    policy: sound,
    grants: [],
    ...change,
  });
  return found.map(({ severity, path, message }) => `${severity} ${path} ${message}`);
}

Deno.test("an enabled, symmetric key that names the role of Auto Scaling is taken", () => {
  assert.deepEqual(told({}), []);
  assert.deepEqual(told({ policy: policy(allow("*")) }), []);
  assert.deepEqual(told({ policy: policy(allow({ AWS: [root, role] }, "kms:Create*")) }), []);
  const grants = [{ grantee: role, operations: ["Decrypt", "CreateGrant"] }];
  assert.deepEqual(told({ policy: policy(allow({ AWS: root })), grants }), []);
});

Deno.test("a key with which no volume could be had is refused", () => {
  assert.match(told({ key: null }).join(), /^error ebsKey must be a key that exists/);
  const disabled = { state: "PendingDeletion", symmetric: true };
  assert.match(told({ key: disabled }).join(), /^error ebsKey must be enabled.* is PendingDeletion$/);
  assert.match(told({ key: { state: "Enabled", symmetric: false } }).join(), /^error ebsKey must be symmetric/);
});

Deno.test("the account's root in the policy is not enough for the role of Auto Scaling, and the hint is a command", () => {
  for (
    const grants of [[], [{ grantee: role, operations: ["Decrypt"] }], [{ grantee: root, operations: ["CreateGrant"] }]]
  ) {
    const found = told({ policy: policy(allow({ AWS: root })), grants });
    assert.match(found.join(), /^error ebsKey must be usable by AWSServiceRoleForAutoScaling/);
  }
  const denied = policy(allow({ AWS: root }), { ...allow({ AWS: role }), Effect: "Deny" });
  assert.match(told({ policy: denied }).join(), /AWSServiceRoleForAutoScaling/);
  assert.match(told({ policy: policy(allow({ AWS: root }), allow({ AWS: role }, "kms:Decrypt")) }).join(), /^error/);
  const [finding] = ebsKeyFindings({
    arn,
    account: "123456789012",
    partition: "aws",
    key: undefined,
    policy: policy(allow({ AWS: root })),
    grants: [],
  });
  assert.match(
    finding!.hint,
    new RegExp(`^aws kms create-grant --key-id ${arn} --grantee-principal ${role} --operations`),
  );
});

Deno.test("a policy that leaves nothing to IAM is told, as Karpenter's right to the key is a policy of its role", () => {
  const found = told({ policy: policy(allow({ AWS: role })) });
  assert.match(found.join(), /^warning ebsKey may not be usable by Karpenter/);
  assert.deepEqual(told({ policy: policy(allow({ AWS: role }), allow({ AWS: "123456789012" })) }), []);
});

Deno.test("nothing is concluded from what could not be read, and no policy makes it throw", () => {
  assert.deepEqual(told({ key: undefined, policy: null, grants: null }), []);
  assert.deepEqual(told({ grants: null }), []);
  for (const text of ["", "null", "[]", '{"Statement":{"Effect":"Allow","Principal":null}}']) {
    assert.equal(told({ policy: text }).length, 2, text);
  }
});
