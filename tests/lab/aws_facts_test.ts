/**
 * The emulator refuses what the catalogue does not hold, as AWS does: images of a release before a variant's first,
 * instance types that a region lacks, versions of Kubernetes and add-ons that EKS does not offer. And `plan` before it.
 */
import assert from "node:assert/strict";
import * as cfn from "@aws-sdk/client-cloudformation";
import * as ec2 from "@aws-sdk/client-ec2";
import * as ssm from "@aws-sdk/client-ssm";
import { clusterOf } from "../../lib/config/resolve/infra.ts";
import { EXIT, UnituneError } from "../../lib/core/errors.ts";
import { planDeployed } from "../../lib/actions/plan.ts";
import type { Config } from "../../lib/plan/types.ts";
import { builderPool } from "../../lib/config/resolve/pool_fields.ts";
import { CATALOGUE } from "../facts/catalogue.ts";
import { FakeKube } from "../fakes/kube.ts";
import { smallest } from "../infra/config.ts";
import { StackBed } from "./aws/stack_bed.ts";

const region = "us-west-2";
const bed = new StackBed("210000000054", 4654);
const parameters = () => new ssm.SSMClient({ region });
const machines = (where = region) => new ec2.EC2Client({ region: where });

Deno.test.beforeAll(() => bed.start());
Deno.test.afterAll(() => bed.stop());

const bottlerocket = (kubernetes: string, release: string, arch = "x86_64") =>
  `/aws/service/bottlerocket/aws-k8s-${kubernetes}/${arch}/${release}/image_id`;
const al2023 = (kubernetes: string, release: string, arch = "x86_64", variant = "standard") =>
  `/aws/service/eks/optimized-ami/${kubernetes}/amazon-linux-2023/${arch}/${variant}` +
  `/amazon-eks-node-al2023-${arch}-${variant}-${kubernetes}-v${release}/image_id`;

async function errorOf(request: Promise<unknown>): Promise<Error> {
  return await request.then(() => assert.fail("it went well"), (error) => error);
}

Deno.test("there is an image parameter for each release that exists, and none for any other", async () => {
  const newest = CATALOGUE.al2023["1.35"]!.newest;
  const known = [
    bottlerocket("1.35", "1.53.0"),
    bottlerocket("1.35-nvidia", "1.53.0", "arm64"),
    bottlerocket("1.35", "latest"),
    al2023("1.35", newest),
    al2023("1.35", newest, "arm64", "nvidia"),
  ];
  const unknown = [
    bottlerocket("1.35", "1.50.0"),
    bottlerocket("1.36", "1.53.0"),
    bottlerocket("1.99", "1.66.0"),
    bottlerocket("1.35", "1.53.1"),
    al2023("1.35", "20260931"),
    al2023("1.37", "20260903"),
    al2023("1.35", newest, "arm64", "neuron"),
  ];
  const { Parameters, InvalidParameters } = await parameters().send(
    new ssm.GetParametersCommand({ Names: [...known, ...unknown].slice(0, 10) }),
  );
  assert.deepEqual(Parameters!.map(({ Name }) => Name), known);
  assert.deepEqual(InvalidParameters, unknown.slice(0, 5));
  for (const Name of unknown) {
    assert.equal((await errorOf(parameters().send(new ssm.GetParameterCommand({ Name })))).name, "ParameterNotFound");
  }
});

Deno.test("the releases of a variant can be listed, a page at a time", async () => {
  const Path = "/aws/service/bottlerocket/aws-k8s-1.35/arm64", names: string[] = [];
  const pages = ssm.paginateGetParametersByPath({ client: parameters() }, { Path, Recursive: true });
  for await (const { Parameters } of pages) {
    assert.ok(Parameters!.length <= 10);
    names.push(...Parameters!.map(({ Name }) => Name!));
  }
  const releases = names.flatMap((name) => /\/(\d[\d.]+)\/image_id$/.exec(name)?.[1] ?? []);
  assert.deepEqual(new Set(releases), new Set(CATALOGUE.bottlerocket["1.35"]!.releases));
});

Deno.test("an image that a parameter leads to is described with its name and architecture", async () => {
  const Name = al2023("1.36", CATALOGUE.al2023["1.36"]!.newest, "arm64");
  const { Parameter } = await parameters().send(new ssm.GetParameterCommand({ Name }));
  const { Images } = await machines().send(new ec2.DescribeImagesCommand({ ImageIds: [Parameter!.Value!] }));
  assert.deepEqual(Images!.map(({ Architecture }) => Architecture), ["arm64"]);
  assert.match(Images![0]!.Name!, /^amazon-eks-node-al2023-arm64-standard-1\.36-v\d{8}$/);
});

