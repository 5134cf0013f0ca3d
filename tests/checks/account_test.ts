import assert from "node:assert/strict";
import { account } from "../../lib/checks/account.ts";
import { EXIT } from "../../lib/core/errors.ts";
import { smallest } from "../infra/config.ts";
import { contextOf, refused, told } from "./context.ts";

Deno.test("credentials of another account than the config's are refused, with both accounts", async () => {
  const error = await refused(told(account, contextOf(smallest({ account: "210987654321" }), {})));
  assert.deepEqual([error.code, error.path, error.exit], ["AWS_ACCOUNT", "account", EXIT.aws]);
  assert.match(
    error.lines[0]!,
    /account 210987654321: the credentials are for account 123456789012 — choose another --pro/,
  );
});

Deno.test("credentials of the config's account, or of any if it names none, are accepted", async () => {
  for (const name of ["123456789012", null]) {
    assert.deepEqual(await told(account, contextOf(smallest({ account: name }), {})), []);
  }
});
