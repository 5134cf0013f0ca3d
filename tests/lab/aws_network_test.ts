/** Zones and VPCs against an emulator: what the port reads, what is refused before anything is made, and what stays. */
import assert from "node:assert/strict";
import * as cfn from "@aws-sdk/client-cloudformation";
import * as ec2 from "@aws-sdk/client-ec2";
import { UnituneError } from "../../lib/core/errors.ts";
import { configFindings } from "../../lib/checks/mod.ts";
import { network } from "../../lib/checks/network.ts";
import { lineOf } from "../../lib/core/findings.ts";
import { refuseErrors } from "../../lib/actions/refuse.ts";
import type { Config, ExistingNetwork } from "../../lib/plan/types.ts";
import * as aws from "../../lib/adapters/aws/mod.ts";
import { openPorts } from "../../lib/project/ports.ts";
import { ownNetwork, smallest } from "../infra/config.ts";
import { synthesized } from "../infra/templates.ts";
import { useEmulator } from "./aws/adapters.ts";
import { contract, region } from "./aws/contract.ts";

const emulator = contract("210000000013", 4639, 15319);
const { client } = emulator;
const machines = new ec2.EC2Client(client), stacks = new cfn.CloudFormationClient(client);
useEmulator(emulator);

const Capabilities: cfn.Capability[] = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"];
const compact = (template: string | undefined): string => JSON.stringify(JSON.parse(template ?? ""));

/** Waits for the end of what a stack does: its status, and why its resources failed. */
async function settled(StackName: string): Promise<string> {
  for (;;) {
    const { Stacks } = await stacks.send(new cfn.DescribeStacksCommand({ StackName }));
    const status = Stacks![0]!.StackStatus!;
    if (status.endsWith("_IN_PROGRESS")) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      continue;
    }
    if (!/FAILED|ROLLBACK/.test(status)) return status;
    const { StackEvents } = await stacks.send(new cfn.DescribeStackEventsCommand({ StackName }));
    const reasons = StackEvents!.flatMap((event) => event.ResourceStatus?.endsWith("FAILED") ? event : [])
      .map((event) => `${event.LogicalResourceId}: ${event.ResourceStatusReason}`);
    return `${status} ${reasons.join("; ")}`;
  }
}

/** The stacks of a config, made by CloudFormation's API alone. */
async function deploy(config: Config): Promise<void> {
  const { stacks: names, files } = await synthesized(config);
  for (const StackName of names) {
    const TemplateBody = compact(files[`${StackName}.template.json`]);
    await stacks.send(new cfn.CreateStackCommand({ StackName, TemplateBody, Capabilities }));
    assert.equal(await settled(StackName), "CREATE_COMPLETE");
  }
}

async function remove(StackName: string): Promise<void> {
  const { Stacks } = await stacks.send(new cfn.DescribeStacksCommand({ StackName }));
  await stacks.send(new cfn.DeleteStackCommand({ StackName }));
  assert.equal(await settled(Stacks![0]!.StackId!), "DELETE_COMPLETE");
}

async function subnetsOf(cluster: string, kind: string): Promise<string[]> {
  const Filters = [
    { Name: "tag:unitune:cluster", Values: [cluster] },
    { Name: "tag:aws-cdk:subnet-name", Values: [kind] },
  ];
  const { Subnets } = await machines.send(new ec2.DescribeSubnetsCommand({ Filters }));
  return Subnets!.toSorted((a, b) => a.AvailabilityZoneId! < b.AvailabilityZoneId! ? -1 : 1).map((one) =>
    one.SubnetId!
  );
}

/** A VPC of somebody's, made by a stack of ours under their name. */
async function somebodys(name: string, nat: "single" | "none"): Promise<ExistingNetwork> {
  const config = smallest({ name, network: ownNetwork({ azs: 2, nat }) });
  const { files } = await synthesized(config);
  const StackName = `${name}-vpc`, TemplateBody = compact(files[`${StackName}.template.json`]);
  await stacks.send(new cfn.CreateStackCommand({ StackName, TemplateBody, Capabilities }));
  assert.equal(await settled(StackName), "CREATE_COMPLETE");
  const privateSubnets = await subnetsOf(name, "private");
  const { Subnets } = await machines.send(new ec2.DescribeSubnetsCommand({ SubnetIds: privateSubnets }));
  return { kind: "existing", vpcId: Subnets![0]!.VpcId!, privateSubnets, isolated: nat === "none" };
}

