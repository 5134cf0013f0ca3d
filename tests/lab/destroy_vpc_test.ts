/**
 * What blocks the deletion of a VPC, and what destroy does about it: load balancers and groups of this cluster go, those
 * of a neighbour stay, and what others put into the VPC is named.
 */
import assert from "node:assert/strict";
import * as ec2 from "@aws-sdk/client-ec2";
import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import { smallest } from "../infra/config.ts";
import { StackBed, TASK } from "./aws/stack_bed.ts";
import { FakeKube } from "../fakes/kube.ts";

const region = "us-west-2";
const bed = new StackBed("210000000055", 4655);
const config = smallest();
const machines = () => new ec2.EC2Client({ region });

Deno.test.beforeAll(() => bed.start());
Deno.test.afterAll(() => bed.stop());

async function vpcOfCluster(): Promise<string> {
  const Filters = [{ Name: "tag:unitune:cluster", Values: [config.name] }];
  const { Vpcs } = await machines().send(new ec2.DescribeVpcsCommand({ Filters }));
  assert.equal(Vpcs?.length, 1, "the VPC of the stack has our tag");
  return Vpcs![0]!.VpcId!;
}

async function makeGroup(name: string, VpcId: string, ...tags: readonly [string, string][]): Promise<string> {
  const { GroupId } = await machines().send(
    new ec2.CreateSecurityGroupCommand({
      GroupName: name,
      Description: name,
      VpcId,
      TagSpecifications: [{ ResourceType: "security-group", Tags: tags.map(([Key, Value]) => ({ Key, Value })) }],
    }),
  );
  return GroupId!;
}

async function makeBalancer(cluster: string, VpcId: string): Promise<string> {
  const { Subnets } = await machines().send(
    new ec2.DescribeSubnetsCommand({ Filters: [{ Name: "vpc-id", Values: [VpcId] }] }),
  );
  const { LoadBalancers } = await new elb.ElasticLoadBalancingV2Client({ region }).send(
    new elb.CreateLoadBalancerCommand({
      Name: `of-${cluster}`,
      Type: "network",
      Subnets: [Subnets![0]!.SubnetId!],
      Tags: [{ Key: `kubernetes.io/cluster/${cluster}`, Value: "owned" }],
    }),
  );
  return LoadBalancers![0]!.LoadBalancerArn!;
}

Deno.test("destroy finds load balancers and groups by the cluster's tags, and names what others have in its VPC", async () => {
  const port = bed.stacks(region), { folder } = await bed.assembly(config);
  await bed.bootstrap(region);
  await port.deploy(folder, TASK);
  const ports = bed.ports(region, new FakeKube()), VpcId = await vpcOfCluster();
  try {
    assert.deepEqual(await ports.network.occupants(config.name), [], "all of the stack's own is ours");
    const [ours, theirs] = [await makeBalancer(config.name, VpcId), await makeBalancer("acme-2", VpcId)];
    const group = await makeGroup("k8s-elb-1", VpcId, ["elbv2.k8s.aws/cluster", config.name]);
    const neighbour = await makeGroup("k8s-elb-2", VpcId, ["elbv2.k8s.aws/cluster", "acme-2"]);
    const { VpcEndpoint } = await machines().send(
      new ec2.CreateVpcEndpointCommand({
        VpcId,
        ServiceName: `com.amazonaws.${region}.guardduty-data`,
        VpcEndpointType: "Interface",
      }),
    );
    const kinds: readonly string[] = ["load balancer", "security group"];
    const found = (await ports.leftovers.find(config.name)).filter(({ kind }) => kinds.includes(kind));
    assert.deepEqual(found.filter(({ kind }) => kind === "load balancer").map(({ id }) => id), [ours]);
    assert.ok(found.some(({ id }) => id === group) && !found.some(({ id }) => id === neighbour));
    assert.deepEqual(
      (await ports.network.occupants(config.name)).map(({ kind, id }) => `${kind} ${id}`).toSorted(),
      [
        `VPC endpoint ${VpcEndpoint!.VpcEndpointId}`,
        `security group ${neighbour}`,
      ].toSorted(),
    );
    for (const id of [ours, group]) {
      assert.equal(await ports.leftovers.remove(found.find((one) => one.id === id)!), true);
    }
    const left = (await ports.leftovers.find(config.name)).filter(({ id }) => id === ours || id === group);
    assert.deepEqual(left, []);
    const { LoadBalancers } = await new elb.ElasticLoadBalancingV2Client({ region }).send(
      new elb.DescribeLoadBalancersCommand({}),
    );
    assert.deepEqual(LoadBalancers!.map(({ LoadBalancerArn }) => LoadBalancerArn), [theirs]);
  } finally {
    await ports.close();
  }
});
