/**
 * Takes every rule out of the VPC's default security group, so that what is started without a group of its own reaches
 * nothing and nobody. EC2 makes the group with the VPC, and a template has no way to its rules.
 */
import { Aws, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { CustomResource, regionalRead } from "./function.ts";

const CODE =
  `const { DescribeSecurityGroupsCommand, EC2Client, RevokeSecurityGroupEgressCommand, RevokeSecurityGroupIngressCommand } =
  require("@aws-sdk/client-ec2");

exports.handler = async (event) => {
  try {
    // On deletion there is nothing to do: the group goes with its VPC.
    if (event.RequestType !== "Delete") await patiently(() => close(event.ResourceProperties.GroupId));
    await respond(event);
  } catch (error) {
    console.error(error);
    await respond(event, error);
  }
};

// A role made seconds ago may not be known everywhere yet.
async function patiently(step) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      if (attempt === 6) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5_000));
    }
  }
}

async function close(GroupId) {
  const ec2 = new EC2Client();
  const { SecurityGroups: [group] } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
  const ingress = group.IpPermissions || [], egress = group.IpPermissionsEgress || [];
  if (ingress.length > 0) await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: ingress }));
  if (egress.length > 0) await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: egress }));
  console.log(JSON.stringify({ GroupId, revoked: { ingress, egress } }));
}
`;

export class ClosedDefaultGroup extends Construct {
  constructor(scope: Construct, id: string, groupId: string) {
    super(scope, id);
    new CustomResource(this, "Close", {
      description: "Closes the default security group of the VPC",
      code: CODE,
      timeoutSeconds: 60,
      properties: { GroupId: groupId },
      statements: [regionalRead(this, "ec2:DescribeSecurityGroups"), {
        Sid: "RevokeRulesOfThisGroup",
        Effect: "Allow",
        Action: ["ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress"],
        Resource: `arn:${Aws.PARTITION}:ec2:${Stack.of(this).region}:${Aws.ACCOUNT_ID}:security-group/${groupId}`,
      }],
      wildcards: "Describing security groups has no resource to name",
    });
  }
}
