import assert from "node:assert/strict";
import { StackStatus } from "@aws-sdk/client-cloudformation";
import { isAbsent, isUnsettled, STACK_STATES, type StackNext, stackState } from "../../lib/core/stack_states.ts";

Deno.test("the table has every status of CloudFormation's API model, and no other", () => {
  assert.deepEqual(Object.keys(STACK_STATES).sort(), Object.values(StackStatus).sort());
});

Deno.test("every status has its next step", () => {
  const by: Record<StackNext, string[]> = { update: [], create: [], wait: [], "roll back": [], refuse: [] };
  for (const status of Object.keys(STACK_STATES).sort()) by[stackState(status).next].push(status);
  assert.deepEqual(by, {
    update: [
      "CREATE_COMPLETE",
      "IMPORT_COMPLETE",
      "IMPORT_ROLLBACK_COMPLETE",
      "UPDATE_COMPLETE",
      "UPDATE_ROLLBACK_COMPLETE",
    ],
    create: ["DELETE_COMPLETE", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"],
    wait: [
      "CREATE_IN_PROGRESS",
      "DELETE_IN_PROGRESS",
      "IMPORT_IN_PROGRESS",
      "IMPORT_ROLLBACK_IN_PROGRESS",
      "ROLLBACK_IN_PROGRESS",
      "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
      "UPDATE_IN_PROGRESS",
      "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
      "UPDATE_ROLLBACK_IN_PROGRESS",
    ],
    "roll back": ["CREATE_FAILED", "UPDATE_FAILED", "UPDATE_ROLLBACK_FAILED"],
    refuse: ["DELETE_FAILED", "IMPORT_ROLLBACK_FAILED"],
  });
});

Deno.test("a status that needs work is told, and every hint names unitune's own way out, no other tool's flag", () => {
  for (const [status, { next, told, hint }] of Object.entries(STACK_STATES)) {
    if (next !== "update" && status !== "DELETE_COMPLETE") assert.ok(told, status);
    assert.doesNotMatch(hint, /--|\bcdk\b/i, status);
    assert.match(hint, /same command|unitune/i, status);
  }
});

Deno.test("a stack that is on its way out is planned as a new one, and only a settled one has nothing to do", () => {
  assert.deepEqual(Object.keys(STACK_STATES).filter(isAbsent).sort(), [
    "DELETE_COMPLETE",
    "DELETE_IN_PROGRESS",
    "REVIEW_IN_PROGRESS",
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
  ]);
  assert.deepEqual([undefined, "CREATE_COMPLETE", "UPDATE_ROLLBACK_FAILED"].map(isUnsettled), [false, false, true]);
});

Deno.test("a status that CloudFormation adds later is treated by its ending", () => {
  assert.equal(stackState("MOVE_IN_PROGRESS").next, "wait");
  assert.equal(stackState("MOVE_FAILED").next, "roll back");
});
