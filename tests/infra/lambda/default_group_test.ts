/** The function that closes the default security group, over an AWS that each test makes up. */
import assert from "node:assert/strict";
import { handler } from "../../../infra/lambda/default_group.ts";
import { type Answers, runHandler } from "./aws.ts";

Deno.test("the default security group loses every rule, and nothing happens when the stack goes", async () => {
  const all = { IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
  const itself = { IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: "sg-1" }] };
  const answers: Answers = ({ command }) =>
    command === "DescribeSecurityGroups"
      ? { SecurityGroups: [{ GroupId: "sg-1", IpPermissions: [itself], IpPermissionsEgress: [all] }] }
      : {};
  const created = await runHandler(handler, { type: "Create", properties: { GroupId: "sg-1" }, answers });
  assert.deepEqual(
    created.calls,
    [
      { command: "DescribeSecurityGroups", input: { GroupIds: ["sg-1"] } },
      { command: "RevokeSecurityGroupIngress", input: { GroupId: "sg-1", IpPermissions: [itself] } },
      { command: "RevokeSecurityGroupEgress", input: { GroupId: "sg-1", IpPermissions: [all] } },
    ],
  );
  assert.equal(created.told.Status, "SUCCESS");
  const deleted = await runHandler(handler, { type: "Delete", properties: { GroupId: "sg-1" }, answers });
  assert.deepEqual([deleted.calls, deleted.told.Status], [[], "SUCCESS"]);
});

Deno.test("a role that is not known yet is waited for", async () => {
  let refusals = 2;
  const answers: Answers = () => {
    if (refusals-- > 0) throw new Error("UnauthorizedOperation");
    return { SecurityGroups: [{ GroupId: "sg-1", IpPermissions: [], IpPermissionsEgress: [] }] };
  };
  const { calls, told } = await runHandler(handler, { type: "Create", properties: { GroupId: "sg-1" }, answers });
  assert.deepEqual([calls.length, told.Status], [3, "SUCCESS"]);
});

Deno.test("a default group that cannot be closed fails the deployment, with the reason", async () => {
  const answers: Answers = () => {
    throw new Error("UnauthorizedOperation");
  };
  const { told } = await runHandler(handler, { type: "Create", properties: { GroupId: "sg-1" }, answers });
  assert.deepEqual([told.Status, told.Reason, told.PhysicalResourceId], [
    "FAILED",
    "Error: UnauthorizedOperation",
    "Logical",
  ]);
});
