/**
 * The function that runs when a stack is deleted, over what Karpenter left of this cluster and of others: whose names
 * begin alike, whose tags are alike. It runs inside the emulator, as CloudFormation calls it.
 */
import assert from "node:assert/strict";
import * as ec2 from "@aws-sdk/client-ec2";
import * as eks from "@aws-sdk/client-eks";
import * as iam from "@aws-sdk/client-iam";
import { smallest } from "../infra/config.ts";
import { StackBed, TASK } from "./aws/stack_bed.ts";

const region = "us-west-2";
const bed = new StackBed("210000000053", 4653);

Deno.test.beforeAll(() => bed.start());
Deno.test.afterAll(() => bed.stop());

interface Leftovers {
  readonly instance: string;
  readonly template: string;
  readonly profile: string;
  /** Of a node, and of its pods. */
  readonly cards: readonly string[];
}

const machines = () => new ec2.EC2Client({ region });
const names = () => new iam.IAMClient({ region });

function nodeTags(cluster: string): { Key: string; Value: string }[] {
  return [
    { Key: `kubernetes.io/cluster/${cluster}`, Value: "owned" },
    { Key: "karpenter.sh/nodepool", Value: "gpu" },
    { Key: "karpenter.k8s.aws/cluster", Value: cluster },
    { Key: "eks:eks-cluster-name", Value: cluster },
    { Key: "unitune:cluster", Value: cluster },
  ];
}

async function runInstance(Tags: ec2.Tag[]): Promise<string> {
  const { Instances } = await machines().send(
    new ec2.RunInstancesCommand({
      InstanceType: "g6e.xlarge",
      MinCount: 1,
      MaxCount: 1,
      TagSpecifications: [{ ResourceType: "instance", Tags }],
    }),
  );
  return Instances![0]!.InstanceId!;
}

async function makeCard(Tags: ec2.Tag[]): Promise<string> {
  const { Subnets } = await machines().send(new ec2.DescribeSubnetsCommand({}));
  const { NetworkInterface } = await machines().send(
    new ec2.CreateNetworkInterfaceCommand({
      SubnetId: Subnets!.find(({ DefaultForAz }) => DefaultForAz)!.SubnetId!,
      TagSpecifications: [{ ResourceType: "network-interface", Tags }],
    }),
  );
  return NetworkInterface!.NetworkInterfaceId!;
}

/** All that a Karpenter that is gone, and the CNI of its nodes, can leave of a cluster. */
async function leave(cluster: string): Promise<Leftovers> {
  const Tags = nodeTags(cluster);
  const template = `karpenter.k8s.aws/${cluster}-left`, profile = `${cluster}_left`;
  await machines().send(
    new ec2.CreateLaunchTemplateCommand({
      LaunchTemplateName: template,
      LaunchTemplateData: { InstanceType: "g6e.xlarge" },
      TagSpecifications: [{ ResourceType: "launch-template", Tags }],
    }),
  );
  const Path = `/karpenter/${region}/${cluster}/`;
  await names().send(new iam.CreateInstanceProfileCommand({ InstanceProfileName: profile, Path, Tags }));
  const ofPods = [{ Key: "cluster.k8s.amazonaws.com/name", Value: cluster }];
  return {
    instance: await runInstance(Tags),
    template,
    profile,
    cards: [await makeCard(Tags), await makeCard(ofPods)],
  };
}

async function isThere({ instance, template, profile, cards }: Leftovers): Promise<Record<string, boolean>> {
  const client = machines();
  const { Reservations } = await client.send(new ec2.DescribeInstancesCommand({ InstanceIds: [instance] }));
  const { LaunchTemplates } = await client.send(new ec2.DescribeLaunchTemplatesCommand({}));
  const { NetworkInterfaces } = await client.send(new ec2.DescribeNetworkInterfacesCommand({}));
  const { InstanceProfiles } = await names().send(new iam.ListInstanceProfilesCommand({}));
  const [node, pod] = cards.map((card) =>
    NetworkInterfaces!.some(({ NetworkInterfaceId }) => NetworkInterfaceId === card)
  );
  return {
    instance: Reservations!.flatMap(({ Instances }) => Instances!).some(({ State }) => State?.Name === "running"),
    template: LaunchTemplates!.some(({ LaunchTemplateName }) => LaunchTemplateName === template),
    profile: InstanceProfiles!.some(({ InstanceProfileName }) => InstanceProfileName === profile),
    node: node!,
    pod: pod!,
  };
}