/** Plans a config against the emulator, checks first. */
async function planned(config: Config): Promise<UnituneError | null> {
  return await bed.operate(config, { region, kube: new FakeKube() }, async (operation) => {
    return await planDeployed(operation, { only: ["infra", "pools"] }).then(() => null, (error) => error);
  });
}

Deno.test("a plan with the pin of November is refused, naming the releases that exist", async () => {
  const cluster = clusterOf({ version: "1.35", endpoint: "private" });
  const pool = { ...builderPool(["amd64"], 1, 4), name: "cpu", ami: "bottlerocket@v1.50.0" };
  const error = await planned(smallest({ cluster, pools: [pool] }));
  assert.ok(error, "the plan was made");
  const { newest } = CATALOGUE.bottlerocket["1.35"]!;
  assert.deepEqual([error.code, error.path, error.exit], ["AMI", "pools.cpu.ami", EXIT.aws]);
  assert.match(error.lines![0]!, /found bottlerocket@v1\.50\.0/);
  for (const release of [newest, "1.53.0"]) assert.ok(error.lines![0]!.includes(`v${release}`), error.lines![0]);
  assert.ok(error.lines![0]!.endsWith(`write ami: "bottlerocket@v${newest}"`), error.lines![0]);
  assert.equal(await planned(smallest({ cluster, pools: [{ ...pool, ami: `bottlerocket@v${newest}` }] })), null);
});

async function described(...InstanceTypes: string[]): Promise<readonly ec2.InstanceTypeInfo[]> {
  const request = { InstanceTypes: InstanceTypes as ec2._InstanceType[] };
  return (await machines().send(new ec2.DescribeInstanceTypesCommand(request))).InstanceTypes!;
}

Deno.test("an instance type is described with its network cards, EFA, GPUs and storage", async () => {
  const [b300] = await described("p6-b300.48xlarge");
  const { NetworkCards, EfaInfo, MaximumNetworkInterfaces } = b300!.NetworkInfo!;
  assert.deepEqual([NetworkCards!.length, EfaInfo!.MaximumEfaInterfaces, MaximumNetworkInterfaces], [17, 16, 68]);
  assert.deepEqual([b300!.GpuInfo!.Gpus![0]!.Name, b300!.GpuInfo!.Gpus![0]!.Count], ["B300", 8]);
  assert.equal(b300!.InstanceStorageInfo!.TotalSizeInGB, 30400);
  assert.deepEqual(NetworkCards!.slice(0, 2).map(({ InterfaceTypes }) => InterfaceTypes), [
    ["interface"],
    ["interface", "efa", "efa-only"],
  ]);
  const [card] = await described("g6e.12xlarge");
  assert.equal(card!.NetworkInfo!.EfaInfo!.MaximumEfaInterfaces, 1);
});

Deno.test("a region has its own instance types, and its zones their own of those", async () => {
  const offered = async (where: string, type: string) => {
    const Filters = [{ Name: "instance-type", Values: [type] }];
    const request = new ec2.DescribeInstanceTypeOfferingsCommand({ LocationType: "availability-zone-id", Filters });
    return (await machines(where).send(request)).InstanceTypeOfferings!.map(({ Location }) => Location!);
  };
  assert.deepEqual(await offered("eu-west-3", "p5.48xlarge"), []);
  assert.deepEqual(await offered("us-west-2", "p6-b300.48xlarge"), ["usw2-az1", "usw2-az2"]);
  assert.deepEqual(await offered("ap-southeast-5", "m5.large"), []);
  const m5 = new ec2.DescribeInstanceTypesCommand({ InstanceTypes: ["m5.large"] });
  assert.equal((await errorOf(machines("ap-southeast-5").send(m5))).name, "InvalidInstanceType");
  assert.equal((await errorOf(described("m7i.larg"))).name, "InvalidInstanceType");
});

Deno.test("no instance starts of a type that is misspelt, or that the zone lacks", async () => {
  const start = (InstanceType: string, SubnetId?: string) => {
    const request = { InstanceType: InstanceType as ec2._InstanceType, MinCount: 1, MaxCount: 1, ImageId: "ami-1" };
    return machines().send(new ec2.RunInstancesCommand({ ...request, ...(SubnetId && { SubnetId }) }));
  };
  assert.equal((await errorOf(start("m7i.larg"))).name, "InvalidParameterValue");
  const { Subnets } = await machines().send(new ec2.DescribeSubnetsCommand({}));
  const third = Subnets!.find(({ AvailabilityZoneId }) => AvailabilityZoneId === "usw2-az3")!;
  assert.equal((await errorOf(start("p6-b300.48xlarge", third.SubnetId))).name, "Unsupported");
});

