import assert from "node:assert/strict";
import { executionPolicies } from "../../lib/permissions/execution.ts";
import { smallest } from "../infra/config.ts";

const account = "123456789012";

Deno.test("the policies of the shared role are the same for every cluster of the region", () => {
  const of = (name: string) => executionPolicies(smallest({ name, account }));
  assert.deepEqual(of("a"), of("prod"));
  assert.ok(!JSON.stringify(of("prod")).includes("prod"));
});

Deno.test("a policy that says something else has another name; IAM accepts each, and a role all of them", () => {
  const plain = executionPolicies(smallest({ account }));
  const permissionsBoundary = `arn:aws:iam::${account}:policy/limits`;
  const others = [
    executionPolicies(smallest({ account: "210987654321" })),
    executionPolicies(smallest({ account, region: "eu-west-1" })),
    executionPolicies(smallest({ account, iam: { rolePath: "/", permissionsBoundary } })),
  ];
  const names = [plain, ...others].map((policies) => policies[0]!.name);
  assert.equal(new Set(names).size, names.length);
  for (const { name, document } of plain) {
    assert.match(name, /^unitune-cloudformation-us-west-2-[0-9a-f]{8}-[1-9]$/);
    assert.ok(name.length <= 128 && document.length <= 6144);
  }
  assert.ok(plain.length <= 10);
});
