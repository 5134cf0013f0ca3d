/** Subnets for nodes in zones beyond those of the cluster: private, found by Karpenter, and for nothing else. */
import { Tags } from "aws-cdk-lib/core";
import { type CfnNatGateway, type CfnSubnet, type ISubnet, PrivateSubnet, type Vpc } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";
import { EXTRA_ZONE_BITS, extraZonePart } from "../lib/core/facts/extra_zones.ts";
import { CLUSTER } from "../lib/core/pins.ts";
import { partOfRange } from "../lib/core/ranges.ts";
import type { OwnNetwork } from "../lib/plan/types.ts";

interface ExtraZonesProps {
  readonly name: string;
  readonly network: OwnNetwork;
  readonly vpc: Vpc;
}

/** The last quarter of the range is four such parts; the first holds the public subnets. */
const FIRST_PART = 13;

/** Every name in it is made of the zone alone, so that one zone that comes or goes leaves the others as they are. */
export class ExtraZones extends Construct {
  readonly subnets: readonly ISubnet[];

  constructor(scope: Construct, id: string, { name, network, vpc }: ExtraZonesProps) {
    super(scope, id);
    // No zone beyond the cluster's has a public subnet: its nodes leave through the first NAT gateway.
    const nat = vpc.publicSubnets[0]?.node.tryFindChild("NATGateway") as CfnNatGateway | undefined;
    this.subnets = network.extraZones.map((zone) => {
      const subnet = new PrivateSubnet(this, zone, {
        vpcId: vpc.vpcId,
        availabilityZone: zone,
        cidrBlock: partOfRange(network.cidr, EXTRA_ZONE_BITS, FIRST_PART + extraZonePart(zone)),
        mapPublicIpOnLaunch: false,
      });
      const resource = subnet.node.defaultChild as CfnSubnet;
      resource.availabilityZone = undefined;
      resource.availabilityZoneId = zone;
      if (nat) subnet.addDefaultNatRoute(nat.ref);
      Tags.of(subnet).add("Name", `${name}-private-${zone}`);
      // Not the tag by which load balancers find subnets: theirs stay where they are.
      Tags.of(subnet).add(CLUSTER.discoveryTag, name, { includeResourceTypes: ["AWS::EC2::Subnet"] });
      return subnet;
    });
  }
}
