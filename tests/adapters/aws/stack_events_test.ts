import assert from "node:assert/strict";
import { StackListener } from "../../../lib/adapters/aws/stack_events.ts";
import type { EventBody } from "../../../lib/core/events.ts";

function listen(signal?: AbortSignal) {
  const events: EventBody[] = [];
  return { events, listener: new StackListener("stacks", (event) => void events.push(event), signal) };
}

function activity(event: Record<string, string>) {
  const data = { event: { StackName: "acme-vpc", StackId: "arn:stack", ResourceType: "AWS::EC2::VPC", ...event } };
  return { code: "CDK_TOOLKIT_I5502", level: "info", message: "", data };
}

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
  controller.abort();
  assert.equal(await listener.requestResponse({ ...question, code: "CDK_TOOLKIT_I5060" }), false);
});