const every = (there: boolean) => ({ instance: there, template: there, profile: there, node: there, pod: there });

Deno.test("the leftovers of a deleted cluster go with its stack, and those of every other cluster stay", async () => {
  const config = smallest();
  const port = bed.stacks(region), { folder, stacks } = await bed.assembly(config);
  await bed.bootstrap(region);
  await port.deploy(folder, TASK);
  const ours = await leave(config.name);
  const others = ["acme-2", "acm", "my-acme"];
  const theirs = await Promise.all(others.map(leave));
  // Of this cluster, but not Karpenter's, or not of a pool of unitune's: whoever made it removes it.
  const foreign = await runInstance([{ Key: `kubernetes.io/cluster/${config.name}`, Value: "owned" }]);
  const shared = await runInstance([
    { Key: `kubernetes.io/cluster/${config.name}`, Value: "shared" },
    { Key: "karpenter.sh/nodepool", Value: "gpu" },
  ]);
  const byHand = await runInstance(nodeTags(config.name).filter(({ Key }) => Key !== "unitune:cluster"));
  assert.deepEqual(await isThere(ours), every(true));

  for (const stack of stacks.toReversed()) assert.equal(await port.destroy(stack, TASK), true, stack);
  assert.deepEqual(await isThere(ours), every(false));
  for (const [index, left] of theirs.entries()) assert.deepEqual(await isThere(left), every(true), others[index]!);
  for (const instance of [foreign, shared, byHand]) {
    assert.equal(
      (await isThere({ ...ours, instance })).instance,
      true,
      "an instance that Karpenter did not launch for unitune",
    );
  }
});

Deno.test("instances end first, then what launched them, and last the network interfaces that they held", async () => {
  const config = smallest();
  const port = bed.stacks(region), { folder, stacks } = await bed.assembly(config);
  await port.deploy(folder, TASK);
  const ours = await leave(config.name);
  await bed.forget();
  for (const stack of stacks.toReversed()) assert.equal(await port.destroy(stack, TASK), true, stack);
  assert.deepEqual(await isThere(ours), every(false));
  const order = (await bed.requests()).map(({ action }) => action);
  const at = (action: string) => order.lastIndexOf(action);
  assert.ok(at("DeleteNetworkInterface") > at("DeleteInstanceProfile"));
  assert.ok(
    at("DeleteInstanceProfile") > at("DeleteLaunchTemplate") && at("DeleteLaunchTemplate") > at("TerminateInstances"),
  );
});

Deno.test("a stack whose cluster exists already fails, and its rollback ends nothing of that cluster", async () => {
  const config = smallest(), port = bed.stacks(region), { folder, stacks } = await bed.assembly(config);
  const client = new eks.EKSClient({ region });
  const { Subnets } = await machines().send(new ec2.DescribeSubnetsCommand({}));
  const subnetIds = Subnets!.filter(({ DefaultForAz }) => DefaultForAz).slice(0, 2).map(({ SubnetId }) => SubnetId!);
  await client.send(
    new eks.CreateClusterCommand({
      name: config.name,
      roleArn: "arn:aws:iam::210000000053:role/theirs",
      resourcesVpcConfig: { subnetIds },
      tags: { owner: "them" },
    }),
  );
  const theirs = await leave(config.name);
  const failed = await port.deploy(folder, TASK).then(() => null, (error: Error) => error);
  assert.match(failed?.message ?? "", /AWS::EKS::Cluster.*(already exists|ResourceInUse)/);
  assert.deepEqual(await isThere(theirs), every(true));
  for (const stack of stacks.toReversed()) await port.destroy(stack, TASK);
  assert.deepEqual(await isThere(theirs), every(true), "nor does the removal of what the rollback left");
  const { cluster } = await client.send(new eks.DescribeClusterCommand({ name: config.name }));
  assert.deepEqual([cluster?.status, cluster?.tags], ["ACTIVE", { owner: "them" }]);
});
