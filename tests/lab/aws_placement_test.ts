/** What EC2 makes of a node's network interfaces and of its placement group, as Karpenter asks for them; no cluster runs. */
import assert from "node:assert/strict";
import * as ec2 from "@aws-sdk/client-ec2";
import { interfacesOf } from "../../lib/config/resolve/efa.ts";
import { GPUS, type GpuSize } from "../../lib/config/gpus.ts";
import type { KubePort } from "../../lib/core/ports.ts";
import type { NetworkInterface } from "../../lib/config/types.ts";
import { CATALOGUE } from "../facts/catalogue.ts";
import { smallest, testPool } from "../infra/config.ts";
import { StackBed, TASK } from "./aws/stack_bed.ts";

const region = "us-west-2";
const bed = new StackBed("210000000054", 4654);
const machines = () => new ec2.EC2Client({ region });

Deno.test.beforeAll(() => bed.start());
Deno.test.afterAll(() => bed.stop());

interface Launch {
  readonly type: string;
  readonly interfaces?: readonly ec2.LaunchTemplateInstanceNetworkInterfaceSpecificationRequest[];
  readonly group?: string;
  readonly zone?: string;
  readonly cluster?: string;
}

let templates = 0;

/** Launches as Karpenter does: by a launch template and an instant fleet. Gives the instance, or the fleet's errors. */
async function launch({ type, interfaces, group, zone, cluster }: Launch): Promise<string | readonly string[]> {
  const client = machines(), LaunchTemplateName = `template-${templates++}`;
  const tags = Object.entries({
    [`kubernetes.io/cluster/${cluster}`]: "owned",
    "karpenter.sh/nodepool": "train",
    "unitune:cluster": cluster,
  });
  await client.send(
    new ec2.CreateLaunchTemplateCommand({
      LaunchTemplateName,
      LaunchTemplateData: {
        ...(interfaces && { NetworkInterfaces: [...interfaces] }),
        ...(group && { Placement: { GroupName: group } }),
      },
    }),
  );
  const { Subnets } = await client.send(new ec2.DescribeSubnetsCommand({}));
  const offered = Subnets!.filter((subnet) => !zone || subnet.AvailabilityZoneId === zone);
  const { Instances, Errors } = await client.send(
    new ec2.CreateFleetCommand({
      Type: "instant",
      TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: "on-demand" },
      LaunchTemplateConfigs: [{
        LaunchTemplateSpecification: { LaunchTemplateName, Version: "$Latest" },
        Overrides: offered.map(({ SubnetId }) => ({ InstanceType: type as ec2._InstanceType, SubnetId: SubnetId! })),
      }],
      ...(cluster && {
        TagSpecifications: [{ ResourceType: "instance", Tags: tags.map(([Key, Value]) => ({ Key, Value })) }],
      }),
    }),
  );
  const launched = Instances?.flatMap(({ InstanceIds = [] }) => InstanceIds)[0];
  return launched ?? Errors!.map(({ ErrorCode, ErrorMessage }) => `${ErrorCode}: ${ErrorMessage}`);
}

/** As Karpenter writes them into its launch template. */
const laidOut = (interfaces: readonly NetworkInterface[]) =>
  interfaces.map(({ networkCardIndex, deviceIndex, interfaceType }) => {
    return { NetworkCardIndex: networkCardIndex, DeviceIndex: deviceIndex, InterfaceType: interfaceType };
  });

/** What Karpenter writes when a pod asks for EFA and the node class lays out nothing. */
const karpenters = (count: number) =>
  Array.from({ length: count }, (_, at) => {
    return { NetworkCardIndex: at, DeviceIndex: at === 0 ? 0 : 1, InterfaceType: "efa" };
  });

const sizes = (Object.values(GPUS).flat() as readonly GpuSize[]).filter(({ efa }) => efa > 0);
const here = sizes.filter(({ type }) => CATALOGUE.offerings[type]?.[region] !== undefined);

