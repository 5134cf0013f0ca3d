/** Before anything is changed: in which state did the last operation leave the stacks? */
import { coded, type Finding } from "../core/findings.ts";
import { stackState } from "../core/stack_states.ts";
import type { Check, CheckInput } from "./check.ts";

const CODE = "STACK_STATE";

export const stackStates: Check = {
  code: CODE,
  of: ["infra"],
  afterDiff: true,
  refusal: (name) =>
    `Cannot deploy the stacks of ${name} as an earlier operation left one in a state that must end first`,
  run: ({ stacks }: CheckInput) => Promise.resolve(found(stacks)),
};

function found(stacks: CheckInput["stacks"]): Finding[] {
  return stacks.flatMap(({ stack, status }) => {
    const { next, told, hint } = stackState(status ?? "CREATE_COMPLETE");
    if (status === undefined || told === null) return [];
    const refused = next === "refuse", message = `is ${status}: ${told}`;
    return coded(CODE, [{ severity: refused ? "error" : "note", path: stack, message, hint: refused ? hint : "" }]);
  });
}
