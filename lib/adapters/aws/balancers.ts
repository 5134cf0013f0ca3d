/** Load balancers of a cluster, of both generations. Their lists have no filters, so their tags are read. */
import type { Tag, TagDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import { LEFTOVERS, MARKS } from "../../core/facts/leftovers.ts";
import type { Clients } from "./clients.ts";

/** `DescribeTags` accepts this many at a time. */
const AT_ONCE = 20;
/** Ids of the newer generation are ARNs; classic ones are names. */
const ARN = /^arn:/;

export async function balancers(clients: Clients, cluster: string): Promise<string[]> {
  const marks = LEFTOVERS["load balancer"].marks.map((set) => MARKS[set](cluster));
  const isOurs = (tags: readonly Tag[] = []) =>
    marks.some((all) => all.every(({ key, value }) => tags.some(({ Key, Value }) => Key === key && Value === value)));
  return [...await newer(clients, isOurs), ...await classic(clients, isOurs)];
}

type IsOurs = (tags: readonly Tag[] | undefined) => boolean;

async function newer({ elbV2 }: Clients, isOurs: IsOurs): Promise<string[]> {
  const sdk = await import("@aws-sdk/client-elastic-load-balancing-v2"), client = await elbV2();
  const pages = await Array.fromAsync(sdk.paginateDescribeLoadBalancers({ client }, {}));
  const all = pages.flatMap(({ LoadBalancers = [] }) => LoadBalancers).map(({ LoadBalancerArn }) => LoadBalancerArn!);
  const found: TagDescription[] = [];
  for (const ResourceArns of inGroups(all)) {
    found.push(...(await client.send(new sdk.DescribeTagsCommand({ ResourceArns }))).TagDescriptions ?? []);
  }
  return found.filter(({ Tags }) => isOurs(Tags)).map(({ ResourceArn }) => ResourceArn!);
}

async function classic({ elb }: Clients, isOurs: IsOurs): Promise<string[]> {
  const sdk = await import("@aws-sdk/client-elastic-load-balancing"), client = await elb();
  const pages = await Array.fromAsync(sdk.paginateDescribeLoadBalancers({ client }, {}));
  const all = pages.flatMap(({ LoadBalancerDescriptions = [] }) => LoadBalancerDescriptions)
    .map(({ LoadBalancerName }) => LoadBalancerName!);
  const found: string[] = [];
  for (const LoadBalancerNames of inGroups(all)) {
    const { TagDescriptions = [] } = await client.send(new sdk.DescribeTagsCommand({ LoadBalancerNames }));
    found.push(...TagDescriptions.filter(({ Tags }) => isOurs(Tags)).map((one) => one.LoadBalancerName!));
  }
  return found;
}

function inGroups<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, at) => {
    return all.slice(at * AT_ONCE, (at + 1) * AT_ONCE);
  });
}

export async function removeBalancer({ elb, elbV2 }: Clients, id: string): Promise<unknown> {
  if (ARN.test(id)) {
    const { DeleteLoadBalancerCommand } = await import("@aws-sdk/client-elastic-load-balancing-v2");
    return await (await elbV2()).send(new DeleteLoadBalancerCommand({ LoadBalancerArn: id }));
  }
  const { DeleteLoadBalancerCommand } = await import("@aws-sdk/client-elastic-load-balancing");
  return await (await elb()).send(new DeleteLoadBalancerCommand({ LoadBalancerName: id }));
}
