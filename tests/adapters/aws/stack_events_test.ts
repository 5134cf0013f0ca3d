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

Deno.test("after an interrupt the listener says which stacks go on and how to follow them", async () => {
  const { events, listener } = listen(), stackName = "acme-eks";
  await listener.notify({ level: "info", message: "", code: "CDK_TOOLKIT_I5501", data: { stackName } });
  listener.tellWhatGoesOn("us-west-2");
  await listener.notify({ level: "info", message: "", code: "CDK_TOOLKIT_I5503", data: { stackName } });
  listener.tellWhatGoesOn("us-west-2");
  assert.deepEqual(events.map((event) => "message" in event && event.message), [
    "CloudFormation goes on with acme-eks; follow it with: " +
    "aws cloudformation describe-stack-events --region us-west-2 --stack-name acme-eks",
  ]);
});

Deno.test("an interrupt waits for a change set that exists, and for no other", async () => {
  const { events, listener } = listen();
  const say = (message: string) => listener.notify({ level: "debug", message, data: undefined });
  const told = () => {
    listener.tellWhatGoesOn("us-west-2");
    return events.splice(0).filter(({ type }) => type === "warning").length;
  };
  assert.equal(told(), 0);
  await say("Attempting to create ChangeSet with name cdk-diff-change-set for stack acme-eks");
  assert.equal(told(), 1);
  await say("Removing existing change set with name cdk-diff-change-set if it exists");
  assert.equal(told(), 0);
});

Deno.test("a resource that takes minutes is told with its time so far and the usual one, until it is there", async () => {
  const { events, listener } = listen();
  const resource = async (ResourceStatus: string) => {
    const event = { LogicalResourceId: "Cluster", ResourceType: "AWS::EKS::Cluster", ResourceStatus, StackId: "s" };
    await listener.notify({ level: "info", message: "", code: "CDK_TOOLKIT_I5502", data: { event } });
  };
  const told = () => {
    listener.tellElapsed(Date.now() + 4 * 60_000);
    return events.splice(0).flatMap((event) => event.type === "progress" ? event.message : []);
  };
  await resource("CREATE_IN_PROGRESS");
  assert.deepEqual(told(), ["AWS::EKS::Cluster Cluster: 4 min so far, usually 8 to 12 min"]);
  await resource("CREATE_COMPLETE");
  assert.deepEqual(told(), []);
});
