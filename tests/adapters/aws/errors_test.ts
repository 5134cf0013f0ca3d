/** What AWS's errors mean, whichever client, toolkit or runtime they come through. */
import assert from "node:assert/strict";
import { calling, callingOrNull, isAwsError, sortOf } from "../../../lib/adapters/aws/errors.ts";
import { EXIT, isUnituneError } from "../../../lib/core/errors.ts";

const named = (name: string, message = "no", cause?: unknown) => Object.assign(new Error(message, { cause }), { name });

Deno.test("errors are sorted by their codes, and by those of what caused them", () => {
  const cases: readonly [unknown, string | undefined][] = [
    [named("CredentialsProviderError"), "AWS_CREDENTIALS"],
    [named("ExpiredTokenException"), "AWS_CREDENTIALS"],
    [named("AccessDeniedException"), "AWS_DENIED"],
    [named("UnauthorizedOperation"), "AWS_DENIED"],
    [named("403"), "AWS_DENIED"],
    [named("ThrottlingException"), "AWS_BUSY"],
    [named("TimeoutError"), "AWS_UNREACHABLE"],
    [named("NoAnswer"), "AWS_UNREACHABLE"],
    [named("WebPage"), "AWS_UNREACHABLE"],
    [named("ToolkitError", "outer", named("Deploy", "inner", named("AccessDenied"))), "AWS_DENIED"],
    [{ name: "S3ServiceException", Code: "SlowDown", message: "Please reduce your request rate" }, "AWS_BUSY"],
    [named("ValidationError"), undefined],
    ["text", undefined],
    [undefined, undefined],
  ];
  for (const [error, code] of cases) assert.equal(sortOf(error)?.code, code, JSON.stringify(error));
});

Deno.test("errors whose names say nothing are sorted by their messages, after names", () => {
  const cases: readonly [string, string | undefined][] = [
    ["Unable to resolve AWS account to use", "AWS_CREDENTIALS"],
    ["The request failed: ExpiredToken", "AWS_CREDENTIALS"],
    ["User: x is not authorized to perform: s3:GetObject", "AWS_DENIED"],
    ["error sending request for url (https://x)", "AWS_UNREACHABLE"],
    ["connect ECONNREFUSED 127.0.0.1:1", "AWS_UNREACHABLE"],
    ["Resource limit: Throttled", undefined],
  ];
  for (const [message, code] of cases) assert.equal(sortOf(new Error(message))?.code, code, message);
  const both = named("AccessDenied", "dns error: ExpiredToken");
  assert.equal(sortOf(both)?.code, "AWS_DENIED");
});

Deno.test("a refusal asks for the action that AWS names, else for that of the call", async () => {
  const error = await calling("ecr:DescribeImages", "acme/app:v1", () => {
    throw named("AccessDeniedException", "User: x is not authorized to perform: ecr:ListImages on resource: y");
  }).catch((error) => error);
  assert.ok(isUnituneError(error));
  assert.deepEqual([error.code, error.exit, error.path], ["AWS_DENIED", EXIT.aws, "acme/app:v1"]);
  assert.equal(error.hint, "Get permission for ecr:ListImages, or use another --profile");
  assert.match(error.message, /^Cannot call ecr:DescribeImages for acme\/app:v1: AccessDeniedException: User: x/);
  assert.equal(
    sortOf(named("Forbidden"))?.hint("s3:GetObject"),
    "Get permission for s3:GetObject, or use another --profile",
  );
});

Deno.test("an error of unitune's passes as it is, and one that nothing explains is AWS_CALL", async () => {
  const plain = await calling("kms:DescribeKey", "key", () => Promise.reject(named("KMSInvalidState"))).catch((e) => e);
  assert.deepEqual([plain.code, plain.hint], ["AWS_CALL", undefined]);
  assert.equal(await calling("kms:ListGrants", "key", () => Promise.reject(plain)).catch((e) => e), plain);
});

Deno.test("a code is the same with and without Exception; absence is null, and nothing else is", async () => {
  assert.ok(isAwsError(named("NoSuchEntityException"), "NoSuchEntity"));
  assert.ok(isAwsError(named("NotFound"), "NoSuchKey", "NotFoundException"));
  assert.equal(isAwsError(named("NoSuchEntityOther"), "NoSuchEntity"), false);
  const ask = (name: string) => callingOrNull("s3:GetObject", "a/b", ["NotFound"], () => Promise.reject(named(name)));
  assert.equal(await ask("NotFound"), null);
  await assert.rejects(ask("SlowDown"), { code: "AWS_BUSY" });
});
