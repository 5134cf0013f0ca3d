/** The lines at the bottom of a terminal, on terminals of any size, without one. */
import assert from "node:assert/strict";
import { Screen } from "../../../lib/adapters/terminal/screen.ts";
import { UsualTimes } from "../../../lib/adapters/terminal/usual.ts";

function screenOf(columns: number, rows = 24, usual: UsualTimes | null = null) {
  const size = { columns, rows }, written: string[] = [];
  const screen = new Screen({
    write: (text) => written.push(text),
    color: false,
    verbose: false,
    size: () => size,
    usual,
  });
  return { screen, size, last: () => written.at(-1)! };
}

const start = (id: string, title = `image ${id}`) => ({ type: "start", id, title }) as const;
const end = (id: string, state: "done" | "failed" = "done", seconds = 60) =>
  ({ type: "end", id, state, seconds }) as const;

Deno.test("several running steps end with a line that counts them, and those that ended", () => {
  const { screen, last } = screenOf(80);
  for (const event of [start("a"), start("b"), start("c"), end("a"), start("d"), end("b", "failed")]) {
    screen.show(event);
  }
  const [, drawn] = last().split("\x1b[0J") as [string, string];
  assert.deepEqual(drawn.replace(/\d\.\d s/g, "0 s").split("\n"), [
    "failed     image b  1 min 0 s",
    "image c  0 s",
    "image d  0 s",
    "2 running, 1 done, 1 failed",
    "",
  ]);
  for (const id of ["c", "d"]) screen.show(end(id));
  assert.doesNotMatch(last(), /running/);
});

Deno.test("on 40 columns what a step does, and why it waits, has a line of its own", () => {
  const { screen, last } = screenOf(40);
  screen.show(start("a"));
  screen.show({ type: "progress", id: "a", message: "waits for a node: Karpenter finds no capacity in us-west-2a" });
  assert.deepEqual(last().split("\n").slice(0, 2).map((line) => line.replace(/^.*J/, "")), [
    "image a  0.0 s",
    "  waits for a node: Karpenter finds ...",
  ]);
  for (const line of last().split("\n")) assert.ok(line.replace(/^.*J/, "").length < 40);
});

Deno.test("a terminal that became narrower has wrapped the lines: all of their rows are erased", () => {
  const { screen, size, last } = screenOf(100);
  screen.show(start("a", "x".repeat(70)));
  screen.show({ type: "progress", id: "a", message: "on" });
  assert.ok(last().startsWith("\x1b[1A\x1b[0J"));
  size.columns = 30;
  screen.show({ type: "progress", id: "a", message: "off" });
  // 70 letters, the time, and what it does: 82 columns are 3 rows of 30.
  assert.ok(last().startsWith("\x1b[3A\x1b[0J"), JSON.stringify(last()));
  size.columns = 100;
  screen.show(end("a"));
  assert.ok(last().startsWith("\x1b[2A\x1b[0J"), JSON.stringify(last()));
});

Deno.test("no more lines are drawn than the terminal has, as others could not be erased", () => {
  const { screen, last } = screenOf(80, 6);
  for (let step = 0; step < 12; step++) screen.show(start(`n${step}`));
  const lines = last().split("\x1b[0J")[1]!.trimEnd().split("\n");
  assert.equal(lines.length, 5);
  assert.equal(lines.at(-1), "and 9 lines more");
  assert.ok(last().startsWith("\x1b[5A"));
  screen.show(end("n0"));
});

Deno.test("a step that ran before says how long it usually takes", async () => {
  const usual = new UsualTimes(`${await Deno.makeTempDir()}/times.json`), first = screenOf(80, 24, usual);
  first.screen.show(start("a"));
  assert.match(first.last(), /^image a {2}0\.0 s\n$/);
  first.screen.show(end("a", "done", 754));
  const second = screenOf(80, 24, usual);
  second.screen.show(start("a"));
  assert.match(second.last(), /^image a {2}0\.0 s \(usually 12 min 34 s\)\n$/);
  second.screen.show(end("a", "failed", 5000));
  assert.equal(usual.of("image a"), 754);
});

Deno.test("a terminal of one column, or one row, stops nothing", () => {
  for (const [columns, rows] of [[1, 1], [2, 2], [9, 1]] as const) {
    const { screen } = screenOf(columns, rows);
    screen.show(start("a"));
    screen.show({ type: "progress", id: "a", message: "works" });
    screen.show(start("b"));
    for (const id of ["a", "b"]) screen.show(end(id));
  }
});
