// Bundled from infra/lambda/default_group.ts of unitune.

// infra/lambda/default_group.ts
const {
  DescribeSecurityGroupsCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand
} = require("@aws-sdk/client-ec2");

// infra/lambda/respond.ts
async function respond(event, error) {
  const answer = {
    Status: error === void 0 ? "SUCCESS" : "FAILED",
    Reason: error === void 0 ? "done" : String(error),
    PhysicalResourceId: event.PhysicalResourceId || event.LogicalResourceId,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId
  };
  const body = new TextEncoder().encode(JSON.stringify(answer));
  await fetch(event.ResponseURL, { method: "PUT", body });
}

// infra/lambda/default_group.ts
var ATTEMPTS = 6;
var PAUSE = 5e3;
async function handler(event) {
  try {
    if (event.RequestType !== "Delete") {
      await patiently(() => close(new EC2Client(), event.ResourceProperties.GroupId));
    }
    await respond(event);
  } catch (error) {
    console.error(error);
    await respond(event, error);
  }
}
async function patiently(step) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}
async function close(ec2, GroupId) {
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
  const { IpPermissions: ingress = [], IpPermissionsEgress: egress = [] } = SecurityGroups?.[0] ?? {};
  if (ingress.length > 0) await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: ingress }));
  if (egress.length > 0) await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: egress }));
  console.log(JSON.stringify({ GroupId, revoked: { ingress, egress } }));
}
exports.handler = handler;
