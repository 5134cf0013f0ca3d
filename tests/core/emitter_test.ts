import assert from "node:assert/strict";
import { emitterOf } from "../../lib/core/emitter.ts";
import type { UnituneEvent } from "../../lib/core/events.ts";
import { eventsWith } from "./sample_events.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function recorded() {
  const events: UnituneEvent[] = [];
  let now = 1764118769000;
  return { ...emitterOf((event) => events.push(event), { now: () => now++ }), events };
}

Deno.test("every event gets the time of the clock and the level of its type", () => {
  const { emit, events } = recorded();
  emit({ type: "start", id: "stacks", title: "stacks" });
  emit({ type: "end", id: "stacks", state: "failed", seconds: 2 });
  assert.deepEqual(events, [
    { at: 1764118769000, level: "info", type: "start", id: "stacks", title: "stacks" },
    { at: 1764118769001, level: "error", type: "end", id: "stacks", state: "failed", seconds: 2 },
  ]);
});

Deno.test("a hidden value is in no text of any event, whichever field it is in", () => {
  const { emit, hide, events } = recorded();
  hide([bytes("hf_never.shown")]);
  for (const event of Object.values(eventsWith("a hf_never.shown b"))) emit(event);
  assert.deepEqual(events.map(({ at: _, level: __, ...event }) => event), Object.values(eventsWith("a *** b")));
});

Deno.test("values are hidden from when they are known on, beside those that were hidden before", () => {
  const { emit, hide, mask, events } = recorded();
  emit({ type: "debug", message: "first second" });
  hide([bytes("first")]);
  emit({ type: "debug", message: "first second" });
  hide([bytes("second")]);
  emit({ type: "debug", message: "first second" });
  const told = events.map((event) => event.type === "debug" && event.message);
  assert.deepEqual(told, ["first second", "*** second", "*** ***"]);
  assert.equal(mask("an error with first and second"), "an error with *** and ***");
});

Deno.test("a secret that reads like a word of unitune's own types changes no type, level or state", () => {
  const { emit, hide, events } = recorded();
  hide(["done", "info", "end"].map(bytes));
  emit({ type: "end", id: "a", state: "done", seconds: 0, detail: "done" });
  assert.deepEqual(events, [
    { at: 1764118769000, level: "info", type: "end", id: "a", state: "done", seconds: 0, detail: "***" },
  ]);
});
