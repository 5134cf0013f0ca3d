import assert from "node:assert/strict";
import { type EventBody, levelOf, type UnituneEvent } from "../../../lib/core/events.ts";
import { type Input, jsonHost, terminalHost } from "../../../lib/adapters/terminal/mod.ts";
import { eventsWith } from "../../core/sample_events.ts";
import { clean, duration, fit, painter } from "../../../lib/adapters/terminal/style.ts";
import { EMPTY_VIEW, liveLines, showEvent, type View } from "../../../lib/adapters/terminal/view.ts";

const quiet = { paint: painter(false), verbose: false };

/** Feeds events to the view, one a second. */
function show(events: readonly EventBody[], verbose = false): { lines: string[]; live: string[] } {
  let view: View = EMPTY_VIEW;
  const lines: string[] = [];
  let now = 0;
  for (const event of events) {
    const shown = showEvent(view, event, { ...quiet, verbose, now });
    view = shown.view;
    lines.push(...shown.lines);
    now += 1000;
  }
  return { lines, live: liveLines(view, 100, { ...quiet, now }) };
}

function logs(...lines: string[]): EventBody[] {
  return [
    { type: "start", id: "build:base", title: "image base" },
    ...lines.map((line) => ({ type: "log" as const, id: "build:base", line, source: SOURCE })),
  ];
}

const SOURCE = { pod: "base-amd64-x2x4z", container: "buildkit" } as const;
const VPC = { type: "resource", id: "stacks", resourceType: "AWS::EC2::VPC", logicalId: "Vpc" } as const;

function recorded(options: { isTerminal: boolean; verbose?: boolean; input?: Input; signal?: AbortSignal }) {
  const written: string[] = [];
  const host = terminalHost({
    write: (text) => written.push(text),
    color: false,
    verbose: false,
    width: () => 60,
    ...options,
  });
  return { host, emit: (event: EventBody) => host.emit(stamped(event)), text: () => written.join("") };
}

function stamped(event: EventBody): UnituneEvent {
  return { at: 1764118769000, level: levelOf(event), ...event };
}

function typed(text: string | null, isTerminal = true): Input {
  const bytes = text === null ? null : new TextEncoder().encode(text);
  return {
    isTerminal: () => isTerminal,
    read: (buffer) => {
      if (bytes) buffer.set(bytes);
      return Promise.resolve(bytes && bytes.length);
    },
  };
}

Deno.test("the terminal folds a build's log into one line a step", () => {
  const { lines, live } = show(logs(
    "#1 [internal] load build definition from Dockerfile",
    "#1 DONE 0.0s",
    "#5 [1/3] FROM docker.io/library/busybox:1.35",
    "#5 CACHED",
    "#6 [2/3] COPY . /app",
    "#7 [3/3] RUN make",
    "#7 0.112 compiling a.c",
    "#6 DONE 0.1s",
    "#7 [3/3] RUN make",
    "#7 0.345 compiling b.c",
  ));
  assert.deepEqual(lines, [
    "  base  [1/3] FROM docker.io/library/busybox:1.35  cached",
    "  base  [2/3] COPY . /app  0.1 s",
  ]);
  assert.deepEqual(live, ["image base  11 s  [3/3] RUN make: compiling b.c"]);
});

Deno.test("a failing step shows its output and its error", () => {
  const { lines } = show(logs(
    "#7 [2/2] RUN false",
    "#7 0.1 about to fail",
    "#7 ERROR: process did not complete successfully: exit code: 1",
  ));
  assert.deepEqual(lines, [
    "  base  [2/2] RUN false  failed",
    "  base    | about to fail",
    "  base    | process did not complete successfully: exit code: 1",
  ]);
});

Deno.test("a failed resource stays on the terminal with its reason, the others are counted", () => {
  const { lines, live } = show([
    { type: "start", id: "stacks", title: "stacks acme-vpc" },
    { ...VPC, status: "CREATE_COMPLETE" },
    { ...VPC, logicalId: "Nat", resourceType: "AWS::EC2::NatGateway", status: "CREATE_FAILED", reason: "no address" },
  ]);
  assert.deepEqual(lines, ["  CREATE_FAILED  Nat (AWS::EC2::NatGateway): no address"]);
  assert.match(live[0]!, /^stacks acme-vpc {2}3\.0 s {2}1 resources done, CREATE_FAILED/);
});

Deno.test("an ended change leaves one line and is no longer drawn", () => {
  const { lines, live } = show([
    { type: "start", id: "charts", title: "Karpenter 1.14.3" },
    { type: "progress", id: "charts", message: "pulling" },
    { type: "end", id: "charts", state: "done", seconds: 75.2, detail: "installed" },
    { type: "end", id: "build:x", state: "skipped", seconds: 0, detail: "charts failed" },
  ]);
  assert.deepEqual(lines, ["done       Karpenter 1.14.3  1 min 15 s  installed", "skipped    build:x  charts failed"]);
  assert.deepEqual(live, []);
});

