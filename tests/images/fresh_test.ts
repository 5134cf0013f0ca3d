import assert from "node:assert/strict";
import { freshText, isAsFresh } from "../../lib/images/fresh.ts";

Deno.test("a build is as fresh as is wanted if it leaves out no less", () => {
  const all = [{}, { noCache: true }, { pull: true }, { noCache: true, pull: true }];
  assert.deepEqual(all.map(freshText), ["", "no-cache", "pull", "no-cache,pull"]);
  const pairs = all.map((wanted) => all.map((own) => isAsFresh(freshText(own), wanted)));
  assert.deepEqual(pairs, [
    [true, true, true, true],
    [false, true, false, true],
    [false, false, true, true],
    [false, false, false, true],
  ]);
});
