import assert from "node:assert/strict";
import { largest, ownNetwork, smallest } from "./config.ts";
import { all, only, synthesized, tagsOf } from "./templates.ts";

const network = ownNetwork({ azs: 2, nat: "single" });
const three = ownNetwork().zones;

Deno.test("a third zone changes no subnet, route table or NAT that is there, and no byte of the cluster's stack", async () => {
  const two = await synthesized(smallest());
  const more = await synthesized(smallest({ network: { ...network, zones: three } }));
  const after = new Map(all(more.vpc).map(({ id, ...resource }) => [id, resource]));
  for (const { id, ...resource } of all(two.vpc)) {
    if (resource.Type === "AWS::EC2::VPCEndpoint") continue;
    assert.deepEqual(after.get(id), resource, id);
  }
  assert.equal(more.files["acme-eks.template.json"], two.files["acme-eks.template.json"]);
  const cidrs = all(more.vpc, "AWS::EC2::Subnet").map((subnet) => subnet.Properties.CidrBlock);
  assert.deepEqual(cidrs, [
    "10.0.0.0/18",
    "10.0.64.0/18",
    "10.0.128.0/18",
    "10.0.192.0/22",
    "10.0.196.0/22",
    "10.0.200.0/22",
  ]);
});

Deno.test("subnets scale with the range of the VPC", async () => {
  const { vpc } = await synthesized(smallest({ network: { ...network, cidr: "10.9.16.0/20" } }));
  assert.equal(only(vpc, "AWS::EC2::VPC").Properties.CidrBlock, "10.9.16.0/20");
  const cidrs = all(vpc, "AWS::EC2::Subnet").map((subnet) => subnet.Properties.CidrBlock);
  assert.deepEqual(cidrs, ["10.9.16.0/22", "10.9.20.0/22", "10.9.28.0/26", "10.9.28.64/26"]);
});

Deno.test("subnets are in zones by id, in the config's order, and nothing names a zone by an account's name for it", async () => {
  const zones = ["usw2-az4", "usw2-az1", "usw2-az2"];
  const network = { ...ownNetwork({ nat: "none" }), zones };
  const { vpc, files } = await synthesized(largest({ network }));
  const found = all(vpc, "AWS::EC2::Subnet").map((subnet) => subnet.Properties.AvailabilityZoneId);
  assert.deepEqual(found, [...zones, ...zones]);
  for (const [name, text] of Object.entries(files)) {
    assert.doesNotMatch(text, /"AvailabilityZone"|Fn::GetAZs|us-west-2[a-z]\b/, name);
  }
  assert.equal(vpc.toJSON().Outputs.Zones.Value, zones.join(","));
  for (const endpoint of all(vpc, "AWS::EC2::VPCEndpoint")) {
    if (endpoint.Properties.VpcEndpointType !== "Interface") continue;
    assert.equal(endpoint.Properties.SubnetIds.length, 3, endpoint.Properties.ServiceName);
  }
});

Deno.test("a region whose zones EKS takes two of has two subnets of each kind", async () => {
  const { vpc } = await synthesized(smallest({ region: "us-west-1", network: ownNetwork({}, "us-west-1") }));
  const found = all(vpc, "AWS::EC2::Subnet").map((subnet) => subnet.Properties.AvailabilityZoneId);
  assert.deepEqual(found, ["usw1-az1", "usw1-az3", "usw1-az1", "usw1-az3"]);
});

Deno.test("NAT is per zone, single or none", async () => {
  for (const [nat, count] of [["per-az", 3], ["single", 1], ["none", 0]] as const) {
    const { vpc } = await synthesized(
      smallest({ network: { ...network, zones: three, nat, isolated: nat === "none" } }),
    );
    vpc.resourceCountIs("AWS::EC2::NatGateway", count);
    vpc.resourceCountIs("AWS::EC2::EIP", count);
    const natRoutes = all(vpc, "AWS::EC2::Route").filter((route) => route.Properties.NatGatewayId);
    assert.equal(natRoutes.length, nat === "none" ? 0 : 3, nat);
    assert.equal(new Set(natRoutes.map((route) => route.Properties.NatGatewayId.Ref)).size, count, nat);
  }
});

Deno.test("without NAT, interface endpoints lead to what a node needs, from inside the VPC only", async () => {
  const { vpc } = await synthesized(smallest({ network: ownNetwork({ azs: 2, nat: "none" }) }));
  const endpoints = all(vpc, "AWS::EC2::VPCEndpoint").filter((e) => e.Properties.VpcEndpointType === "Interface");
  assert.deepEqual(
    endpoints.map((endpoint) => endpoint.Properties.ServiceName).sort(),
    ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "sqs", "ssm", "sts"].map((name) =>
      `com.amazonaws.us-west-2.${name}`
    ),
  );
  for (const endpoint of endpoints) {
    assert.equal(endpoint.Properties.PrivateDnsEnabled, true);
    assert.equal(endpoint.Properties.SubnetIds.length, 2);
  }
  const group = only(vpc, "AWS::EC2::SecurityGroup");
  assert.deepEqual(group.Properties.SecurityGroupIngress.map((rule: { FromPort: number }) => rule.FromPort), [443]);
});

Deno.test("S3 goes through a gateway endpoint from every subnet", async () => {
  const { vpc } = await synthesized(smallest());
  const endpoint = only(vpc, "AWS::EC2::VPCEndpoint");
  assert.equal(endpoint.Properties.VpcEndpointType, "Gateway");
  assert.equal(endpoint.Properties.RouteTableIds.length, 4);
});

Deno.test("flow logs record all traffic, keep it a year, and go with the stack", async () => {
  const { vpc } = await synthesized(smallest());
  vpc.hasResourceProperties("AWS::EC2::FlowLog", { ResourceType: "VPC", TrafficType: "ALL" });
  const { LogGroupName } = only(vpc, "AWS::EC2::FlowLog").Properties;
  const group = { id: LogGroupName.Ref, ...vpc.toJSON().Resources[LogGroupName.Ref] };
  assert.equal(group.Properties.RetentionInDays, 365);
  assert.equal(group.DeletionPolicy, "Delete");
  const role = only(vpc, "AWS::IAM::Role", (role) => role.Description === "Writes the flow logs of the VPC");
  assert.deepEqual(
    role.Properties.Policies[0].PolicyDocument.Statement[0].Resource,
    { "Fn::GetAtt": [group.id, "Arn"] },
  );
});

Deno.test("subnets carry the tags that Karpenter and load balancers look for, and hand out no public address", async () => {
  const { vpc } = await synthesized(largest());
  for (const subnet of all(vpc, "AWS::EC2::Subnet")) {
    const tags = tagsOf(subnet);
    const isPrivate = tags["aws-cdk:subnet-name"] === "private";
    assert.equal(tags["karpenter.sh/discovery"], isPrivate ? "acme-ml-prod" : undefined);
    assert.equal(tags["kubernetes.io/role/internal-elb"], isPrivate ? "1" : undefined);
    assert.equal(tags["kubernetes.io/role/elb"], isPrivate ? undefined : "1");
    assert.equal(tags["unitune:cluster"], "acme-ml-prod");
    assert.equal(tags["team"], "research");
    assert.equal(subnet.Properties.MapPublicIpOnLaunch, false);
  }
});
