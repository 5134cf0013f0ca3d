import assert from "node:assert/strict";
import { type EventBody, levelOf, type UnituneEvent } from "../../../lib/core/events.ts";
import { type Input, jsonHost, terminalHost } from "../../../lib/adapters/terminal/mod.ts";
import { eventsWith } from "../../core/sample_events.ts";
import { logs, SOURCE, VPC } from "./samples.ts";

function recorded(options: { isTerminal: boolean; verbose?: boolean; input?: Input; signal?: AbortSignal }) {
  const written: string[] = [];
  const host = terminalHost({
    write: (text) => written.push(text),
    color: false,
    verbose: false,
    width: () => 60,
    height: () => 24,
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

Deno.test("a terminal redraws its running lines in place and cuts them to its width", () => {
  const { emit, text } = recorded({ isTerminal: true });
  emit({ type: "start", id: "a", title: "a".repeat(80) });
  emit({ type: "progress", id: "a", message: "on" });
  emit({ type: "end", id: "a", state: "done", seconds: 1 });
  const cut = `${"a".repeat(56)}...\n`;
  // deno-lint-ignore no-control-regex
  assert.deepEqual(text().split(/\x1b\[(?=[12]A)/), [
    cut,
    `1A\x1b[0J${cut}  on\n`,
    `2A\x1b[0Jdone       ${"a".repeat(80)}  1.0 s\n`,
  ]);
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

Deno.test("a question holds nothing that steers the terminal", async () => {
  const { host, text } = recorded({ isTerminal: true, input: typed("y\n") });
  await host.confirm("Apply to \x1b[2Jacme\u202e##[command]x?");
  assert.equal(text(), "Apply to acme# #[command]x? [y/N] ");
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
      assert.doesNotMatch(text().replace(/\x1b\[\dA\x1b\[0J/g, ""), /[\x1b\x07\x9b\u202e]|title/, event.type);
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
