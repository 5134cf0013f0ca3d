import assert from "node:assert/strict";
import { nearest } from "../../lib/core/spelling.ts";

Deno.test("the nearest word is one of few edits, in any case, and never the word itself", () => {
  assert.equal(nearest("buidler", ["builder", "base"]), "builder");
  assert.equal(nearest("RUNN", ["RUN", "ARG"]), "RUN");
  assert.equal(nearest("base", ["base", "tools"]), undefined);
  assert.equal(nearest("x", ["builder"]), undefined);
});
