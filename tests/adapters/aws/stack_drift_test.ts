import assert from "node:assert/strict";
import { CloudFormationClient, type StackResourceDrift } from "@aws-sdk/client-cloudformation";
import { detectDrift } from "../../../lib/adapters/aws/stack_drift.ts";

/** CloudFormation that takes two looks, and then tells these resources. */
function cloudFormation(drifts: readonly Partial<StackResourceDrift>[], ends = "DETECTION_COMPLETE") {
  const asked: string[] = [];
  const client = new CloudFormationClient({
    region: "us-west-2",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
  client.send = ((command: { constructor: { name: string } }) => {
    const name = command.constructor.name.replace("Command", "");
    asked.push(name);
    const looks = asked.filter((one) => one === "DescribeStackDriftDetectionStatus").length;
    return Promise.resolve(
      {
        DetectStackDrift: { StackDriftDetectionId: "1" },
        DescribeStackDriftDetectionStatus: { DetectionStatus: looks < 2 ? "DETECTION_IN_PROGRESS" : ends },
        DescribeStackResourceDrifts: { StackResourceDrifts: drifts },
      }[name],
    );
  }) as typeof client.send;
  let waits = 0;
  const wait = () => Promise.resolve(void waits++);
  return { asked, waits: () => waits, found: () => detectDrift(client, "acme-eks", wait) };
}

const QUEUE = { LogicalResourceId: "Queue", ResourceType: "AWS::SQS::Queue" };

Deno.test("what differs is told as it is now and as the stack made it; what is gone is told, too", async () => {
  const differences = [
    { PropertyPath: "/Tags/0/Value", ExpectedValue: "a", ActualValue: "b", DifferenceType: "NOT_EQUAL" as const },
    { PropertyPath: "/DelaySeconds", ExpectedValue: "5", ActualValue: "null", DifferenceType: "REMOVE" as const },
  ];
  const { found, asked, waits } = cloudFormation([
    { ...QUEUE, StackResourceDriftStatus: "MODIFIED", PropertyDifferences: differences },
    { LogicalResourceId: "Log", ResourceType: "AWS::Logs::LogGroup", StackResourceDriftStatus: "DELETED" },
  ]);
  assert.deepEqual(await found(), {
    stack: "acme-eks",
    resources: [
      { logicalId: "Log", resourceType: "AWS::Logs::LogGroup", state: "deleted", fields: [] },
      {
        logicalId: "Queue",
        resourceType: "AWS::SQS::Queue",
        state: "modified",
        fields: [
          { path: "Tags[0].Value", before: "b", after: "a" },
          { path: "DelaySeconds", before: null, after: "5" },
        ],
      },
    ],
    unread: [],
  });
  assert.equal(waits(), 1);
  assert.equal(asked.at(-1), "DescribeStackResourceDrifts");
});

Deno.test("a resource that could not be read does not hide the others", async () => {
  const { found } = cloudFormation([
    { ...QUEUE, StackResourceDriftStatus: "UNKNOWN", DriftStatusReason: "AccessDenied" },
    { LogicalResourceId: "Log", ResourceType: "AWS::Logs::LogGroup", StackResourceDriftStatus: "DELETED" },
  ], "DETECTION_FAILED");
  const { resources, unread } = await found();
  assert.deepEqual([resources.length, unread], [1, ["Queue: AccessDenied"]]);
});
