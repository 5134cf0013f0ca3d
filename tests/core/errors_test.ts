import assert from "node:assert/strict";
import { EXIT, hasCode, isUnituneError, UnituneError } from "../../lib/core/errors.ts";

Deno.test("an error takes its exit code from the catalogue and keeps what else it says", () => {
  const cause = new Error("why");
  const error = new UnituneError("CONFIG_INVALID", "Cannot use it", {
    path: "a.b",
    hint: "write c",
    lines: ["1"],
    cause,
  });
  assert.deepEqual([error.code, error.exit, error.path, error.hint], ["CONFIG_INVALID", EXIT.config, "a.b", "write c"]);
  assert.deepEqual([error.lines, error.cause, error.name], [["1"], cause, "UnituneError"]);
});

Deno.test("an error is recognised by its brand, from whatever bundle it comes", () => {
  assert.ok(isUnituneError({ ...new UnituneError("TIMEOUT", "Gave up") }));
  for (const other of [new Error("x"), null, undefined, "TIMEOUT", { code: "TIMEOUT" }]) {
    assert.equal(isUnituneError(other), false);
  }
});

Deno.test("the code of an error is one of several, and other errors have none", () => {
  const error = new UnituneError("AWS_BUSY", "Cannot call");
  assert.ok(hasCode(error, "AWS_DENIED", "AWS_BUSY"));
  assert.equal(hasCode(error, "AWS_DENIED"), false);
  assert.equal(hasCode(Object.assign(new Error("x"), { code: "AWS_BUSY" }), "AWS_BUSY"), false);
});
