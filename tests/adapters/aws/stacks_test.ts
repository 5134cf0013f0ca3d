import assert from "node:assert/strict";
import { stackChanges, type TemplateDifference } from "../../../lib/adapters/aws/stack_diff.ts";
import { stackFailure } from "../../../lib/adapters/aws/stack_errors.ts";
import { StackListener } from "../../../lib/adapters/aws/stack_events.ts";
import { hintFor, isMoving, isShell } from "../../../lib/adapters/aws/stack_status.ts";
import { EXIT, UnituneError } from "../../../lib/core/errors.ts";
import type { EventBody } from "../../../lib/core/events.ts";

const NONE = { changes: {} };
const UPDATE = { isDifferent: true, isAddition: false, isRemoval: false };
const VPC = { newResourceType: "AWS::EC2::VPC", oldResourceType: "AWS::EC2::VPC" };

function changesOf(parts: Partial<TemplateDifference>) {
  const none = { resources: NONE, outputs: NONE, parameters: NONE, conditions: NONE, mappings: NONE };
  return stackChanges({ ...none, ...parts }).map(({ logicalId, resourceType, action }) => {
    return `${action} ${resourceType} ${logicalId}`;
  });
}

function listen(signal?: AbortSignal) {
  const events: EventBody[] = [];
  return { events, listener: new StackListener("stacks", (event) => void events.push(event), signal) };
}

function activity(event: Record<string, string>) {
  const data = { event: { StackName: "acme-vpc", StackId: "arn:stack", ResourceType: "AWS::EC2::VPC", ...event } };
  return { code: "CDK_TOOLKIT_I5502", level: "info", message: "", data };
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
    assert.deepEqual(stackChanges(diff, known(action)), known(action));
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

Deno.test("events of resources are told; the stack's own are progress", async () => {
  const { events, listener } = listen();
  await listener.notify(
    activity({ LogicalResourceId: "Vpc", PhysicalResourceId: "", ResourceStatus: "CREATE_COMPLETE" }),
  );
  await listener.notify(activity({ PhysicalResourceId: "arn:stack", ResourceStatus: "CREATE_IN_PROGRESS" }));
  assert.deepEqual(events.map((event) => JSON.parse(JSON.stringify(event))), [
    { type: "resource", id: "stacks", logicalId: "Vpc", resourceType: "AWS::EC2::VPC", status: "CREATE_COMPLETE" },
    { type: "progress", id: "stacks", message: "acme-vpc CREATE_IN_PROGRESS" },
  ]);
});

Deno.test("a resource that CloudFormation cancelled is no cause of the failure", async () => {
  const { listener } = listen();
  const failed = { ResourceStatus: "CREATE_FAILED", PhysicalResourceId: "" };
  const reason = "Resource creation cancelled";
  await listener.notify(activity({ ...failed, LogicalResourceId: "Nat", ResourceStatusReason: reason }));
  await listener.notify(activity({ ...failed, LogicalResourceId: "Vpc", ResourceStatusReason: "limit" }));
  const resourceType = "AWS::EC2::VPC";
  assert.deepEqual(listener.failures, [{ stack: "acme-vpc", logicalId: "Vpc", resourceType, reason: "limit" }]);
});

Deno.test("the toolkit's chatter is for -v, without its colours, traces and results", async () => {
  const { events, listener } = listen();
  for (const level of ["info", "trace", "result"]) {
    await listener.notify({ level, message: "\x1b[1mhello\x1b[22m\n", data: undefined });
  }
  assert.deepEqual(events, [{ type: "debug", message: "cdk: hello" }]);
});

Deno.test("a diff without the right to make change sets says that it is weaker", async () => {
  const { events, listener } = listen();
  const message = "Could not create a change set, will base the diff on template differences";
  await listener.notify({ level: "info", message, data: undefined });
  assert.deepEqual(events.map(({ type }) => type), ["warning", "debug"]);
});

Deno.test("the toolkit's questions are answered with yes until somebody interrupts", async () => {
  const controller = new AbortController();
  const { listener } = listen(controller.signal);
  const question = { level: "info", message: "deploy?", data: undefined, defaultResponse: "default" };
  assert.equal(await listener.requestResponse({ ...question, code: "CDK_TOOLKIT_I5060" }), true);
  assert.equal(await listener.requestResponse({ ...question, code: "CDK_TOOLKIT_I1" }), "default");
  assert.throws(() => listener.requestResponse({ ...question, code: "CDK_SDK_I1100" }), { code: "AWS_MFA" });
  controller.abort();
  assert.equal(await listener.requestResponse({ ...question, code: "CDK_TOOLKIT_I5060" }), false);
});

Deno.test("a failure names the first resource, its reason, and the others", () => {
  const failures = ["Vpc", "Nat"].map((logicalId) => {
    return { stack: "acme-vpc", logicalId, resourceType: "AWS::EC2::VPC", reason: "limit" };
  });
  const error = stackFailure({ action: "deploy", error: new Error("x"), failures, status: "ROLLBACK_COMPLETE" });
  assert.equal(error.message, "Cannot deploy as AWS::EC2::VPC Vpc failed: limit");
  assert.deepEqual(error.lines, ["AWS::EC2::VPC Nat: limit"]);
  assert.deepEqual([error.code, error.path, error.exit], ["STACK_FAILED", "acme-vpc/Vpc", EXIT.aws]);
  assert.equal(error.hint, hintFor("ROLLBACK_COMPLETE"));
});

Deno.test("failures before CloudFormation are told apart by their cause", () => {
  const cases = [
    [Object.assign(new Error("The security token is expired"), { name: "ExpiredToken" }), "AWS_CREDENTIALS"],
    [new Error("outer", { cause: Object.assign(new Error("no"), { name: "AccessDenied" }) }), "AWS_DENIED"],
    [new Error("error sending request for url (https://x)"), "AWS_UNREACHABLE"],
    [new Error("something else."), "STACK_FAILED"],
  ] as const;
  for (const [error, code] of cases) {
    const failure = stackFailure({ action: "deploy", error });
    assert.deepEqual([failure.code, failure.exit], [code, EXIT.aws]);
    assert.doesNotMatch(failure.message, /\.$/);
  }
  const ours = new UnituneError("AWS_MFA", "kept");
  assert.equal(stackFailure({ action: "deploy", error: ours }), ours);
  const aborted = stackFailure({ action: "deploy", error: new Error("x"), signal: AbortSignal.abort() });
  assert.deepEqual([aborted.code, aborted.exit], ["INTERRUPTED", EXIT.interrupted]);
});

Deno.test("a status says whether to wait, and whether there is a stack at all", () => {
  const statuses = ["CREATE_IN_PROGRESS", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"];
  assert.deepEqual(statuses.map(isMoving), [true, false, false, false]);
  assert.deepEqual(statuses.map(isShell), [false, true, true, false]);
});