Deno.test("EC2 launches every instance type with EFA by its layout, and all but the B300 by Karpenter's own", async () => {
  assert.ok(here.length > 20, `${here.length} types in ${region}`);
  // More than an account may run at a time by default.
  await bed.lab("PUT", "quotas", { "L-DB2E81BA": 1e5, "L-417A185B": 1e5 });
  for (const one of here) {
    assert.match(String(await launch({ type: one.type, interfaces: laidOut(interfacesOf(one)) })), /^i-/, one.type);
    const dynamic = String(await launch({ type: one.type, interfaces: karpenters(one.efa) }));
    assert.match(
      dynamic,
      one.type === "p6-b300.48xlarge" ? /network card 0 .* takes no interface of type efa/ : /^i-/,
      one.type,
    );
  }
});

Deno.test("EC2 refuses a layout with a card, a place, a kind or a number that the instance type lacks", async () => {
  const own = { NetworkCardIndex: 0, DeviceIndex: 0, InterfaceType: "interface" };
  const efa = (card: number, device: number) => {
    return { NetworkCardIndex: card, DeviceIndex: device, InterfaceType: "efa-only" };
  };
  const cases: readonly [type: string, interfaces: readonly (typeof own)[], said: RegExp][] = [
    ["p5.48xlarge", [own, efa(32, 0)], /has 32 network cards: there is no card 32/],
    ["p5.48xlarge", [own, efa(1, 2)], /network card 1 of p5.48xlarge takes 2 interfaces: there is no 2/],
    ["p6-b200.48xlarge", [own, efa(1, 0), efa(1, 1)], /network card 1 of p6-b200.48xlarge takes one EFA interface/],
    ["g6e.4xlarge", [own, efa(0, 1)], /takes no interface of type efa-only/],
    ["p5.48xlarge", [efa(0, 0), efa(1, 0)], /the primary interface, on place 0 of network card 0, has an address/],
    ["p5.48xlarge", [own, own], /2 interfaces are on place 0 of network card 0/],
  ];
  for (const [type, interfaces, said] of cases) assert.match(String(await launch({ type, interfaces })), said);
});

Deno.test("a pool's placement group keeps its nodes in one zone, outlives the option, and goes with its cluster", async () => {
  const near = smallest({ pools: [testPool("train", { placementGroup: "cluster" })] });
  const port = bed.stacks(region), { folder, stacks } = await bed.assembly(near);
  await bed.bootstrap(region);
  await port.deploy(folder, TASK);
  const name = (await port.outputs(`${near.name}-eks`))!["PlacementGrouptrain"]!;
  const groups = async () => (await machines().send(new ec2.DescribePlacementGroupsCommand({}))).PlacementGroups!;
  assert.deepEqual((await groups()).map(({ GroupName, Strategy }) => [GroupName, Strategy]), [[name, "cluster"]]);

  const first = await launch({ type: "p5.48xlarge", group: name, zone: "usw2-az2", cluster: near.name });
  assert.match(String(first), /^i-/);
  assert.match(
    String(await launch({ type: "p5.48xlarge", group: name, zone: "usw2-az1" })),
    /InsufficientInstanceCapacity/,
  );
  assert.match(String(await launch({ type: "p5.48xlarge", group: "another" })), /InvalidPlacementGroup.Unknown/);

  const plain = await bed.assembly(smallest({ pools: [testPool("train")], tags: { team: "vision" } }));
  await port.deploy(plain.folder, TASK);
  assert.equal((await port.outputs(`${near.name}-eks`))!["PlacementGrouptrain"], undefined);
  assert.deepEqual((await groups()).map(({ GroupName }) => GroupName), [name], "its node is still in it");

  for (const stack of stacks.toReversed()) assert.equal(await port.destroy(stack, TASK), true, stack);
  assert.deepEqual(await groups(), []);
});

Deno.test("a group that a pool names is found by its name and by its id, with its strategy", async () => {
  const GroupName = "training";
  const made = await machines().send(new ec2.CreatePlacementGroupCommand({ GroupName, Strategy: "spread" }));
  const { placement } = bed.ports(region, {} as KubePort);
  for (const selector of [{ name: GroupName }, { id: made.PlacementGroup!.GroupId! }]) {
    assert.deepEqual(await placement.group(selector), { state: "available", strategy: "spread" });
  }
  assert.equal(await placement.group({ name: "another" }), null);
  assert.equal(await placement.group({ id: "pg-0123456789abcdef0" }), null);
});
