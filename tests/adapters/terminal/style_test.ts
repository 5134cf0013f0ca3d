import assert from "node:assert/strict";
import { clean, duration, fit, painter } from "../../../lib/adapters/terminal/style.ts";

Deno.test("somebody else's output cannot steer the terminal", () => {
  assert.equal(clean("\x1b]0;title\x07\x1b[2Jok\x1b[0m\ttab\x00\x9b"), "ok  tab");
  assert.equal(clean("10%\r55%\r100%\r\n"), "100%");
  assert.equal(clean("one\r\ntwo\r\n10%\r20%"), "one\ntwo\n20%");
});

Deno.test("durations and cut lines read well", () => {
  assert.deepEqual([0.04, 9.94, 59.4, 125].map(duration), ["0.0 s", "9.9 s", "59 s", "2 min 5 s"]);
  assert.equal(fit("abcdef", 5), "ab...");
  assert.equal(fit("two\nlines", 80), "two lines");
  assert.equal(painter(true)("red", "x"), "\x1b[31mx\x1b[0m");
});
