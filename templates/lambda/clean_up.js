// Bundled from infra/lambda/clean_up.ts of unitune.

// infra/lambda/clean_up.ts
const {
  DeleteLaunchTemplateCommand,
  DeleteNetworkInterfaceCommand,
  DeletePlacementGroupCommand,
  DescribePlacementGroupsCommand,
  EC2Client,
  paginateDescribeInstances,
  paginateDescribeLaunchTemplates,
  paginateDescribeNetworkInterfaces,
  TerminateInstancesCommand
} = require("@aws-sdk/client-ec2");
const { DescribeClusterCommand, EKSClient } = require("@aws-sdk/client-eks");
const {
  DeleteInstanceProfileCommand,
  IAMClient,
  paginateListInstanceProfiles,
  paginateListInstanceProfileTags,
  RemoveRoleFromInstanceProfileCommand
} = require("@aws-sdk/client-iam");

// lib/core/facts/tags.ts
var CLUSTER_TAG = "unitune:cluster";
var STACK_ID_TAG = "aws:cloudformation:stack-id";
var NODE_POOL_TAG = "karpenter.sh/nodepool";
var BALANCER_TAG = "elbv2.k8s.aws/cluster";
function ownerTag(cluster) {
  return `kubernetes.io/cluster/${cluster}`;
}
var OWNED = "owned";

// lib/core/facts/leftovers.ts
var OURS = (cluster) => ({ key: CLUSTER_TAG, value: cluster });
var MARKS = {
  /** Karpenter puts the first two on all that it launches instances with. */
  karpenter: (cluster) => [
    { key: ownerTag(cluster), value: OWNED },
    OURS(cluster),
    { key: NODE_POOL_TAG, value: null }
  ],
  /** The VPC CNI's, on network interfaces for pods: a node that ends suddenly does not take them along. */
  pods: (cluster) => [{ key: "cluster.k8s.amazonaws.com/name", value: cluster }],
  /** The cloud controller puts it on load balancers and their groups. */
  owned: (cluster) => [{ key: ownerTag(cluster), value: OWNED }],
  /** The AWS Load Balancer Controller's, on the same. */
  balancers: (cluster) => [{ key: BALANCER_TAG, value: cluster }],
  unitune: (cluster) => [OURS(cluster)],
  /** Volumes of nodes have the first of them, too; the other is the EBS CSI driver's, on each disk that it creates. */
  claims: (cluster) => [OURS(cluster), { key: "CSIVolumeName", value: null }]
};
var LEFTOVERS = {
  "instance": {
    marks: ["karpenter"],
    list: "ec2:DescribeInstances",
    remove: ["ec2:TerminateInstances"],
    pages: true,
    resource: "instance",
    removedBy: "stack"
  },
  "launch template": {
    marks: ["karpenter"],
    list: "ec2:DescribeLaunchTemplates",
    remove: ["ec2:DeleteLaunchTemplate"],
    pages: true,
    resource: "launch-template",
    removedBy: "stack"
  },
  "instance profile": {
    marks: [],
    within: profilePath,
    list: "iam:ListInstanceProfiles",
    remove: ["iam:RemoveRoleFromInstanceProfile", "iam:DeleteInstanceProfile"],
    pages: true,
    resource: "instance-profile",
    removedBy: "stack"
  },
  "network interface": {
    marks: ["karpenter", "pods"],
    unmarked: true,
    list: "ec2:DescribeNetworkInterfaces",
    remove: ["ec2:DeleteNetworkInterface"],
    pages: true,
    resource: "network-interface",
    removedBy: "stack"
  },
  "placement group": {
    marks: ["unitune"],
    list: "ec2:DescribePlacementGroups",
    remove: ["ec2:DeletePlacementGroup"],
    pages: false,
    resource: "placement-group",
    removedBy: "stack"
  },
  // A Service or an Ingress leaves them when its controller ends before it.
  "load balancer": {
    marks: ["owned", "balancers"],
    unmarked: true,
    list: "elasticloadbalancing:DescribeLoadBalancers",
    remove: ["elasticloadbalancing:DeleteLoadBalancer"],
    pages: true,
    service: "elasticloadbalancing",
    resource: "loadbalancer",
    removedBy: "destroy"
  },
  // Those of load balancers.
  "security group": {
    marks: ["owned", "balancers"],
    unmarked: true,
    list: "ec2:DescribeSecurityGroups",
    remove: ["ec2:DeleteSecurityGroup"],
    pages: true,
    resource: "security-group",
    removedBy: "destroy"
  },
  // EKS may write its last lines after the stack removed the group, and so create it again.
  "log group": {
    marks: [],
    within: ({ cluster }) => controlPlaneLogs(cluster),
    unmarked: true,
    list: "logs:DescribeLogGroups",
    remove: ["logs:DeleteLogGroup"],
    pages: true,
    resource: "log-group:",
    removedBy: "destroy"
  },
  "disk": {
    marks: ["claims"],
    list: "ec2:DescribeVolumes",
    remove: ["ec2:DeleteVolume"],
    pages: true,
    resource: "volume",
    removedBy: "data"
  }
};
var LIVE_INSTANCES = ["pending", "running", "shutting-down", "stopping", "stopped"];
var FREE_INTERFACE = "available";
function filtersOf(kind, cluster) {
  return LEFTOVERS[kind].marks.map(
    (set) => MARKS[set](cluster).map(
      ({ key, value }) => value === null ? { Name: "tag-key", Values: [key] } : { Name: `tag:${key}`, Values: [value] }
    )
  );
}
function profilePath({ cluster, region }) {
  return `/karpenter/${region}/${cluster}/`;
}
function controlPlaneLogs(cluster) {
  return `/aws/eks/${cluster}/cluster`;
}

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

