import assert from "node:assert/strict";
import { plainLines } from "../../../lib/adapters/terminal/plain.ts";
import { painter } from "../../../lib/adapters/terminal/style.ts";
import { transferLine } from "../../../lib/adapters/terminal/transfer.ts";
import { EMPTY_VIEW, liveLines, showEvent } from "../../../lib/adapters/terminal/view.ts";
import type { TransferEvent } from "../../../lib/core/events.ts";

const MiB = 2 ** 20, paint = painter(false), options = { paint, verbose: false, now: 60_000 };

function transfer(done: number, seconds: number, id?: string): TransferEvent {
  const bytesPerSecond = done * MiB / seconds;
  const sizes = {
    bytes: done * MiB,
    totalBytes: 100 * MiB,
    bytesPerSecond,
    secondsLeft: (100 - done) / done * seconds,
  };
  return { type: "transfer", id, what: id ? "segments" : "files", done, total: 100, seconds, ...sizes };
}

Deno.test("a transfer says how much is done, how fast, and how long it still takes", () => {
  assert.equal(transferLine(transfer(25, 5)), "read 25 of 100 files, 25.0 MiB of 100.0 MiB, 5.0 MiB/s, 15 s left");
  assert.equal(transferLine(transfer(100, 5, "a")), "sent 100 of 100 segments, 100.0 MiB of 100.0 MiB, 20.0 MiB/s");
});

Deno.test("on a terminal, reading is a step of its own while it lasts; sending is what a build does now", () => {
  const reading = showEvent(EMPTY_VIEW, transfer(25, 5), options).view;
  assert.match(liveLines(reading, 120, options)[0]!, /^build contexts {2}5\.0 s {2}read 25 of 100 files/);
  assert.equal(showEvent(reading, transfer(100, 20), options).view.size, 0);
  const build = showEvent(EMPTY_VIEW, { type: "start", id: "build:a", title: "image a" }, options).view;
  const sending = showEvent(build, transfer(50, 5, "build:a"), options).view;
  assert.match(liveLines(sending, 120, options)[0]!, /^image a {2}0\.0 s {2}sent 50 of 100 segments/);
});

Deno.test("without a terminal a transfer has a line every quarter of a minute, and one at its end", () => {
  const lines = Array.from({ length: 40 }, (_, at) => plainLines(transfer(at + 1, at + 1), options)).flat();
  assert.equal(lines.length, 2);
  assert.match(lines[0]!, /^build contexts: read 15 of 100 files/);
  assert.equal(plainLines(transfer(100, 41), options).length, 1);
});
