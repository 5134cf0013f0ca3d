/** Private subnets in zones beyond those of the cluster, only for nodes that Karpenter launches. */
import { Tags } from "aws-cdk-lib/core";
import { type CfnNatGateway, type CfnSubnet, type ISubnet, PrivateSubnet, type Vpc } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";
import { EXTRA_ZONE_BITS, EXTRA_ZONES_FROM, extraZonePart } from "../lib/core/facts/extra_zones.ts";
import { CLUSTER } from "../lib/core/pins.ts";
import { partOfRange } from "../lib/core/ranges.ts";
import type { OwnNetwork } from "../lib/plan/types.ts";

interface ExtraZonesProps {
  readonly name: string;
  readonly network: OwnNetwork;
  readonly vpc: Vpc;
}

/** Every name in it depends only on the zone, so that adding or deleting a zone does not change the others. */
export class ExtraZones extends Construct {
  readonly subnets: readonly ISubnet[];

  constructor(scope: Construct, id: string, { name, network, vpc }: ExtraZonesProps) {
    super(scope, id);
    // Extra zones have no public subnets: their nodes use the first NAT gateway.
    const nat = vpc.publicSubnets[0]?.node.tryFindChild("NATGateway") as CfnNatGateway | undefined;
    this.subnets = network.extraZones.map((zone) => {
      const subnet = new PrivateSubnet(this, zone, {
        vpcId: vpc.vpcId,
        availabilityZone: zone,
        cidrBlock: partOfRange(network.cidr, EXTRA_ZONE_BITS, EXTRA_ZONES_FROM + extraZonePart(zone)),
        mapPublicIpOnLaunch: false,
      });
      const resource = subnet.node.defaultChild as CfnSubnet;
      resource.availabilityZone = undefined;
      resource.availabilityZoneId = zone;
      if (nat) subnet.addDefaultNatRoute(nat.ref);
      Tags.of(subnet).add("Name", `${name}-private-${zone}`);
      // Without the tag by which load balancers find subnets: they stay in the zones of the cluster.
      Tags.of(subnet).add(CLUSTER.discoveryTag, name, { includeResourceTypes: ["AWS::EC2::Subnet"] });
      return subnet;
    });
  }
}
