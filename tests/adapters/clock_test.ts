import assert from "node:assert/strict";
import { systemClock } from "../../lib/adapters/clock.ts";

Deno.test("the system's clock sleeps as long as it is told", async () => {
  const begun = systemClock.now();
  await systemClock.sleep(30);
  assert.ok(systemClock.now() - begun >= 29);
});

Deno.test("a sleep ends with its signal and its reason, and leaves no timer", async () => {
  const stop = new AbortController();
  const asleep = systemClock.sleep(60_000, stop.signal);
  stop.abort(new Error("enough"));
  await assert.rejects(asleep, /enough/);
  await assert.rejects(systemClock.sleep(60_000, stop.signal), /enough/);
});
