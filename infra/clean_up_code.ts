/** Source of the clean-up function. It answers success whatever happened: what is in use fails by itself, with a reason. */
export const CLEAN_UP_CODE = `const {
  DeleteLaunchTemplateCommand, DeleteNetworkInterfaceCommand, EC2Client, TerminateInstancesCommand,
  paginateDescribeInstances, paginateDescribeLaunchTemplates, paginateDescribeNetworkInterfaces,
} = require("@aws-sdk/client-ec2");
const {
  DeleteInstanceProfileCommand, IAMClient, RemoveRoleFromInstanceProfileCommand, paginateListInstanceProfiles,
} = require("@aws-sdk/client-iam");

exports.handler = async (event, context) => {
  try {
    const { Cluster, Region } = event.ResourceProperties;
    const deadline = Date.now() + context.getRemainingTimeInMillis() - 20_000;
    if (event.RequestType === "Delete") await cleanUp(Cluster, Region, deadline);
  } catch (error) {
    console.error(error);
  }
  await respond(event);
};

async function cleanUp(cluster, region, deadline) {
  const ec2 = new EC2Client(), iam = new IAMClient();
  const tagged = [
    { Name: "tag:kubernetes.io/cluster/" + cluster, Values: ["owned"] },
    { Name: "tag-key", Values: ["karpenter.sh/nodepool"] },
  ];
  await until(deadline, () => endInstances(ec2, tagged));
  for (const { LaunchTemplateId } of await all(paginateDescribeLaunchTemplates, ec2, { Filters: tagged }, "LaunchTemplates")) {
    await attempt("launch template " + LaunchTemplateId, ec2, new DeleteLaunchTemplateCommand({ LaunchTemplateId }));
  }
  const path = "/karpenter/" + region + "/" + cluster + "/";
  for (const profile of await all(paginateListInstanceProfiles, iam, { PathPrefix: path }, "InstanceProfiles")) {
    const InstanceProfileName = profile.InstanceProfileName;
    for (const { RoleName } of profile.Roles || []) {
      await attempt("role of " + InstanceProfileName, iam, new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName }));
    }
    await attempt("instance profile " + InstanceProfileName, iam, new DeleteInstanceProfileCommand({ InstanceProfileName }));
  }
  const ofPods = [{ Name: "tag:cluster.k8s.amazonaws.com/name", Values: [cluster] }];
  await until(deadline, async () => await endInterfaces(ec2, tagged) + await endInterfaces(ec2, ofPods));
}

// Gives how many still live.
async function endInstances(ec2, Filters) {
  const states = { Name: "instance-state-name", Values: ["pending", "running", "shutting-down", "stopping", "stopped"] };
  const found = await all(paginateDescribeInstances, ec2, { Filters: [...Filters, states] }, "Reservations");
  const live = found.flatMap((reservation) => reservation.Instances);
  const InstanceIds = live.filter(({ State }) => State.Name !== "shutting-down").map(({ InstanceId }) => InstanceId);
  if (InstanceIds.length > 0) await attempt("instances " + InstanceIds, ec2, new TerminateInstancesCommand({ InstanceIds }));
  return live.length;
}

// Gives how many are still there; one in use is waited for, its instance is ending.
async function endInterfaces(ec2, Filters) {
  const found = await all(paginateDescribeNetworkInterfaces, ec2, { Filters }, "NetworkInterfaces");
  let left = 0;
  for (const { NetworkInterfaceId, Status } of found) {
    const command = new DeleteNetworkInterfaceCommand({ NetworkInterfaceId });
    if (Status !== "available" || !(await attempt("network interface " + NetworkInterfaceId, ec2, command))) left++;
  }
  return left;
}

async function all(paginate, client, input, key) {
  const found = [];
  for await (const page of paginate({ client }, input)) found.push(...(page[key] || []));
  return found;
}

async function attempt(what, client, command) {
  try {
    await client.send(command);
    console.log("removed " + what);
    return true;
  } catch (error) {
    console.error("could not remove " + what + ": " + error);
    return false;
  }
}

async function until(deadline, step) {
  while (await step() > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5_000));
}
`;
