import assert from "node:assert/strict";
import { Progress } from "../../../lib/adapters/context/progress.ts";
import type { EventBody, TransferEvent } from "../../../lib/core/events.ts";

Deno.test("progress is told once a second at most, with rate and rest, and at the end", async () => {
  const told: TransferEvent[] = [];
  const progress = new Progress("files", { items: 4, bytes: 400 }, (event) => told.push(event as TransferEvent));
  progress.add({ items: 1, bytes: 100 });
  assert.equal(told.length, 0);
  await new Promise((resolve) => setTimeout(resolve, 1010));
  progress.add({ items: 1, bytes: 100 });
  progress.add({ items: 1, bytes: 100 });
  progress.add({ items: 1, bytes: 100 });
  assert.deepEqual(told.map(({ done, bytes }) => [done, bytes]), [[2, 200], [4, 400]]);
  const [first] = told;
  assert.ok(first!.bytesPerSecond > 100 && first!.bytesPerSecond <= 200, `${first!.bytesPerSecond}`);
  assert.ok(first!.secondsLeft === 1 || first!.secondsLeft === 2, `${first!.secondsLeft}`);
  assert.equal(told[1]!.secondsLeft, 0);
});

Deno.test("what takes less than a second says nothing", () => {
  const told: EventBody[] = [];
  const progress = new Progress("segments", { items: 1, bytes: 1 }, (event) => told.push(event), "build:a");
  progress.add({ items: 1, bytes: 1 });
  assert.deepEqual(told, []);
});
