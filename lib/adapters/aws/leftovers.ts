/** What Karpenter and EKS may leave behind: found by this cluster's tags, so that nothing else is ever touched. */
import {
  DeleteLaunchTemplateCommand,
  DeleteNetworkInterfaceCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeNetworkInterfacesCommand,
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
import type { Leftover, LeftoversPort } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { calling } from "./errors.ts";

const ALIVE = ["pending", "running", "shutting-down", "stopping", "stopped"];

export function leftovers(clients: Clients): LeftoversPort {
  return {
    kinds: ["instance", "launch template", "instance profile", "network interface"],
    find: async (cluster) => {
      const [ec2, iam] = await Promise.all([clients.ec2(), clients.iam()]);
      return [
        ...await calling("ec2:DescribeInstances", cluster, () => instances(ec2, cluster)),
        ...await calling("ec2:DescribeLaunchTemplates", cluster, () => launchTemplates(ec2, cluster)),
        ...await calling("iam:ListInstanceProfiles", cluster, () => instanceProfiles(iam, cluster)),
        ...await calling("ec2:DescribeNetworkInterfaces", cluster, () => networkInterfaces(ec2, cluster)),
      ];
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
  const Filters = [{ Name: "tag:karpenter.k8s.aws/cluster", Values: [cluster] }];
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

/** Karpenter tags its profiles; IAM cannot filter by tag, but they begin with the cluster's name. */
async function instanceProfiles(iam: IAMClient, cluster: string): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for await (const page of paginateListInstanceProfiles({ client: iam }, {})) {
    for (const { InstanceProfileName } of page.InstanceProfiles ?? []) {
      if (!InstanceProfileName?.startsWith(`${cluster}_`)) continue;
      const { Tags = [] } = await iam.send(new ListInstanceProfileTagsCommand({ InstanceProfileName }));
      const ours = Tags.some(({ Key, Value }) => Key === `kubernetes.io/cluster/${cluster}` && Value === "owned");
      if (ours) found.push({ kind: "instance profile", id: InstanceProfileName });
    }
  }
  return found;
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
