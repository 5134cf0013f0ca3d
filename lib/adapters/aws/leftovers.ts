/** Finds and deletes what Karpenter and EKS may leave behind, as listed in `core/facts/leftovers.ts`. */
import { DeleteLogGroupCommand, paginateDescribeLogGroups } from "@aws-sdk/client-cloudwatch-logs";
import {
  DeleteLaunchTemplateCommand,
  DeleteNetworkInterfaceCommand,
  DeletePlacementGroupCommand,
  DeleteSecurityGroupCommand,
  DeleteVolumeCommand,
  DescribePlacementGroupsCommand,
  paginateDescribeInstances,
  paginateDescribeLaunchTemplates,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroups,
  paginateDescribeVolumes,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  DeleteInstanceProfileCommand,
  GetInstanceProfileCommand,
  type IAMClient,
  paginateListInstanceProfiles,
  paginateListInstanceProfileTags,
  RemoveRoleFromInstanceProfileCommand,
} from "@aws-sdk/client-iam";
import {
  controlPlaneLogs,
  type Filter,
  filtersOf,
  FREE_INTERFACE,
  type LeftoverKind,
  LEFTOVERS,
  LIVE_INSTANCES,
  type Mark,
  OURS,
  profilePath,
} from "../../core/facts/leftovers.ts";
import { OWNED, ownerTag } from "../../core/facts/tags.ts";
import type { Leftover, LeftoversPort } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { balancers, removeBalancer } from "./balancers.ts";
import { calling, isInUse, isNotFound, orNull } from "./errors.ts";

const KINDS = Object.keys(LEFTOVERS) as LeftoverKind[];

export function leftovers(clients: Clients): LeftoversPort {
  const find = async (kind: LeftoverKind, cluster: string): Promise<Leftover[]> => {
    const ids = await calling(LEFTOVERS[kind].list, cluster, () => LISTS[kind](clients, cluster));
    return [...new Set(ids)].map((id) => ({ kind, id, ...LEFTOVERS[kind].unmarked && { unmarked: true as const } }));
  };
  const kinds = KINDS.filter((kind) => LEFTOVERS[kind].removedBy !== "data");
  return {
    kinds,
    find: async (cluster) => {
      const found: Leftover[] = [];
      for (const kind of kinds) found.push(...await find(kind, cluster));
      return found;
    },
    disks: (cluster) => find("disk", cluster),
    remove: async ({ kind, id }) => {
      return await calling(LEFTOVERS[kind].remove.at(-1)!, `${kind} ${id}`, async () => {
        const removed = orNull(isNotFound, () => REMOVALS[kind](clients, id)).then(() => true);
        return await orNull(isInUse, () => removed) ?? false;
      });
    },
  };
}

/** The pages of a list, requested with each set of tags that marks a resource as ours. */
async function pages<P>(
  kind: LeftoverKind,
  cluster: string,
  more: Filter[],
  list: (input: { Filters: Filter[] }) => AsyncIterable<P>,
): Promise<P[]> {
  const found: P[] = [];
  for (const Filters of filtersOf(kind, cluster)) {
    found.push(...await Array.fromAsync(list({ Filters: [...Filters, ...more] })));
  }
  return found;
}

