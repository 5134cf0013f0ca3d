/** Source of the clean-up function. It answers success whatever happened: what is in use fails by itself, with a reason. */
export const CLEAN_UP_CODE = `const {
  DeleteLaunchTemplateCommand, DeleteNetworkInterfaceCommand, DeletePlacementGroupCommand,
  DescribePlacementGroupsCommand, EC2Client, TerminateInstancesCommand,
  paginateDescribeInstances, paginateDescribeLaunchTemplates, paginateDescribeNetworkInterfaces,
} = require("@aws-sdk/client-ec2");
const {
  DeleteInstanceProfileCommand, IAMClient, RemoveRoleFromInstanceProfileCommand, paginateListInstanceProfiles,
} = require("@aws-sdk/client-iam");

exports.handler = async (event, context) => {
  const left = context.getRemainingTimeInMillis();
  let timer;
  // Whatever hangs: CloudFormation gets its answer while there is time to give it.
  const late = new Promise((resolve) => timer = setTimeout(resolve, left - 15_000, "gave up: the time is over"));
  try {
    const { Cluster, Region } = event.ResourceProperties;
    if (event.RequestType === "Delete") {
      console.log(await Promise.race([cleanUp(Cluster, Region, Date.now() + left - 60_000), late]));
    }
  } catch (error) {
    console.error(error);
  }
  clearTimeout(timer);
  await respond(event);
};

// In an order that works; what one step cannot do keeps no other from its work.
async function cleanUp(cluster, region, deadline) {
  const ec2 = new EC2Client(), iam = new IAMClient();
  const tagged = [
    { Name: "tag:kubernetes.io/cluster/" + cluster, Values: ["owned"] },
    { Name: "tag-key", Values: ["karpenter.sh/nodepool"] },
  ];
  const ofPods = [{ Name: "tag:cluster.k8s.amazonaws.com/name", Values: [cluster] }];
  const steps = {
    "instances": () => until(deadline, () => endInstances(ec2, tagged)),
    "placement groups": () => endGroups(ec2, [{ Name: "tag:unitune:cluster", Values: [cluster] }]),
    "launch templates": () => endTemplates(ec2, tagged),
    "instance profiles": () => endProfiles(iam, "/karpenter/" + region + "/" + cluster + "/"),
    "network interfaces": () => until(deadline, async () => await endInterfaces(ec2, tagged) + await endInterfaces(ec2, ofPods)),
  };
  const left = [];
  for (const [what, step] of Object.entries(steps)) {
    try {
      const count = await step();
      if (count > 0) left.push(count + " " + what);
    } catch (error) {
      console.error("could not look for " + what + ": " + error);
      left.push("perhaps " + what);
    }
  }
  return left.length > 0 ? "left of " + cluster + ": " + left.join(", ") : "nothing is left of " + cluster;
}

// Each of these gives how many are left.
async function endTemplates(ec2, Filters) {
  let left = 0;
  for (const { LaunchTemplateId } of await all(paginateDescribeLaunchTemplates, ec2, { Filters }, "LaunchTemplates")) {
    if (!(await attempt("launch template " + LaunchTemplateId, ec2, new DeleteLaunchTemplateCommand({ LaunchTemplateId })))) left++;
  }
  return left;
}

async function endGroups(ec2, Filters) {
  const { PlacementGroups } = await ec2.send(new DescribePlacementGroupsCommand({ Filters }));
  let left = 0;
  for (const { GroupName } of PlacementGroups || []) {
    if (!(await attempt("placement group " + GroupName, ec2, new DeletePlacementGroupCommand({ GroupName })))) left++;
  }
  return left;
}

async function endProfiles(iam, PathPrefix) {
  let left = 0;
  for (const profile of await all(paginateListInstanceProfiles, iam, { PathPrefix }, "InstanceProfiles")) {
    const InstanceProfileName = profile.InstanceProfileName;
    for (const { RoleName } of profile.Roles || []) {
      await attempt("role of " + InstanceProfileName, iam, new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName }));
    }
    if (!(await attempt("instance profile " + InstanceProfileName, iam, new DeleteInstanceProfileCommand({ InstanceProfileName })))) left++;
  }
  return left;
}

async function endInstances(ec2, Filters) {
  const states = { Name: "instance-state-name", Values: ["pending", "running", "shutting-down", "stopping", "stopped"] };
  const found = await all(paginateDescribeInstances, ec2, { Filters: [...Filters, states] }, "Reservations");
  const live = found.flatMap((reservation) => reservation.Instances);
  const InstanceIds = live.filter(({ State }) => State.Name !== "shutting-down").map(({ InstanceId }) => InstanceId);
  if (InstanceIds.length > 0) await attempt("instances " + InstanceIds, ec2, new TerminateInstancesCommand({ InstanceIds }));
  return live.length;
}

// One in use is waited for: its instance is ending.
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
  for (;;) {
    const left = await step();
    if (left === 0 || Date.now() >= deadline) return left;
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  }
}
`;
