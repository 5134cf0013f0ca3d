import assert from "node:assert/strict";
import { ServerClock } from "../../../lib/adapters/aws/server_clock.ts";

Deno.test("a clock that is minutes off is told once, with its direction; the difference is kept", () => {
  const told: string[] = [], clock = new ServerClock((message) => void told.push(message));
  const server = "Thu, 26 Nov 2026 12:00:00 GMT", now = Date.parse(server);
  clock.see(undefined, now);
  clock.see(server, now - 2000);
  assert.deepEqual([clock.aheadMs, told.length], [2000, 0]);
  clock.see(server, now - 12 * 60_000);
  clock.see(server, now + 12 * 60_000);
  assert.equal(clock.aheadMs, -12 * 60_000);
  assert.deepEqual(told, ["this machine's clock is 12 min behind AWS's: set it, as signatures depend on it"]);
});