/** Ids of existing resources, by kind. */
const LISTS: Readonly<Record<LeftoverKind, (clients: Clients, cluster: string) => Promise<string[]>>> = {
  "instance": async (clients, cluster) => {
    const client = await clients.ec2(), alive = { Name: "instance-state-name", Values: [...LIVE_INSTANCES] };
    const found = await pages("instance", cluster, [alive], (input) => paginateDescribeInstances({ client }, input));
    return found.flatMap(({ Reservations = [] }) => Reservations).flatMap(({ Instances = [] }) => Instances)
      .map(({ InstanceId }) => InstanceId!);
  },
  "placement group": async (clients, cluster) => {
    const client = await clients.ec2(), found: string[] = [];
    for (const Filters of filtersOf("placement group", cluster)) {
      const { PlacementGroups = [] } = await client.send(new DescribePlacementGroupsCommand({ Filters }));
      found.push(...PlacementGroups.map(({ GroupName }) => GroupName!));
    }
    return found;
  },
  "launch template": async (clients, cluster) => {
    const client = await clients.ec2();
    const found = await pages("launch template", cluster, [], (input) => {
      return paginateDescribeLaunchTemplates({ client }, input);
    });
    return found.flatMap(({ LaunchTemplates = [] }) =>
      LaunchTemplates.map(({ LaunchTemplateId }) => LaunchTemplateId!)
    );
  },
  "instance profile": async (clients, cluster) => await instanceProfiles(await clients.iam(), cluster, clients.region),
  "network interface": async (clients, cluster) => {
    const client = await clients.ec2(), free = { Name: "status", Values: [FREE_INTERFACE] };
    const found = await pages("network interface", cluster, [free], (input) => {
      return paginateDescribeNetworkInterfaces({ client }, input);
    });
    return found.flatMap(({ NetworkInterfaces = [] }) => NetworkInterfaces).map((one) => one.NetworkInterfaceId!);
  },
  "load balancer": balancers,
  "security group": async (clients, cluster) => {
    const client = await clients.ec2();
    const found = await pages(
      "security group",
      cluster,
      [],
      (input) => paginateDescribeSecurityGroups({ client }, input),
    );
    return found.flatMap(({ SecurityGroups = [] }) => SecurityGroups).map(({ GroupId }) => GroupId!);
  },
  "log group": async (clients, cluster) => {
    const client = await clients.logs(), name = controlPlaneLogs(cluster);
    const found = await Array.fromAsync(paginateDescribeLogGroups({ client }, { logGroupNamePrefix: name }));
    return found.flatMap(({ logGroups = [] }) => logGroups.map(({ logGroupName }) => logGroupName!))
      .filter((one) => one === name);
  },
  "disk": async (clients, cluster) => {
    const client = await clients.ec2();
    const existing = { Name: "status", Values: ["creating", "available", "in-use", "error"] };
    const found = await pages("disk", cluster, [existing], (input) => paginateDescribeVolumes({ client }, input));
    return found.flatMap(({ Volumes = [] }) => Volumes.map(({ VolumeId }) => VolumeId!));
  },
};

/** Karpenter's profiles are under a path of the cluster, but the tags are checked all the same. */
async function instanceProfiles(client: IAMClient, cluster: string, region: string): Promise<string[]> {
  const found: string[] = [], PathPrefix = profilePath({ cluster, region });
  for await (const { InstanceProfiles = [] } of paginateListInstanceProfiles({ client }, { PathPrefix })) {
    for (const { InstanceProfileName } of InstanceProfiles) {
      const tags = await Array.fromAsync(paginateListInstanceProfileTags({ client }, { InstanceProfileName }));
      const all = tags.flatMap(({ Tags = [] }) => Tags);
      const has = ({ key, value }: Mark) => all.some(({ Key, Value }) => Key === key && Value === value);
      if (has(OURS(cluster)) && has({ key: ownerTag(cluster), value: OWNED })) found.push(InstanceProfileName!);
    }
  }
  return found;
}

const REMOVALS: Readonly<Record<LeftoverKind, (clients: Clients, id: string) => Promise<unknown>>> = {
  "instance": async ({ ec2 }, id) => (await ec2()).send(new TerminateInstancesCommand({ InstanceIds: [id] })),
  "placement group": async ({ ec2 }, id) => (await ec2()).send(new DeletePlacementGroupCommand({ GroupName: id })),
  "launch template": async ({ ec2 }, id) => {
    return (await ec2()).send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: id }));
  },
  "instance profile": async ({ iam }, id) => {
    const client = await iam();
    const { InstanceProfile } = await client.send(new GetInstanceProfileCommand({ InstanceProfileName: id }));
    for (const { RoleName } of InstanceProfile?.Roles ?? []) {
      await client.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: id, RoleName }));
    }
    return await client.send(new DeleteInstanceProfileCommand({ InstanceProfileName: id }));
  },
  "network interface": async ({ ec2 }, id) => {
    return (await ec2()).send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id }));
  },
  "load balancer": removeBalancer,
  "security group": async ({ ec2 }, id) => (await ec2()).send(new DeleteSecurityGroupCommand({ GroupId: id })),
  "log group": async ({ logs }, id) => (await logs()).send(new DeleteLogGroupCommand({ logGroupName: id })),
  "disk": async ({ ec2 }, id) => (await ec2()).send(new DeleteVolumeCommand({ VolumeId: id })),
};
