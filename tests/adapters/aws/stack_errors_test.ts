import assert from "node:assert/strict";
import { stackFailure } from "../../../lib/adapters/aws/stack_errors.ts";
import { EXIT, UnituneError } from "../../../lib/core/errors.ts";
import { stackState } from "../../../lib/core/stack_states.ts";

Deno.test("a failure names the first resource, its reason, and the others", () => {
  const failures = ["Vpc", "Nat"].map((logicalId) => {
    return { stack: "acme-vpc", logicalId, resourceType: "AWS::EC2::VPC", reason: "limit" };
  });
  const error = stackFailure({ action: "deploy", error: new Error("x"), failures, status: "ROLLBACK_COMPLETE" });
  assert.equal(error.message, "Cannot deploy as AWS::EC2::VPC Vpc failed: limit");
  assert.deepEqual(error.lines, [
    "stack acme-vpc is ROLLBACK_COMPLETE",
    "the config's part: network",
    "AWS::EC2::VPC Nat: limit",
  ]);
  assert.deepEqual([error.code, error.path, error.exit], ["STACK_FAILED", "acme-vpc/Vpc", EXIT.aws]);
  assert.equal(error.hint, stackState("ROLLBACK_COMPLETE").hint);
});

Deno.test("failures before CloudFormation are told apart by their cause", () => {
  const cases = [
    [Object.assign(new Error("The security token is expired"), { name: "ExpiredToken" }), "AWS_CREDENTIALS"],
    [new Error("outer", { cause: Object.assign(new Error("no"), { name: "AccessDenied" }) }), "AWS_DENIED"],
    [new Error("error sending request for url (https://x)"), "AWS_UNREACHABLE"],
    [new Error("something else."), "STACK_FAILED"],
    [
      new Error("It failed (fix problem and retry, or orphan these resources using --orphan or --force)"),
      "STACK_FAILED",
    ],
  ] as const;
  for (const [error, code] of cases) {
    const failure = stackFailure({ action: "deploy", error });
    assert.deepEqual([failure.code, failure.exit], [code, EXIT.aws]);
    assert.doesNotMatch(failure.message, /\.$|--/);
  }
  const ours = new UnituneError("AWS_MFA", "kept");
  assert.equal(stackFailure({ action: "deploy", error: ours }), ours);
  const aborted = stackFailure({ action: "deploy", error: new Error("x"), signal: AbortSignal.abort() });
  assert.deepEqual([aborted.code, aborted.exit], ["INTERRUPTED", EXIT.interrupted]);
});
