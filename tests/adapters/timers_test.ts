import assert from "node:assert/strict";
import { runInThisContext } from "node:vm";
import { unref } from "../../lib/adapters/timers.ts";

Deno.test("a timer keeps no process running, be it a number or an object of a script's", () => {
  const own = setTimeout(() => {}, 60_000), script = runInThisContext("setTimeout(() => {}, 60000)");
  for (const timer of [own, script]) unref(timer);
  assert.equal((script as { hasRef(): boolean }).hasRef(), false);
  clearTimeout(own);
  runInThisContext("clearTimeout")(script);
});
