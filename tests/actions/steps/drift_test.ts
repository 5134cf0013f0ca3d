import assert from "node:assert/strict";
import { foreignNotes, NO_DRIFT, observeDrift } from "../../../lib/actions/steps/drift.ts";
import { UnituneError } from "../../../lib/core/errors.ts";
import type { StackDiff, StackPort } from "../../../lib/core/ports.ts";
import { fakeOperation } from "../../fakes/operation.ts";
import { smallest } from "../../infra/config.ts";

const STACKS: StackDiff[] = ["acme-vpc", "acme-eks", "acme-new"].map((stack) => {
  return { stack, exists: stack !== "acme-new", status: "UPDATE_COMPLETE", changes: [] };
});

const observed = (drift: StackPort["drift"]) => observeDrift(STACKS, fakeOperation(smallest(), { stacks: { drift } }));

Deno.test("each deployed stack is compared; what could not be compared is told", async () => {
  const queue = { logicalId: "Queue", resourceType: "AWS::SQS::Queue", state: "modified", fields: [] } as const;
  const found = await observed((stack) => {
    const own = stack === "acme-eks" ? { resources: [queue], unread: ["Key: denied"] } : { resources: [], unread: [] };
    return Promise.resolve({ stack, ...own });
  });
  assert.deepEqual(found.drift?.map(({ stack, resources }) => [stack, resources.length]), [
    ["acme-vpc", 0],
    ["acme-eks", 1],
  ]);
  assert.deepEqual(found.unread, ["acme-eks: not compared: Key: denied"]);
});

Deno.test("a stack in a state in which CloudFormation compares nothing, or without the right to, is told", async () => {
  const denied = await observed(() => Promise.reject(new UnituneError("AWS_DENIED", "no cloudformation:Detect")));
  assert.deepEqual(denied.drift, []);
  assert.match(denied.unread[0]!, /^acme-vpc: not compared with what it made \(no cloudformation:Detect\)$/);
  const busy = await observed(() => Promise.resolve(null));
  assert.equal(busy.unread[1], "acme-eks is UPDATE_COMPLETE: CloudFormation does not compare it with what it made");
  await assert.rejects(observed(() => Promise.reject(new UnituneError("AWS_CALL", "other"))), /other/);
});

Deno.test("what was not looked for is not taken for what was not found", () => {
  assert.deepEqual(NO_DRIFT, { drift: null, unread: [] });
});

Deno.test("what others have added to objects is told by who has done it", () => {
  const ref = { apiVersion: "karpenter.sh/v1", kind: "NodePool", name: "cpu" };
  const foreign = [{ path: "spec.limits.memory", by: "kubectl-edit" }, { path: "spec.weight", by: "kubectl-edit" }];
  assert.deepEqual(foreignNotes([{ ref, action: "none", foreign }, { ref, action: "update" }]), [
    "NodePool cpu: kubectl-edit has added spec.limits.memory, spec.weight, which unitune does not set and leaves",
  ]);
});
