/** How long parts of a run take. */
import assert from "node:assert/strict";
import type { EventBody } from "../../lib/core/events.ts";
import { measured } from "../../lib/core/measure.ts";

Deno.test("what is measured is told when it has ended: done, failed without a throw, or thrown", async () => {
  const events: EventBody[] = [], about = { id: "build:a", what: "job", name: "a-amd64-1" } as const;
  let now = 0;
  const measuring = { emit: (event: EventBody) => void events.push(event), now: () => now += 1500 };
  assert.equal(await measured(about, measuring, () => Promise.resolve(7)), 7);
  assert.equal(await measured(about, { ...measuring, hasFailed: (n) => n === 8 }, () => Promise.resolve(8)), 8);
  await assert.rejects(measured(about, measuring, () => Promise.reject(new Error("no"))), /no/);
  const told = { type: "measure", ...about, seconds: 1.5 };
  assert.deepEqual(events, [{ ...told, failed: false }, { ...told, failed: true }, { ...told, failed: true }]);
});
