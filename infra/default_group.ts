/**
 * Deletes every rule of the VPC's default security group, so that instances without a group of their own have no
 * network access. EC2 creates the group with the VPC, and a template cannot change its rules.
 */
import { Aws, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { CustomResource, regionalRead } from "./function.ts";

export class ClosedDefaultGroup extends Construct {
  constructor(scope: Construct, id: string, { groupId, code }: { readonly groupId: string; readonly code: string }) {
    super(scope, id);
    new CustomResource(this, "Close", {
      description: "Closes the default security group of the VPC",
      code,
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
