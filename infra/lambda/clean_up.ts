/**
 * When the stack is deleted, deletes what Karpenter left, but only if the stack created the cluster. It always answers
 * success: if something is still in use, the resource that it blocks fails to delete, with a reason.
 */
import {
  DeleteLaunchTemplateCommand,
  DeleteNetworkInterfaceCommand,
  DeletePlacementGroupCommand,
  DescribePlacementGroupsCommand,
  EC2Client,
  paginateDescribeInstances,
  paginateDescribeLaunchTemplates,
  paginateDescribeNetworkInterfaces,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { DescribeClusterCommand, EKSClient } from "@aws-sdk/client-eks";
import {
  DeleteInstanceProfileCommand,
  IAMClient,
  paginateListInstanceProfiles,
  paginateListInstanceProfileTags,
  RemoveRoleFromInstanceProfileCommand,
} from "@aws-sdk/client-iam";
import {
  type Filter,
  filtersOf,
  FREE_INTERFACE,
  LIVE_INSTANCES,
  OURS,
  profilePath,
  type StackLeftover,
} from "../../lib/core/facts/leftovers.ts";
import { CLUSTER_TAG, STACK_ID_TAG } from "../../lib/core/facts/tags.ts";
import { type CustomResourceEvent, respond } from "./respond.ts";

interface Place {
  readonly cluster: string;
  readonly region: string;
  /** When to stop waiting, in ms. */
  readonly deadline: number;
}

const PAUSE = 5_000;
/** The time that is reserved for the steps after the one that waits, and for the answer. */
const FOR_THE_REST = 60_000, FOR_THE_ANSWER = 15_000;

export async function handler(
  event: CustomResourceEvent,
  context: { readonly getRemainingTimeInMillis: () => number },
): Promise<void> {
  const left = context.getRemainingTimeInMillis();
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Even if a step hangs, CloudFormation gets its answer in time.
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, left - FOR_THE_ANSWER, "gave up: the time is over");
  });
  try {
    const { Cluster, Region } = event.ResourceProperties;
    if (event.RequestType === "Delete") {
      const place = { cluster: Cluster!, region: Region!, deadline: Date.now() + left - FOR_THE_REST };
      const work = isOwn(event).then((own) => own ? cleanUp(place) : `touched nothing: ${Cluster} is not this stack's`);
      console.log(await Promise.race([work, late]));
    }
  } catch (error) {
    console.error(error);
  }
  clearTimeout(timer);
  await respond(event);
}

/**
 * Did this stack create the cluster? Whoever has deleted it may have created another one of its name since, whose nodes
 * have the same tags. Throws if that cannot be told: then nothing is deleted, either.
 */
async function isOwn({ StackId, ResourceProperties: { Cluster = "", ClusterArn } }: CustomResourceEvent) {
  if (!ClusterArn) return false;
  try {
    const { cluster } = await new EKSClient().send(new DescribeClusterCommand({ name: Cluster }));
    const { [CLUSTER_TAG]: owner, [STACK_ID_TAG]: stack = StackId } = cluster?.tags ?? {};
    return owner === Cluster && stack === StackId;
  } catch (error) {
    if ((error as Error).name === "ResourceNotFoundException") return true;
    throw error;
  }
}

/** Runs the steps in an order that works; a step that fails does not stop the others. */
async function cleanUp(place: Place): Promise<string> {
  const { cluster } = place, left: string[] = [];
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

type Step = () => Promise<number>;

/** Each returns how many are left. */
function stepsOf({ cluster, region, deadline }: Place, ec2: EC2Client, iam: IAMClient): Record<StackLeftover, Step> {
  const each = async (kind: StackLeftover, end: (Filters: Filter[]) => Promise<number>) => {
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
    "placement group": () => each("placement group", (Filters) => endGroups(ec2, Filters)),
  };
}

async function endInstances(client: EC2Client, tags: Filter[]): Promise<number> {
  const Filters = [...tags, { Name: "instance-state-name", Values: LIVE_INSTANCES }], live = [];
  for await (const { Reservations = [] } of paginateDescribeInstances({ client }, { Filters })) {
    live.push(...Reservations.flatMap(({ Instances = [] }) => Instances));
  }
  const InstanceIds = live.filter(({ State }) => State?.Name !== "shutting-down").map(({ InstanceId }) => InstanceId!);
  if (InstanceIds.length > 0) {
    await attempt(`instances ${InstanceIds}`, () => client.send(new TerminateInstancesCommand({ InstanceIds })));
  }
  return live.length;
}

async function endGroups(client: EC2Client, Filters: Filter[]): Promise<number> {
  const { PlacementGroups = [] } = await client.send(new DescribePlacementGroupsCommand({ Filters }));
  return await endAll(PlacementGroups, ({ GroupName }) => {
    return attempt(`placement group ${GroupName}`, () => client.send(new DeletePlacementGroupCommand({ GroupName })));
  });
}

async function endTemplates(client: EC2Client, Filters: Filter[]): Promise<number> {
  const found = [];
  for await (const { LaunchTemplates = [] } of paginateDescribeLaunchTemplates({ client }, { Filters })) {
    found.push(...LaunchTemplates);
  }
  return await endAll(found, ({ LaunchTemplateId }) => {
    const command = new DeleteLaunchTemplateCommand({ LaunchTemplateId });
    return attempt(`launch template ${LaunchTemplateId}`, () => client.send(command));
  });
}

/** The list does not include tags. */
async function endProfiles(client: IAMClient, cluster: string, PathPrefix: string): Promise<number> {
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
      const command = new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName });
      await attempt(`role of ${InstanceProfileName}`, () => client.send(command));
    }
    const command = new DeleteInstanceProfileCommand({ InstanceProfileName });
    return await attempt(`instance profile ${InstanceProfileName}`, () => client.send(command));
  });
}

/** An interface in use is counted as left, to wait for it: its instance is ending. */
async function endInterfaces(client: EC2Client, Filters: Filter[]): Promise<number> {
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

/** How many did not end. */
async function endAll<T>(found: readonly T[], end: (one: T) => Promise<boolean>): Promise<number> {
  let left = 0;
  for (const one of found) if (!(await end(one))) left++;
  return left;
}

async function attempt(what: string, call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    console.log(`removed ${what}`);
    return true;
  } catch (error) {
    console.error(`could not remove ${what}: ${error}`);
    return false;
  }
}

async function until(deadline: number, step: () => Promise<number>): Promise<number> {
  for (;;) {
    const left = await step();
    if (left === 0 || Date.now() >= deadline) return left;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}