Deno.test("a word about a change that does not run is not drawn for ever", () => {
  const { lines, live } = show([
    { type: "progress", id: "nobody", message: "lost" },
    { type: "log", id: "nobody", line: "a line", source: SOURCE },
    { ...VPC, id: "nobody", status: "DELETE_FAILED", reason: "in use" },
  ]);
  assert.deepEqual(lines, ["  nobody  a line", "  DELETE_FAILED  Vpc (AWS::EC2::VPC): in use"]);
  assert.deepEqual(live, []);
});

Deno.test("a terminal redraws its running lines in place and cuts them to its width", () => {
  const { emit, text } = recorded({ isTerminal: true });
  emit({ type: "start", id: "a", title: "a".repeat(80) });
  emit({ type: "progress", id: "a", message: "on" });
  emit({ type: "end", id: "a", state: "done", seconds: 1 });
  const [first, second, third] = text().split("\x1b[1A\x1b[0J") as [string, string, string];
  for (const drawn of [first, second]) assert.equal(drawn, `${"a".repeat(56)}...\n`);
  assert.equal(third, `done       ${"a".repeat(80)}  1.0 s\n`);
});

Deno.test("without a terminal each event is a plain line and nothing is redrawn", () => {
  const { emit, text } = recorded({ isTerminal: false });
  for (const event of logs("#7 [2/2] RUN make", "#7 0.1 \x1b[31mred\x1b[0m")) emit(event);
  emit({ ...VPC, status: "CREATE_IN_PROGRESS" });
  emit({ ...VPC, status: "CREATE_COMPLETE" });
  emit({ type: "debug", message: "hidden" });
  emit({ type: "end", id: "build:base", state: "done", seconds: 2 });
  assert.deepEqual(text().split("\n"), [
    "build:base: image base",
    "build:base | #7 [2/2] RUN make",
    "build:base | #7 0.1 red",
    "stacks: CREATE_COMPLETE AWS::EC2::VPC Vpc",
    "build:base: done in 2.0 s",
    "",
  ]);
});

Deno.test("the JSON host writes one event a line, with its texts as they are, and asks nobody", async () => {
  let text = "";
  const host = jsonHost({ write: (part) => text += part });
  const line = "two\nlines, \x1b[31mred\x1b[0m \u202e";
  host.emit(stamped({ type: "log", id: "build:base", line, source: SOURCE }));
  host.emit(stamped({ type: "debug", message: "hidden" }));
  assert.equal(await host.confirm("Go on?"), null);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(text, /\x1b/);
  assert.deepEqual(text.trimEnd().split("\n").map((line) => JSON.parse(line)), [
    { at: 1764118769000, level: "info", type: "log", id: "build:base", line, source: SOURCE },
  ]);
});

Deno.test("no text of any event steers the terminal, whichever field it is in", () => {
  const hostile = "\x1b]0;title\x07\x1b[2J\u202eshown\x9b";
  for (const isTerminal of [true, false]) {
    for (const event of Object.values(eventsWith(hostile))) {
      const { host, emit, text } = recorded({ isTerminal, verbose: true });
      emit({ type: "start", id: hostile, title: hostile });
      emit(event);
      host.emit(stamped({ type: "end", id: hostile, state: "done", seconds: 0 }));
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(text().replace(/\x1b\[1A\x1b\[0J/g, ""), /[\x1b\x07\x9b\u202e]|title/, event.type);
      assert.match(text(), /shown/);
    }
  }
});

Deno.test("only y and yes are a yes", async () => {
  const answers = [["y\n", true], [" YES \n", true], ["\n", false], ["n\n", false], ["yep\n", false]] as const;
  for (const [line, expected] of answers) {
    const { host, text } = recorded({ isTerminal: true, input: typed(line) });
    assert.equal(await host.confirm("Apply?"), expected, line);
    assert.equal(text(), "Apply? [y/N] ");
  }
  assert.equal(await recorded({ isTerminal: true, input: typed(null) }).host.confirm("Apply?"), false);
});

Deno.test("nobody can answer when stdin or stderr is no terminal", async () => {
  for (const isTerminal of [true, false]) {
    const { host, text } = recorded({ isTerminal, input: typed("y\n", !isTerminal) });
    assert.equal(await host.confirm("Apply?"), null);
    assert.equal(text(), "");
  }
});

Deno.test("an interrupted question is a no", async () => {
  const controller = new AbortController();
  const input: Input = { isTerminal: () => true, read: () => new Promise(() => {}) };
  const asked = recorded({ isTerminal: true, input, signal: controller.signal }).host.confirm("Apply?");
  controller.abort();
  assert.equal(await asked, false);
});

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
