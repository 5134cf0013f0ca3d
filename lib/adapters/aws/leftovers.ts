/** What Karpenter and EKS may leave behind: found by this cluster's tags, so that nothing else is ever touched. */
import {
  type CloudWatchLogsClient,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  DeleteLaunchTemplateCommand,
  DeleteNetworkInterfaceCommand,
  DeletePlacementGroupCommand,
  DeleteVolumeCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeNetworkInterfacesCommand,
  DescribePlacementGroupsCommand,
  DescribeVolumesCommand,
  type EC2Client,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  DeleteInstanceProfileCommand,
  type IAMClient,
  ListInstanceProfileTagsCommand,
  paginateListInstanceProfiles,
  RemoveRoleFromInstanceProfileCommand,
} from "@aws-sdk/client-iam";
import { CLUSTER } from "../../core/pins.ts";
import type { Leftover, LeftoversPort } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { calling } from "./errors.ts";

const ALIVE = ["pending", "running", "shutting-down", "stopping", "stopped"];

export function leftovers(clients: Clients): LeftoversPort {
  return {
    kinds: ["instance", "launch template", "instance profile", "network interface", "placement group", "log group"],
    find: async (cluster) => {
      const [ec2, iam, logs] = await Promise.all([clients.ec2(), clients.iam(), clients.logs()]);
      return [
        ...await calling("ec2:DescribeInstances", cluster, () => instances(ec2, cluster)),
        ...await calling("ec2:DescribeLaunchTemplates", cluster, () => launchTemplates(ec2, cluster)),
        ...await calling("iam:ListInstanceProfiles", cluster, () => instanceProfiles(iam, cluster, clients.region)),
        ...await calling("ec2:DescribeNetworkInterfaces", cluster, () => networkInterfaces(ec2, cluster)),
        ...await calling("ec2:DescribePlacementGroups", cluster, () => placementGroups(ec2, cluster)),
        ...await calling("logs:DescribeLogGroups", cluster, () => logGroups(logs, cluster)),
      ];
    },
    disks: async (cluster) => {
      const ec2 = await clients.ec2();
      return await calling("ec2:DescribeVolumes", cluster, () => disks(ec2, cluster));
    },
    remove: ({ kind, id }) => calling("the removal", `${kind} ${id}`, () => remove(clients, kind, id)),
  };
}

const owned = (cluster: string) => ({ Name: `tag:kubernetes.io/cluster/${cluster}`, Values: ["owned"] });

async function instances(ec2: EC2Client, cluster: string): Promise<Leftover[]> {
  const Filters = [
    owned(cluster),
    { Name: "tag-key", Values: ["karpenter.sh/nodepool"] },
    { Name: "instance-state-name", Values: ALIVE },
  ];
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }));
  return Reservations.flatMap(({ Instances = [] }) => Instances)
    .map(({ InstanceId }) => ({ kind: "instance", id: InstanceId! }));
}

async function launchTemplates(ec2: EC2Client, cluster: string): Promise<Leftover[]> {
  const Filters = [owned(cluster), { Name: "tag-key", Values: ["karpenter.sh/nodepool"] }];
  const { LaunchTemplates = [] } = await ec2.send(new DescribeLaunchTemplatesCommand({ Filters }));
  return LaunchTemplates.map(({ LaunchTemplateId }) => ({ kind: "launch template", id: LaunchTemplateId! }));
}

async function networkInterfaces(ec2: EC2Client, cluster: string): Promise<Leftover[]> {
  const Filters = [
    { Name: "tag:cluster.k8s.amazonaws.com/name", Values: [cluster] },
    { Name: "status", Values: ["available"] },
  ];
  const { NetworkInterfaces = [] } = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters }));
  return NetworkInterfaces.map(({ NetworkInterfaceId }) => ({ kind: "network interface", id: NetworkInterfaceId! }));
}

/** The stack leaves them to whoever ends their instances. */
async function placementGroups(ec2: EC2Client, cluster: string): Promise<Leftover[]> {
  const Filters = [{ Name: `tag:${CLUSTER.clusterTag}`, Values: [cluster] }];
  const { PlacementGroups = [] } = await ec2.send(new DescribePlacementGroupsCommand({ Filters }));
  return PlacementGroups.map(({ GroupName }) => ({ kind: "placement group", id: GroupName! }));
}

/** Two marks, as volumes of nodes have the first of them, too; the other is the EBS CSI driver's, on each that it makes. */
async function disks(ec2: EC2Client, cluster: string): Promise<Leftover[]> {
  const Filters = [
    { Name: `tag:${CLUSTER.clusterTag}`, Values: [cluster] },
    { Name: "tag-key", Values: ["CSIVolumeName"] },
    { Name: "status", Values: ["creating", "available", "in-use", "error"] },
  ];
  const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({ Filters }));
  return Volumes.map(({ VolumeId }) => ({ kind: "disk", id: VolumeId! }));
}

/** Karpenter keeps its profiles under a path of the cluster's own; the tag is asked all the same. */
async function instanceProfiles(iam: IAMClient, cluster: string, region: string): Promise<Leftover[]> {
  const found: Leftover[] = [];
  const PathPrefix = `/karpenter/${region}/${cluster}/`;
  for await (const page of paginateListInstanceProfiles({ client: iam }, { PathPrefix })) {
    for (const { InstanceProfileName } of page.InstanceProfiles ?? []) {
      const { Tags = [] } = await iam.send(new ListInstanceProfileTagsCommand({ InstanceProfileName }));
      const ours = Tags.some(({ Key, Value }) => Key === `kubernetes.io/cluster/${cluster}` && Value === "owned");
      if (ours) found.push({ kind: "instance profile", id: InstanceProfileName! });
    }
  }
  return found;
}

/** EKS may write its last lines after the stack removed the group, and so make it again. */
async function logGroups(logs: CloudWatchLogsClient, cluster: string): Promise<Leftover[]> {
  const name = `/aws/eks/${cluster}/cluster`;
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
  return logGroups.filter(({ logGroupName }) => logGroupName === name).map(() => ({ kind: "log group", id: name }));
}

async function remove(clients: Clients, kind: string, id: string): Promise<void> {
  const [ec2, iam] = await Promise.all([clients.ec2(), clients.iam()]);
  switch (kind) {
    case "instance":
      await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
      return;
    case "launch template":
      await ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: id }));
      return;
    case "network interface":
      await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id }));
      return;
    case "placement group":
      await ec2.send(new DeletePlacementGroupCommand({ GroupName: id }));
      return;
    case "disk":
      await ec2.send(new DeleteVolumeCommand({ VolumeId: id }));
      return;
    case "log group":
      await (await clients.logs()).send(new DeleteLogGroupCommand({ logGroupName: id }));
      return;
    case "instance profile": {
      const { GetInstanceProfileCommand } = await import("@aws-sdk/client-iam");
      const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName: id }));
      for (const { RoleName } of InstanceProfile?.Roles ?? []) {
        await iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: id, RoleName }));
      }
      await iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName: id }));
      return;
    }
    default:
      throw new Error(`Cannot remove a ${kind}: it is no kind that is looked for`);
  }
}
