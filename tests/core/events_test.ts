import assert from "node:assert/strict";
import { type EventBody, EVENTS, isFailure, levelOf } from "../../lib/core/events.ts";
import { eventsWith } from "./sample_events.ts";

Deno.test("every type of event has a level and a sentence about it", () => {
  assert.deepEqual(Object.keys(EVENTS), Object.keys(eventsWith("x")));
  for (const { meaning } of Object.values(EVENTS)) assert.match(meaning, /^[A-Z].*\.$/);
  for (const event of Object.values(eventsWith("x"))) assert.equal(levelOf(event), EVENTS[event.type].level);
});

Deno.test("a change or a resource that failed is an error, one that was skipped or goes on is none", () => {
  const end = (state: "failed" | "skipped"): EventBody => ({ type: "end", id: "a", state, seconds: 0 });
  const resource = (status: string): EventBody => {
    return { type: "resource", id: "stacks", logicalId: "Vpc", resourceType: "AWS::EC2::VPC", status };
  };
  for (const event of [end("failed"), resource("CREATE_FAILED")]) {
    assert.deepEqual([isFailure(event), levelOf(event)], [true, "error"]);
  }
  for (const event of [end("skipped"), resource("CREATE_IN_PROGRESS")]) {
    assert.deepEqual([isFailure(event), levelOf(event)], [false, "info"]);
  }
});