async function check(config: Config): Promise<{ notes: string[]; refused: readonly string[] }> {
  const ports = await openPorts({ config, profile: undefined, note: () => {} });
  const [identity, cluster] = await Promise.all([ports.identity.caller(), ports.eks.cluster(config.name)]);
  const context = { config, ports, identity, cluster, bucket: null, kubernetes: null, steps: [], stacks: [] };
  const findings = await network.run(context);
  try {
    return { notes: refuseErrors(config.name, [{ check: network, findings }]).map(lineOf), refused: [] };
  } catch (error) {
    assert.ok(error instanceof UnituneError && error.code === "NETWORK", String(error));
    return { notes: [], refused: error.lines };
  }
}

Deno.test("an account's zones are told by id, each region's own", async () => {
  const ids = async (region: string) => (await aws.network(aws.clients({ region })).zones()).map(({ id }) => id);
  assert.deepEqual(await ids("us-west-2"), ["usw2-az1", "usw2-az2", "usw2-az3", "usw2-az4"]);
  assert.deepEqual(await ids("us-west-1"), ["usw1-az1", "usw1-az3"]);
  assert.deepEqual(await ids("ca-central-1"), ["cac1-az1", "cac1-az2", "cac1-az4"]);
});

Deno.test("a zone that the account lacks is refused by EC2 and by CloudFormation, and by unitune before both", async () => {
  const config = smallest({ name: "lacking", network: { ...ownNetwork(), zones: ["usw2-az1", "usw2-az9"] } });
  const { Vpcs } = await machines.send(new ec2.DescribeVpcsCommand({}));
  const made = machines.send(
    new ec2.CreateSubnetCommand({
      VpcId: Vpcs![0]!.VpcId,
      CidrBlock: "172.31.96.0/20",
      AvailabilityZoneId: "usw2-az9",
    }),
  );
  await assert.rejects(made, (error: Error) => {
    return error.name === "InvalidParameterValue" && /usw2-az9.*availability zones: usw2-az1, /.test(error.message);
  });
  const { files } = await synthesized(config), StackName = "lacking-vpc";
  const TemplateBody = compact(files[`${StackName}.template.json`]);
  await stacks.send(new cfn.CreateStackCommand({ StackName, TemplateBody, Capabilities }));
  assert.match(await settled(StackName), /^ROLLBACK_COMPLETE .*Value \(usw2-az9\) for parameter availabilityZoneId is/);
  await remove(StackName);
  const { refused } = await check(config);
  assert.equal(refused.length, 1);
  assert.match(
    refused[0]!,
    /^network\.zones\[1\] {2}must be a zone of account 210000000013 .* usw2-az9 is not one of them/,
  );
});

Deno.test("once deployed zones are final, but for a third at the end", async () => {
  const zones = (list: readonly string[]) => smallest({ name: "final", network: { ...ownNetwork(), zones: list } });
  await deploy(zones(["usw2-az1", "usw2-az2"]));
  assert.deepEqual((await check(zones(["usw2-az1", "usw2-az2"]))).refused, []);
  assert.deepEqual((await check(zones(["usw2-az1", "usw2-az2", "usw2-az3"]))).refused, []);
  for (const moved of [["usw2-az2", "usw2-az1"], ["usw2-az1", "usw2-az3"]]) {
    const { refused: [line] } = await check(zones(moved));
    assert.match(line!, /^network\.zones {2}must begin with the deployed zones, usw2-az1, usw2-az2, in this/);
  }
  const there = smallest({ name: "final", network: await somebodys("elsewhere", "single") });
  assert.match((await check(there)).refused[0]!, /^network\.vpcId {2}cannot change, as EKS cannot move a cluster/);
  for (const stack of ["final-eks", "final-vpc", "elsewhere-vpc"]) await remove(stack);
});

Deno.test("a VPC that is there takes a cluster, and is afterwards as it was", async () => {
  const network = await somebodys("theirs", "single");
  const config = smallest({ name: "guest", network });
  const port = aws.network(aws.clients({ region }));
  assert.deepEqual(await port.vpc(network.vpcId), {
    id: network.vpcId,
    state: "available",
    dnsSupport: true,
    dnsHostnames: true,
    cidrs: ["10.0.0.0/16"],
  });
  const state = async () =>
    JSON.stringify([
      await port.vpc(network.vpcId),
      await port.subnets(network.privateSubnets),
      await port.routeTables(network.vpcId),
      await port.endpoints(network.vpcId),
      (await machines.send(new ec2.DescribeVpcsCommand({ VpcIds: [network.vpcId] }))).Vpcs,
    ]);
  const before = await state();
  assert.deepEqual(await check(config), { notes: [], refused: [] });
  await deploy(config);
  assert.equal(await state(), before);
  assert.deepEqual((await check(config)).refused, []);
  const swapped = { ...network, privateSubnets: network.privateSubnets.toReversed() };
  assert.deepEqual((await check({ ...config, network: swapped })).refused, []);
  await remove("guest-eks");
  assert.equal(await state(), before);
  await remove("theirs-vpc");
});