// infra/lambda/clean_up.ts
var PAUSE = 5e3;
var FOR_THE_REST = 6e4;
var FOR_THE_ANSWER = 15e3;
async function handler(event, context) {
  const left = context.getRemainingTimeInMillis();
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, left - FOR_THE_ANSWER, "gave up: the time is over");
  });
  try {
    const { Cluster, Region } = event.ResourceProperties;
    if (event.RequestType === "Delete") {
      const place = { cluster: Cluster, region: Region, deadline: Date.now() + left - FOR_THE_REST };
      const work = isOwn(event).then((own) => own ? cleanUp(place) : `touched nothing: ${Cluster} is not this stack's`);
      console.log(await Promise.race([work, late]));
    }
  } catch (error) {
    console.error(error);
  }
  clearTimeout(timer);
  await respond(event);
}
async function isOwn({ StackId, ResourceProperties: { Cluster = "", ClusterArn } }) {
  if (!ClusterArn) return false;
  try {
    const { cluster } = await new EKSClient().send(new DescribeClusterCommand({ name: Cluster }));
    const { [CLUSTER_TAG]: owner, [STACK_ID_TAG]: stack = StackId } = cluster?.tags ?? {};
    return owner === Cluster && stack === StackId;
  } catch (error) {
    if (error.name === "ResourceNotFoundException") return true;
    throw error;
  }
}
async function cleanUp(place) {
  const { cluster } = place, left = [];
  for (const [kind, step] of Object.entries(stepsOf(place, new EC2Client(), new IAMClient()))) {
    try {
      const count = await step();
      if (count > 0) left.push(`${count} ${kind}s`);
    } catch (error) {
      console.error(`could not look for ${kind}s: ${error}`);
      left.push(`perhaps ${kind}s`);
    }
  }
  return left.length > 0 ? `left of ${cluster}: ${left.join(", ")}` : `nothing is left of ${cluster}`;
}
function stepsOf({ cluster, region, deadline }, ec2, iam) {
  const each = async (kind, end) => {
    let left = 0;
    for (const Filters of filtersOf(kind, cluster)) left += await end(Filters);
    return left;
  };
  return {
    "instance": () => until(deadline, () => each("instance", (Filters) => endInstances(ec2, Filters))),
    "launch template": () => each("launch template", (Filters) => endTemplates(ec2, Filters)),
    "instance profile": () => endProfiles(iam, cluster, profilePath({ cluster, region })),
    "network interface": () => {
      return until(deadline, () => each("network interface", (Filters) => endInterfaces(ec2, Filters)));
    },
    "placement group": () => each("placement group", (Filters) => endGroups(ec2, Filters))
  };
}
async function endInstances(client, tags) {
  const Filters = [...tags, { Name: "instance-state-name", Values: LIVE_INSTANCES }], live = [];
  for await (const { Reservations = [] } of paginateDescribeInstances({ client }, { Filters })) {
    live.push(...Reservations.flatMap(({ Instances = [] }) => Instances));
  }
  const InstanceIds = live.filter(({ State }) => State?.Name !== "shutting-down").map(({ InstanceId }) => InstanceId);
  if (InstanceIds.length > 0) {
    await attempt(`instances ${InstanceIds}`, () => client.send(new TerminateInstancesCommand({ InstanceIds })));
  }
  return live.length;
}
async function endGroups(client, Filters) {
  const { PlacementGroups = [] } = await client.send(new DescribePlacementGroupsCommand({ Filters }));
  return await endAll(PlacementGroups, ({ GroupName }) => {
    return attempt(`placement group ${GroupName}`, () => client.send(new DeletePlacementGroupCommand({ GroupName })));
  });
}
async function endTemplates(client, Filters) {
  const found = [];
  for await (const { LaunchTemplates = [] } of paginateDescribeLaunchTemplates({ client }, { Filters })) {
    found.push(...LaunchTemplates);
  }
  return await endAll(found, ({ LaunchTemplateId }) => {
    const command = new DeleteLaunchTemplateCommand({ LaunchTemplateId });
    return attempt(`launch template ${LaunchTemplateId}`, () => client.send(command));
  });
}
async function endProfiles(client, cluster, PathPrefix) {
  const found = [], { key, value } = OURS(cluster);
  for await (const { InstanceProfiles = [] } of paginateListInstanceProfiles({ client }, { PathPrefix })) {
    for (const profile of InstanceProfiles) {
      const { InstanceProfileName } = profile;
      for await (const { Tags = [] } of paginateListInstanceProfileTags({ client }, { InstanceProfileName })) {
        if (Tags.some((tag) => tag.Key === key && tag.Value === value)) found.push(profile);
      }
    }
  }
  return await endAll(found, async ({ InstanceProfileName, Roles = [] }) => {
    for (const { RoleName } of Roles) {
      const command2 = new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName });
      await attempt(`role of ${InstanceProfileName}`, () => client.send(command2));
    }
    const command = new DeleteInstanceProfileCommand({ InstanceProfileName });
    return await attempt(`instance profile ${InstanceProfileName}`, () => client.send(command));
  });
}
async function endInterfaces(client, Filters) {
  const found = [];
  for await (const { NetworkInterfaces = [] } of paginateDescribeNetworkInterfaces({ client }, { Filters })) {
    found.push(...NetworkInterfaces);
  }
  return await endAll(found, async ({ NetworkInterfaceId, Status }) => {
    if (Status !== FREE_INTERFACE) return false;
    const command = new DeleteNetworkInterfaceCommand({ NetworkInterfaceId });
    return await attempt(`network interface ${NetworkInterfaceId}`, () => client.send(command));
  });
}
async function endAll(found, end) {
  let left = 0;
  for (const one of found) if (!await end(one)) left++;
  return left;
}
async function attempt(what, call) {
  try {
    await call();
    console.log(`removed ${what}`);
    return true;
  } catch (error) {
    console.error(`could not remove ${what}: ${error}`);
    return false;
  }
}
async function until(deadline, step) {
  for (; ; ) {
    const left = await step();
    if (left === 0 || Date.now() >= deadline) return left;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}
exports.handler = handler;
