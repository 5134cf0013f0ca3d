import assert from "node:assert/strict";
import { isMoving, isShell } from "../../../lib/adapters/aws/stack_status.ts";

Deno.test("a status says whether to wait, and whether there is a stack at all", () => {
  const statuses = ["CREATE_IN_PROGRESS", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"];
  assert.deepEqual(statuses.map(isMoving), [true, false, false, false]);
  assert.deepEqual(statuses.map(isShell), [false, true, true, false]);
});