Deno.test("all that stands against a VPC is told in one run, each with its place", async () => {
  const network = await somebodys("wrong", "single"), { vpcId: VpcId } = network;
  const [open] = await subnetsOf("wrong", "public");
  const { Subnet: stray } = await machines.send(
    new ec2.CreateSubnetCommand({ VpcId, CidrBlock: "10.0.255.240/28", AvailabilityZoneId: "usw2-az3" }),
  );
  await machines.send(new ec2.ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: false } }));
  const privateSubnets = [network.privateSubnets[0]!, open!, stray!.SubnetId!, "subnet-0123456789abcdef0"];
  const config = smallest({ name: "guest", network: { ...network, privateSubnets } });
  const { refused } = await check(config);
  assert.deepEqual(refused.map((line) => line.replace(/ — .*/, "").replace(/(rtb|igw)-\w+/g, "$1")), [
    `network.vpcId  must have DNS hostnames, by which nodes find the API server: ${VpcId} has it disabled`,
    `network.privateSubnets[1]  must be private: the default route of ${open} (rtb) leads to internet gateway igw`,
    "network.privateSubnets[2]  must have a route to the Internet, as nodes pull images and Karpenter calls IAM: " +
    `${stray!.SubnetId} (rtb) has no default route`,
    "network.privateSubnets[3]  must be a subnet of this account and region: subnet-0123456789abcdef0 does not exist",
    `network.privateSubnets[1]  must be in another zone than the first subnet, as EKS requires two: ` +
    `${privateSubnets[0]} and ${open} are both in usw2-az1`,
  ]);
  await machines.send(new ec2.DeleteSubnetCommand({ SubnetId: stray!.SubnetId }));
  await remove("wrong-vpc");
});

Deno.test("a NAT gateway that is gone leaves no way out", async () => {
  const network = await somebodys("cut", "single"), config = smallest({ name: "guest", network });
  const Filter = [{ Name: "vpc-id", Values: [network.vpcId] }];
  const { NatGateways } = await machines.send(new ec2.DescribeNatGatewaysCommand({ Filter }));
  const [{ NatGatewayId } = {}] = NatGateways!.filter(({ State }) => State !== "deleted");
  await machines.send(new ec2.DeleteNatGatewayCommand({ NatGatewayId }));
  const { refused } = await check(config);
  assert.equal(refused.length, 2);
  assert.ok(refused[0]!.includes(`leads to ${NatGatewayId}, which no longer exists`), refused[0]);
  await remove("cut-vpc");
});

Deno.test("isolated nodes are taken where the VPC has the endpoints for them", async () => {
  const network = await somebodys("closed", "none"), config = smallest({ name: "guest", network });
  assert.deepEqual((await check(config)).refused, []);
  assert.match(configFindings(config, 0).map(lineOf).join("\n"), /no way to the Internet/);
  const open = await check(smallest({ name: "guest", network: { ...network, isolated: false } }));
  assert.equal(open.refused.length, 2);
  assert.match(open.refused[0]!, /has no default route — .*write isolated: true/);
  const endpoints = (await machines.send(new ec2.DescribeVpcEndpointsCommand({}))).VpcEndpoints!;
  const gone = endpoints.filter(({ ServiceName, VpcId }) =>
    VpcId === network.vpcId && /\.(s3|sts)$/.test(ServiceName!)
  );
  assert.equal(gone.length, 2);
  await machines.send(new ec2.DeleteVpcEndpointsCommand({ VpcEndpointIds: gone.map((one) => one.VpcEndpointId!) }));
  const lacking = (await check(config)).refused;
  assert.match(lacking[0]!, /must have the endpoints that isolated nodes need: vpc-\w+ lacks sts — /);
  assert.match(
    lacking[1]!,
    /^network\.privateSubnets\[0\] {2}must reach S3, which stores image layers, through a gateway endpoint/,
  );
  await remove("closed-vpc");
});

Deno.test("rights that are missing weaken the answer and are named", async () => {
  const network = await somebodys("unread", "single"), config = smallest({ name: "guest", network });
  const faults = ["DescribeRouteTables", "DescribeVpcEndpoints"].map((action) => {
    return { service: "ec2", action, error: "UnauthorizedOperation" };
  });
  await emulator.withFaults(faults, async () => {
    assert.deepEqual(await check(config), {
      notes: [
        "not checked without ec2:DescribeRouteTables: whether the subnets are private and have a route to the Internet",
        "not checked without ec2:DescribeVpcEndpoints: the VPC's endpoints",
      ],
      refused: [],
    });
  });
  await remove("unread-vpc");
});
