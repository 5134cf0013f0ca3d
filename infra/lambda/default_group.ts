/** Deletes every rule of a VPC's default security group, when the stack is created or updated. */
import {
  DescribeSecurityGroupsCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { type CustomResourceEvent, respond } from "./respond.ts";

const ATTEMPTS = 6, PAUSE = 5_000;

export async function handler(event: CustomResourceEvent): Promise<void> {
  try {
    // Nothing to do on deletion: the group is deleted with its VPC.
    if (event.RequestType !== "Delete") {
      await patiently(() => close(new EC2Client(), event.ResourceProperties.GroupId!));
    }
    await respond(event);
  } catch (error) {
    console.error(error);
    await respond(event, error);
  }
}

/** A role that was created seconds ago may not be known everywhere yet. */
async function patiently(step: () => Promise<void>): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      return await step();
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

async function close(ec2: EC2Client, GroupId: string): Promise<void> {
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
  const { IpPermissions: ingress = [], IpPermissionsEgress: egress = [] } = SecurityGroups?.[0] ?? {};
  if (ingress.length > 0) await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: ingress }));
  if (egress.length > 0) await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: egress }));
  console.log(JSON.stringify({ GroupId, revoked: { ingress, egress } }));
}
