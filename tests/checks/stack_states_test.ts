import assert from "node:assert/strict";
import { stackStates } from "../../lib/checks/stack_states.ts";
import { smallest } from "../infra/config.ts";
import { contextOf, refused, told } from "./context.ts";

const check = (status?: string) => {
  const stacks = [{ stack: "acme-eks", exists: true, changes: [], ...status && { status } }];
  return told(stackStates, contextOf(smallest(), {}, { stacks }));
};

Deno.test("a plan names the state of a stack that an operation left unfinished", async () => {
  assert.deepEqual(await check("UPDATE_ROLLBACK_FAILED"), [
    "acme-eks  is UPDATE_ROLLBACK_FAILED: its last rollback failed; apply continues it first",
  ]);
  assert.deepEqual(await check("CREATE_COMPLETE"), []);
  assert.deepEqual(await check(), []);
});

Deno.test("a stack whose deletion failed is refused, with the command that ends the deletion", async () => {
  const error = await refused(check("DELETE_FAILED"));
  assert.equal(error.code, "STACK_STATE");
  assert.match(error.lines[0]!, /^acme-eks {2}is DELETE_FAILED: .*unitune destroy/);
});
