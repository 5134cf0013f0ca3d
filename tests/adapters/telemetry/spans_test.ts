/** Events become spans. */
import assert from "node:assert/strict";
import { type EventBody, levelOf } from "../../../lib/core/events.ts";
import { SpanRecorder, traceParentOf } from "../../../lib/adapters/telemetry/spans.ts";

const T = 1_764_144_000_000;

function recorderOf(parent: string | undefined) {
  let last = 0;
  const recorder = new SpanRecorder("unitune apply", T, () => String(++last).padStart(16, "0"), traceParentOf(parent));
  const record = (at: number, event: EventBody) => recorder.record({ at: T + at, level: levelOf(event), ...event });
  return { recorder, record };
}

const brief = (spans: ReturnType<SpanRecorder["finish"]>) =>
  spans.map(({ name, spanId, parentSpanId, startTimeUnixNano, endTimeUnixNano, status }) => {
    const ms = (nanoseconds: string) => Number(BigInt(nanoseconds) / 1_000_000n) - T;
    return [name, Number(spanId), Number(parentSpanId ?? 0), ms(startTimeUnixNano), ms(endTimeUnixNano), status.code];
  });

Deno.test("a run, its steps and what was measured in them are spans in each other", () => {
  const { recorder, record } = recorderOf(undefined);
  record(100, { type: "measure", what: "config", name: "unitune.config.ts", failed: false, seconds: 0.05 });
  record(200, { type: "start", id: "stacks", title: "stacks acme-vpc" });
  record(300, { type: "progress", id: "stacks", message: "on" });
  record(900, { type: "end", id: "stacks", state: "done", seconds: 0.7 });
  record(950, { type: "start", id: "build:a", title: "image a" });
  record(1900, { type: "measure", id: "build:a", what: "job", name: "a-amd64-1", failed: true, seconds: 0.9 });
  record(1950, { type: "end", id: "build:a", state: "failed", seconds: 1 });
  record(1950, { type: "end", id: "build:b", state: "skipped", seconds: 0 });
  const spans = recorder.finish({ at: T + 2000, exitCode: 5, error: "BUILD_FAILED" });
  assert.deepEqual(brief(spans), [
    ["config unitune.config.ts", 4, 3, 50, 100, 1],
    ["stacks acme-vpc", 5, 3, 200, 900, 1],
    ["job a-amd64-1", 7, 6, 1000, 1900, 2],
    ["image a", 6, 3, 950, 1950, 2],
    ["unitune apply", 3, 0, 0, 2000, 2],
  ]);
  assert.equal(new Set(spans.map(({ traceId }) => traceId)).size, 1);
  assert.deepEqual(spans.at(-1)!.attributes, [
    { key: "unitune.exit_code", value: { intValue: "5" } },
    { key: "error.type", value: { stringValue: "BUILD_FAILED" } },
  ]);
});

Deno.test("a step that did not end is cut where the run ended", () => {
  const { recorder, record } = recorderOf(undefined);
  record(10, { type: "start", id: "stacks", title: "stacks" });
  assert.deepEqual(brief(recorder.finish({ at: T + 50, exitCode: 130 })).map((span) => span.slice(3)), [[10, 50, 1], [
    0,
    50,
    1,
  ]]);
});

Deno.test("a run is part of the trace that TRACEPARENT names, if it names one", () => {
  const [trace, span] = ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"];
  const [run] = recorderOf(`00-${trace}-${span}-01`).recorder.finish({ at: T, exitCode: 0 });
  assert.deepEqual([run!.traceId, run!.parentSpanId], [trace, span]);
  for (const text of [undefined, "", "01-x", `00-${"0".repeat(32)}-${span}-01`, `00-${trace}-${span}-01-more`]) {
    assert.equal(traceParentOf(text), null, text);
  }
});
