import assert from "node:assert/strict";
import { unlessStuck } from "../../../lib/adapters/aws/watchdog.ts";

Deno.test("work that does nothing for a while ends with one error", async () => {
  const working = new Promise<never>(() => {});
  await assert.rejects(unlessStuck(working, { action: "deploy the stacks", idleMs: () => 1_000_000, tickMs: 1 }), {
    code: "AWS_UNREACHABLE",
    message: /^Cannot deploy the stacks: nothing has happened for \d+ s$/,
  });
});

Deno.test("work that makes requests goes on, and a machine that slept does not end it", async () => {
  let looks = 0;
  // Every second look finds an hour of silence, as after a sleep.
  const idleMs = () => looks++ % 2 ? 3_600_000 : 0;
  const working = new Promise<string>((resolve) => setTimeout(() => resolve("done"), 300));
  assert.equal(await unlessStuck(working, { action: "deploy", idleMs, tickMs: 1 }), "done");
});