Deno.test("a fleet starts nothing whose network interfaces its type's cards do not take", async () => {
  const { Subnets } = await machines().send(new ec2.DescribeSubnetsCommand({}));
  const first = Subnets!.find(({ AvailabilityZoneId }) => AvailabilityZoneId === "usw2-az1")!;
  const start = async (name: string, type: string, interfaces: readonly [card: number, kind: string][]) => {
    const LaunchTemplateName = `cards-${name}`;
    const NetworkInterfaces = interfaces.map(([NetworkCardIndex, InterfaceType], index) => ({
      DeviceIndex: index === 0 ? 0 : 1,
      NetworkCardIndex,
      InterfaceType,
    }));
    const LaunchTemplateData = { ImageId: "ami-1", NetworkInterfaces };
    await machines().send(new ec2.CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData }));
    const { Instances, Errors } = await machines().send(
      new ec2.CreateFleetCommand({
        Type: "instant",
        TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: "on-demand" },
        LaunchTemplateConfigs: [{
          LaunchTemplateSpecification: { LaunchTemplateName, Version: "$Latest" },
          Overrides: [{ InstanceType: type as ec2._InstanceType, SubnetId: first.SubnetId! }],
        }],
      }),
    );
    return Instances?.length
      ? "started"
      : Errors!.map(({ ErrorCode, ErrorMessage }) => `${ErrorCode} ${ErrorMessage}`)[0]!;
  };
  const b300 = "p6-b300.48xlarge", p5 = Array.from({ length: 32 }, (_, card) => [card, "efa-only"] as [number, string]);
  assert.match(
    await start("ena", b300, [[0, "efa"]]),
    /^Unsupported .*card 0 of p6-b300\.48xlarge takes no interface of/,
  );
  assert.equal(await start("efa", b300, [[0, "interface"], [1, "efa-only"]]), "started");
  assert.match(await start("none", "m7i.large", [[0, "interface"], [1, "interface"]]), /there is no card 1/);
  assert.match(await start("many", "g6e.12xlarge", [[0, "efa"], [0, "efa-only"]]), /takes 1 EFA interfaces, not 2/);
  assert.match(await start("p5", "p5.48xlarge", [...p5.slice(1), [32, "efa-only"]]), /there is no card 32/);
});

/** Makes a stack of some resources; gives the reasons of what failed, and removes it. */
async function failures(StackName: string, Resources: Record<string, unknown>): Promise<string> {
  const client = new cfn.CloudFormationClient({ region });
  await client.send(new cfn.CreateStackCommand({ StackName, TemplateBody: JSON.stringify({ Resources }) }));
  for (;;) {
    const { Stacks } = await client.send(new cfn.DescribeStacksCommand({ StackName }));
    if (!Stacks![0]!.StackStatus!.endsWith("_IN_PROGRESS")) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { StackEvents } = await client.send(new cfn.DescribeStackEventsCommand({ StackName }));
  await client.send(new cfn.DeleteStackCommand({ StackName }));
  return StackEvents!.filter(({ ResourceStatus }) => ResourceStatus === "CREATE_FAILED")
    .map(({ ResourceStatusReason }) => ResourceStatusReason ?? "").join("\n");
}

Deno.test("a stack with a version, an add-on or a node type that AWS lacks fails with AWS's reason", async () => {
  const { Subnets } = await machines().send(new ec2.DescribeSubnetsCommand({}));
  const ids = Subnets!.map(({ SubnetId }) => SubnetId!),
    third = Subnets!.find(({ AvailabilityZoneId }) => AvailabilityZoneId === "usw2-az3")!.SubnetId!;
  const cluster = (Version: string) => ({
    Type: "AWS::EKS::Cluster",
    Properties: {
      Name: "facts",
      Version,
      RoleArn: "arn:aws:iam::210000000054:role/facts",
      ResourcesVpcConfig: { SubnetIds: ids },
    },
  });
  const nodes = (InstanceTypes: readonly string[], subnets: readonly string[]) => ({
    Type: "AWS::EKS::Nodegroup",
    DependsOn: ["Cluster"],
    Properties: {
      ClusterName: "facts",
      NodeRole: "arn:aws:iam::210000000054:role/facts",
      Subnets: subnets,
      InstanceTypes,
    },
  });
  const addon = {
    Type: "AWS::EKS::Addon",
    DependsOn: ["Cluster"],
    Properties: { ClusterName: "facts", AddonName: "core-dns" },
  };
  const with135 = (more: Record<string, unknown>) => failures("facts", { Cluster: cluster("1.35"), ...more });
  assert.match(await failures("facts", { Cluster: cluster("1.99") }), /unsupported Kubernetes version 1\.99/);
  assert.match(await with135({ Nodes: nodes(["m7i.larg"], ids) }), /instance types do not exist: \[m7i\.larg\]/);
  assert.match(await with135({ Nodes: nodes(["p6-b300.48xlarge"], [third]) }), /not supported in your requested/);
  assert.match(await with135({ Addon: addon }), /Addon core-dns specified is not supported/);
  assert.equal(await with135({ Nodes: nodes(["m7i.large"], ids) }), "");
});
