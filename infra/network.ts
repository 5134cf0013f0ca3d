/**
 * The VPC: private subnets for nodes and pods, small public ones for NAT and load balancers, flow logs, a gateway
 * endpoint for S3. Addresses are always reserved for three zones, so that adding a third zone later moves nothing.
 */
import { Aws, RemovalPolicy, Stack, Tags } from "aws-cdk-lib/core";
import {
  CfnFlowLog,
  CfnSecurityGroup,
  type CfnSubnet,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  SecurityGroup,
  type SubnetConfiguration,
  SubnetType,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { CfnRole } from "aws-cdk-lib/aws-iam";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { PRIVATE_BITS, PUBLIC_BITS } from "../lib/core/facts/subnets.ts";
import { CLUSTER, NODES_NEED } from "../lib/core/pins.ts";
import type { ExistingNetwork, OwnNetwork } from "../lib/plan/types.ts";
import { answer, LOGS_ENCRYPTED } from "./answers.ts";
import { ClosedDefaultGroup } from "./default_group.ts";
import { ExtraZones } from "./extra_zones.ts";
import { policy } from "./policy.ts";

/** The number of zones that addresses are reserved for, even if the config has fewer. */
const MOST_ZONES = 3;

/** What the cluster needs to know about its VPC, whether unitune creates it or it exists. */
export interface ClusterNetwork {
  readonly vpcId: string;
  /**
   * For the control plane and the system nodes, in two zones. EKS accepts no subnet in a zone that the cluster did not
   * have when it was created, and a node group is replaced when its subnets change. So any other subnet is only for
   * Karpenter, and adding one does not change the cluster.
   */
  readonly systemSubnetIds: readonly string[];
}

/** An existing VPC: used by its ids, and never changed. The order of the first two subnets does not matter. */
export function existingNetwork({ vpcId, privateSubnets }: ExistingNetwork): ClusterNetwork {
  return { vpcId, systemSubnetIds: privateSubnets.slice(0, 2).toSorted() };
}

interface NetworkProps {
  readonly name: string;
  readonly network: OwnNetwork;
  /** The code of the function that closes the default security group. */
  readonly code: string;
}

/** Karpenter finds the private subnets by the discovery tag, including those of a third zone. */
export class Network extends Construct implements ClusterNetwork {
  readonly vpcId: string;
  readonly systemSubnetIds: readonly string[];

  constructor(scope: Construct, id: string, { name, network, code }: NetworkProps) {
    super(scope, id);
    const vpc = new Vpc(this, "Vpc", {
      ipAddresses: IpAddresses.cidr(network.cidr),
      maxAzs: network.zones.length,
      reservedAzs: MOST_ZONES - network.zones.length,
      natGateways: natGateways(network),
      subnetConfiguration: subnets(network),
      // CDK closes the default security group with a Lambda function from a file asset; `default_group.ts` has our own.
      restrictDefaultSecurityGroup: false,
    });
    // CDK uses names of zones; `VpcStack.availabilityZones` passes ids in their place, and this sets them as ids.
    for (const subnet of [...vpc.publicSubnets, ...vpc.privateSubnets, ...vpc.isolatedSubnets]) {
      const resource = subnet.node.defaultChild as CfnSubnet;
      resource.availabilityZone = undefined;
      resource.availabilityZoneId = subnet.availabilityZone;
    }
    Tags.of(vpc).add("Name", name);
    const nodeSubnets = vpc.selectSubnets({ subnetGroupName: PRIVATE }).subnets;
    nodeSubnets.forEach((subnet, index) => {
      Tags.of(subnet).add("Name", `${name}-private-${index + 1}`);
      Tags.of(subnet).add(CLUSTER.discoveryTag, name, { includeResourceTypes: ["AWS::EC2::Subnet"] });
      Tags.of(subnet).add("kubernetes.io/role/internal-elb", "1", { includeResourceTypes: ["AWS::EC2::Subnet"] });
    });
    vpc.publicSubnets.forEach((subnet, index) => {
      Tags.of(subnet).add("Name", `${name}-public-${index + 1}`);
      Tags.of(subnet).add("kubernetes.io/role/elb", "1", { includeResourceTypes: ["AWS::EC2::Subnet"] });
    });
    const extra = new ExtraZones(this, "ExtraZones", { name, network, vpc }).subnets;
    // Contexts and image layers (ECR stores them in S3) use this endpoint, without NAT charges for gigabytes.
    vpc.addGatewayEndpoint("S3", {
      service: GatewayVpcEndpointAwsService.S3,
      subnets: [{ subnets: [...vpc.privateSubnets, ...vpc.publicSubnets, ...vpc.isolatedSubnets, ...extra] }],
    });
    interfaceEndpoints(this, vpc, name, network);
    flowLogs(this, vpc.vpcId, network.flowLogDays);
    new ClosedDefaultGroup(this, "DefaultGroup", { groupId: vpc.vpcDefaultSecurityGroup, code });
    this.vpcId = vpc.vpcId;
    this.systemSubnetIds = nodeSubnets.slice(0, 2).map((subnet) => subnet.subnetId);
  }
}

const PRIVATE = "private", PUBLIC = "public";

function natGateways({ nat, zones }: OwnNetwork): number {
  switch (nat) {
    case "per-az":
      return zones.length;
    case "single":
      return 1;
    case "none":
      return 0;
    default:
      return nat satisfies never;
  }
}

/**
 * Each zone's private subnet has a quarter of the addresses (16,384 of a /16: a large GPU node uses hundreds for its
 * pods and network cards), and the public subnets share the last quarter, as they hold little.
 */
function subnets({ cidr, nat }: OwnNetwork): SubnetConfiguration[] {
  const size = Number(cidr.split("/")[1]);
  const privateType = nat === "none" ? SubnetType.PRIVATE_ISOLATED : SubnetType.PRIVATE_WITH_EGRESS;
  return [
    { name: PRIVATE, subnetType: privateType, cidrMask: size + PRIVATE_BITS },
    // Instances that are launched here by hand get no public address by default.
    { name: PUBLIC, subnetType: SubnetType.PUBLIC, cidrMask: size + PUBLIC_BITS, mapPublicIpOnLaunch: false },
  ];
}

const SERVICES: Readonly<Record<string, { readonly id: string; readonly service: InterfaceVpcEndpointAwsService }>> = {
  "autoscaling": { id: "Autoscaling", service: InterfaceVpcEndpointAwsService.AUTOSCALING },
  "ec2": { id: "Ec2", service: InterfaceVpcEndpointAwsService.EC2 },
  "ec2messages": { id: "Ec2Messages", service: InterfaceVpcEndpointAwsService.EC2_MESSAGES },
  "ecr.api": { id: "EcrApi", service: InterfaceVpcEndpointAwsService.ECR },
  "ecr.dkr": { id: "EcrDocker", service: InterfaceVpcEndpointAwsService.ECR_DOCKER },
  "eks": { id: "Eks", service: InterfaceVpcEndpointAwsService.EKS },
  "eks-auth": { id: "EksAuth", service: InterfaceVpcEndpointAwsService.EKS_AUTH },
  "elasticloadbalancing": {
    id: "ElasticLoadBalancing",
    service: InterfaceVpcEndpointAwsService.ELASTIC_LOAD_BALANCING,
  },
  "kms": { id: "Kms", service: InterfaceVpcEndpointAwsService.KMS },
  "logs": { id: "Logs", service: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS },
  "monitoring": { id: "Monitoring", service: InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING },
  "secretsmanager": { id: "SecretsManager", service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER },
  "sqs": { id: "Sqs", service: InterfaceVpcEndpointAwsService.SQS },
  "ssm": { id: "Ssm", service: InterfaceVpcEndpointAwsService.SSM },
  "ssmmessages": { id: "SsmMessages", service: InterfaceVpcEndpointAwsService.SSM_MESSAGES },
  "sts": { id: "Sts", service: InterfaceVpcEndpointAwsService.STS },
};

function interfaceEndpoints(scope: Construct, vpc: Vpc, name: string, network: OwnNetwork): void {
  const { isolated, endpoints, cidr } = network;
  const names = [...new Set([...isolated ? NODES_NEED : [], ...endpoints])].toSorted();
  if (names.length === 0) return;
  const group = new CfnSecurityGroup(scope, "EndpointSecurityGroup", {
    vpcId: vpc.vpcId,
    groupDescription: `Interface endpoints of ${name}: HTTPS from inside the VPC`,
    securityGroupIngress: [{
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      cidrIp: cidr,
      description: "HTTPS from the VPC",
    }],
    // An endpoint only answers: this rule allows nothing, and replaces the default, which allows everything.
    securityGroupEgress: [{
      ipProtocol: "icmp",
      fromPort: 252,
      toPort: 86,
      cidrIp: "255.255.255.255/32",
      description: "Nothing",
    }],
  });
  // Not in the private subnets: builds may reach endpoints, but no nodes and not the API server.
  for (const { id, service } of names.map((name) => SERVICES[name]!)) {
    vpc.addInterfaceEndpoint(id, {
      service,
      open: false,
      subnets: { subnetGroupName: PUBLIC },
      securityGroups: [SecurityGroup.fromSecurityGroupId(scope, `${id}EndpointGroup`, group.attrGroupId)],
    });
  }
}

/** Records who connected to whom, which is the first question after an incident. */
function flowLogs(scope: Construct, vpcId: string, retention: number): void {
  const logs = new LogGroup(scope, "FlowLogGroup", {
    retention,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  answer(logs, LOGS_ENCRYPTED, "CKV_AWS_158");
  const stack = Stack.of(scope);
  const role = new CfnRole(scope, "FlowLogRole", {
    description: "Writes the flow logs of the VPC",
    assumeRolePolicyDocument: policy({
      Sid: "FlowLogs",
      Effect: "Allow",
      Principal: { Service: "vpc-flow-logs.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: {
        StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID },
        ArnLike: { "aws:SourceArn": `arn:${Aws.PARTITION}:ec2:${stack.region}:${Aws.ACCOUNT_ID}:vpc-flow-log/*` },
      },
    }),
    policies: [{
      policyName: "write",
      policyDocument: policy({
        Sid: "WriteToThisGroup",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        Resource: logs.logGroupArn,
      }),
    }],
  });
  new CfnFlowLog(scope, "FlowLog", {
    resourceId: vpcId,
    resourceType: "VPC",
    trafficType: "ALL",
    logDestinationType: "cloud-watch-logs",
    logGroupName: logs.logGroupName,
    deliverLogsPermissionArn: role.attrArn,
    maxAggregationInterval: 600,
  });
}
