/** Zones, and a VPC with its subnets and routes. Reads use filters, so that a missing resource is not an error. */
import {
  DescribeAvailabilityZonesCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  paginateDescribeInstanceTypeOfferings,
  paginateDescribeRouteTables,
  paginateDescribeSubnets,
  paginateDescribeVpcEndpoints,
  type Route,
  type RouteTable as AwsRouteTable,
  type Subnet as AwsSubnet,
  type VpcEndpoint as AwsEndpoint,
} from "@aws-sdk/client-ec2";
import type { NetworkPort, RouteTable, Subnet, Vpc, VpcEndpoint, Zone } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { occupants } from "./occupants.ts";
import { calling } from "./errors.ts";
import { itemsOf } from "./pages.ts";

export function network(clients: Clients): NetworkPort {
  const inVpc = (id: string) => ({ Filters: [{ Name: "vpc-id", Values: [id] }] });
  return {
    zones: () => calling("ec2:DescribeAvailabilityZones", clients.region, () => zones(clients)),
    vpc: (id) => vpc(clients, id),
    occupants: (cluster) => occupants(clients, cluster),
    subnets: (ids) =>
      calling("ec2:DescribeSubnets", ids.join(", "), async () => {
        const Filters = [{ Name: "subnet-id", Values: [...ids] }];
        const paged = paginateDescribeSubnets({ client: await clients.ec2() }, { Filters });
        return (await itemsOf(paged, ({ Subnets }) => Subnets)).map(subnetOf);
      }),
    routeTables: (id) =>
      calling("ec2:DescribeRouteTables", id, async () => {
        const paged = paginateDescribeRouteTables({ client: await clients.ec2() }, inVpc(id));
        return (await itemsOf(paged, ({ RouteTables }) => RouteTables)).map(routeTableOf);
      }),
    endpoints: (id) =>
      calling("ec2:DescribeVpcEndpoints", id, async () => {
        const paged = paginateDescribeVpcEndpoints({ client: await clients.ec2() }, inVpc(id));
        return (await itemsOf(paged, ({ VpcEndpoints }) => VpcEndpoints)).flatMap((one) => endpointOf(one));
      }),
    offerings: (types) =>
      calling("ec2:DescribeInstanceTypeOfferings", clients.region, async () => {
        const Filters = [{ Name: "instance-type", Values: [...types] }];
        const asked = { LocationType: "availability-zone-id", Filters } as const;
        const paged = paginateDescribeInstanceTypeOfferings({ client: await clients.ec2() }, asked);
        return (await itemsOf(paged, ({ InstanceTypeOfferings }) => InstanceTypeOfferings)).flatMap((one) => {
          return one.InstanceType && one.Location ? [{ type: one.InstanceType, zoneId: one.Location }] : [];
        });
      }),
  };
}

async function zones(clients: Clients): Promise<Zone[]> {
  const Filters = [{ Name: "zone-type", Values: ["availability-zone"] }];
  const ec2 = await clients.ec2();
  const { AvailabilityZones = [] } = await ec2.send(new DescribeAvailabilityZonesCommand({ Filters }));
  return AvailabilityZones.map(({ ZoneId, ZoneName, State }) => {
    return { id: ZoneId ?? "", name: ZoneName ?? "", available: State === "available" };
  });
}

async function vpc(clients: Clients, id: string): Promise<Vpc | null> {
  const ec2 = await clients.ec2();
  const Filters = [{ Name: "vpc-id", Values: [id] }];
  const { Vpcs: [found] = [] } = await calling("ec2:DescribeVpcs", id, () => {
    return ec2.send(new DescribeVpcsCommand({ Filters }));
  });
  if (!found) return null;
  const attribute = (Attribute: "enableDnsSupport" | "enableDnsHostnames") =>
    calling("ec2:DescribeVpcAttribute", id, () => {
      return ec2.send(new DescribeVpcAttributeCommand({ VpcId: id, Attribute }));
    });
  const [support, hostnames] = [await attribute("enableDnsSupport"), await attribute("enableDnsHostnames")];
  return {
    id,
    state: found.State ?? "",
    dnsSupport: support.EnableDnsSupport?.Value ?? false,
    dnsHostnames: hostnames.EnableDnsHostnames?.Value ?? false,
    cidrs: (found.CidrBlockAssociationSet ?? []).flatMap(({ CidrBlock, CidrBlockState }) => {
      return CidrBlock && CidrBlockState?.State !== "disassociated" ? [CidrBlock] : [];
    }),
  };
}

function subnetOf(subnet: AwsSubnet): Subnet {
  return {
    id: subnet.SubnetId ?? "",
    vpcId: subnet.VpcId ?? "",
    state: subnet.State ?? "",
    zoneId: subnet.AvailabilityZoneId ?? "",
    zone: subnet.AvailabilityZone ?? "",
    freeAddresses: subnet.AvailableIpAddressCount ?? 0,
    outpost: subnet.OutpostArn !== undefined,
    tags: Object.fromEntries((subnet.Tags ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""])),
  };
}

function routeTableOf({ RouteTableId, Associations = [], Routes = [] }: AwsRouteTable): RouteTable {
  const route = Routes.find(({ DestinationCidrBlock }) => DestinationCidrBlock === "0.0.0.0/0");
  return {
    id: RouteTableId ?? "",
    main: Associations.some(({ Main }) => Main),
    subnetIds: Associations.flatMap(({ SubnetId }) => SubnetId ? [SubnetId] : []),
    defaultRoute: route ? { target: targetOf(route), active: route.State !== "blackhole" } : null,
  };
}

/** A route has one target, in a field for its kind: `igw-…`, `nat-…`, `tgw-…`, `eni-…`. */
function targetOf(route: Route): string {
  const { NatGatewayId, TransitGatewayId, GatewayId, InstanceId, NetworkInterfaceId, VpcPeeringConnectionId } = route;
  return NatGatewayId ?? TransitGatewayId ?? GatewayId ?? InstanceId ?? NetworkInterfaceId ?? VpcPeeringConnectionId ??
    route.LocalGatewayId ?? route.CarrierGatewayId ?? route.CoreNetworkArn ?? "an unknown target";
}

/** `com.amazonaws.us-west-2.ecr.api`, in China with the prefix `cn.`. Services of other providers do not matter. */
function endpointOf(endpoint: AwsEndpoint): VpcEndpoint[] {
  const service = /^(?:cn\.)?com\.amazonaws\.[a-z]+(?:-[a-z]+)+-[0-9]\.(.+)$/.exec(endpoint.ServiceName ?? "")?.[1];
  const kind = endpoint.VpcEndpointType?.toLowerCase();
  if (!service || (kind !== "gateway" && kind !== "interface")) return [];
  return [{
    service,
    kind,
    available: endpoint.State?.toLowerCase() === "available",
    privateDns: endpoint.PrivateDnsEnabled ?? false,
    routeTableIds: endpoint.RouteTableIds ?? [],
  }];
}
