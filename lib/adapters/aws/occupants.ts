/** What others have in a VPC that unitune created: endpoints, groups and network interfaces that no stack of ours owns. */
import {
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroups,
  paginateDescribeVpcEndpoints,
  paginateDescribeVpcs,
  type Tag,
} from "@aws-sdk/client-ec2";
import { MARKS, type MarkSet } from "../../core/facts/leftovers.ts";
import { CLUSTER_TAG } from "../../core/facts/tags.ts";
import type { Occupant } from "../../core/network_ports.ts";
import type { Clients } from "./clients.ts";
import { calling } from "./errors.ts";

/** Network interfaces of these types go with a NAT gateway or an endpoint. */
const DEPENDENT = ["nat_gateway", "vpc_endpoint", "gateway_load_balancer_endpoint"];

export async function occupants(clients: Clients, cluster: string): Promise<Occupant[]> {
  const client = await clients.ec2(), tag = { Name: `tag:${CLUSTER_TAG}`, Values: [cluster] };
  const vpcs = await calling("ec2:DescribeVpcs", cluster, () => {
    return Array.fromAsync(paginateDescribeVpcs({ client }, { Filters: [tag] }));
  });
  const Values = vpcs.flatMap(({ Vpcs = [] }) => Vpcs).map(({ VpcId }) => VpcId!);
  if (Values.length === 0) return [];
  const input = { Filters: [{ Name: "vpc-id", Values }] }, isForeign = foreignTo(cluster);
  const [endpoints, groups, cards] = await calling("ec2:DescribeNetworkInterfaces", Values.join(), async () => [
    (await Array.fromAsync(paginateDescribeVpcEndpoints({ client }, input))).flatMap((page) => page.VpcEndpoints ?? []),
    (await Array.fromAsync(paginateDescribeSecurityGroups({ client }, input))).flatMap((page) =>
      page.SecurityGroups ?? []
    ),
    (await Array.fromAsync(paginateDescribeNetworkInterfaces({ client }, input)))
      .flatMap((page) => page.NetworkInterfaces ?? []),
  ]);
  return [
    ...endpoints.filter((one) => one.State?.toLowerCase() !== "deleted" && isForeign(one.Tags))
      .map((one): Occupant => ({ kind: "VPC endpoint", id: one.VpcEndpointId!, about: one.ServiceName ?? "" })),
    ...groups.filter((one) => one.GroupName !== "default" && isForeign(one.Tags))
      .map((one): Occupant => ({ kind: "security group", id: one.GroupId!, about: one.GroupName ?? "" })),
    ...cards.filter((one) => !DEPENDENT.includes(one.InterfaceType ?? "") && isForeign(one.TagSet))
      .map((one): Occupant => ({
        kind: "network interface",
        id: one.NetworkInterfaceId!,
        about: one.Description ?? "",
      })),
  ];
}

/** Groups of our load balancers and of EKS have these tags: they are leftovers, or go with the cluster. */
const OURS: readonly MarkSet[] = ["unitune", "owned", "balancers"];

function foreignTo(cluster: string): (tags: readonly Tag[] | undefined) => boolean {
  const marks = OURS.flatMap((set) => MARKS[set](cluster));
  return (tags = []) => !tags.some(({ Key, Value }) => marks.some(({ key, value }) => Key === key && Value === value));
}
