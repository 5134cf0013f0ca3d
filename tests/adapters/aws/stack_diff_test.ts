import assert from "node:assert/strict";
import { stackChanges, type TemplateDifference } from "../../../lib/adapters/aws/stack_diff.ts";

const NONE = { changes: {} };
const UPDATE = { isDifferent: true, isAddition: false, isRemoval: false };
const VPC = { newResourceType: "AWS::EC2::VPC", oldResourceType: "AWS::EC2::VPC" };

function changesOf(parts: Partial<TemplateDifference>) {
  const none = { resources: NONE, outputs: NONE, parameters: NONE, conditions: NONE, mappings: NONE };
  return stackChanges({ ...none, ...parts }).map(({ logicalId, resourceType, action }) => {
    return `${action} ${resourceType} ${logicalId}`;
  });
}

Deno.test("each impact that the toolkit knows becomes one of our four actions", () => {
  const impacts = [
    ["WILL_CREATE", "add"],
    ["WILL_IMPORT", "add"],
    ["WILL_UPDATE", "update"],
    ["WILL_REPLACE", "replace"],
    ["MAY_REPLACE", "replace"],
    ["WILL_DESTROY", "remove"],
    ["WILL_ORPHAN", "remove"],
  ] as const;
  for (const [changeImpact, action] of impacts) {
    const changes = { Vpc: { ...UPDATE, ...VPC, changeImpact } };
    assert.deepEqual(changesOf({ resources: { changes } }), [`${action} AWS::EC2::VPC Vpc`], changeImpact);
  }
});

Deno.test("where the change set leaves a replacement open, the template decides", () => {
  const none = { outputs: NONE, parameters: NONE, conditions: NONE, mappings: NONE };
  const diff = { ...none, resources: { changes: { Vpc: { ...UPDATE, ...VPC, changeImpact: "MAY_REPLACE" } } } };
  const known = (action: "update" | "replace") => [{ logicalId: "Vpc", resourceType: "AWS::EC2::VPC", action }];
  for (const action of ["update", "replace"] as const) {
    const left = action === "replace" ? { open: true } : {};
    assert.deepEqual(stackChanges(diff, known(action)), known(action).map((one) => ({ ...one, ...left })));
  }
});

Deno.test("what the change set found to be no change is none", () => {
  const same = { ...UPDATE, ...VPC, isDifferent: false, changeImpact: "WILL_UPDATE" };
  const resources = { changes: { A: { ...UPDATE, ...VPC, changeImpact: "NO_CHANGE" }, B: same } };
  assert.deepEqual(changesOf({ resources }), []);
});

Deno.test("a changed output is a change, or an apply would leave it out", () => {
  const outputs = { changes: { B: { ...UPDATE, isAddition: true }, A: { ...UPDATE, isRemoval: true } } };
  assert.deepEqual(changesOf({ outputs }), ["remove Output A", "add Output B"]);
});
