import assert from "node:assert/strict";
import { isUnituneError } from "../../lib/core/errors.ts";
import { Session } from "../../lib/actions/session.ts";
import type { Ports } from "../../lib/core/ports.ts";
import { smallest } from "../infra/config.ts";

/** A session of a caller in this account; whoever asks for more than the caller's identity fails. */
function sessionFor(account: string | null): { readonly session: Session; readonly asked: () => number } {
  let asked = 0;
  const caller = () => {
    asked++;
    return Promise.resolve({ account: "123456789012", arn: "arn:x", principalArn: "arn:aws:iam::123456789012:role/x" });
  };
  const ports = { identity: { caller } } as unknown as Ports;
  return { session: new Session(smallest({ account }), ports), asked: () => asked };
}

Deno.test("credentials of another account than the config's are refused, with both accounts", async () => {
  const { session } = sessionFor("210987654321");
  const error = await session.identity().catch((error) => error);
  assert.ok(isUnituneError(error));
  assert.equal(error.code, "AWS_ACCOUNT");
  assert.equal(error.exit, 4);
  assert.equal(error.path, "account");
  assert.match(error.message, /210987654321.*123456789012/);
});

Deno.test("credentials of the config's account, or of any when it names none, are taken and asked for once", async () => {
  for (const account of ["123456789012", null]) {
    const { session, asked } = sessionFor(account);
    assert.equal((await session.identity()).account, "123456789012");
    await session.identity();
    assert.equal(asked(), 1);
  }
});
