/**
 * What cannot be changed later, and what can: a cluster with a range of its own for Services, and zones for nodes that
 * come and go, over the real CDK toolkit and an emulator.
 */
import assert from "node:assert/strict";
import * as ec2 from "@aws-sdk/client-ec2";
import * as eks from "@aws-sdk/client-eks";
import { clusterOf } from "../../lib/config/resolve/infra.ts";
import { isUnituneError } from "../../lib/core/errors.ts";
import type { KubeObject } from "../../lib/core/ports.ts";
import { applyPlan } from "../../lib/actions/apply.ts";
import { planDeployed } from "../../lib/actions/plan.ts";
import type { Config } from "../../lib/plan/types.ts";
import { FakeKube } from "../fakes/kube.ts";
import { ownNetwork, smallest } from "../infra/config.ts";
import { changesOf, StackBed, TASK } from "./aws/stack_bed.ts";

const region = "us-west-2";
const bed = new StackBed("210000000054", 4654);

/** A cluster in which Helm's Job ends as soon as it is created. */
class HelmKube extends FakeKube {
  override async create<T extends KubeObject>(object: T): Promise<T> {
    const made = await super.create(object);
    if (object.kind !== "Job") return made;
    return this.put({ ...made, status: { conditions: [{ type: "Complete", status: "True" }] } });
  }
}

const kube = new HelmKube();

function acme(change: Partial<Config> = {}, serviceCidr: `${string}/${number}` = "192.168.128.0/20"): Config {
  return smallest({ cluster: clusterOf({ endpoint: "private", serviceCidr }), ...change });
}

const zoned = (...extraZones: string[]) => acme({ network: { ...ownNetwork({ azs: 2, nat: "single" }), extraZones } });

async function infra(config: Config): Promise<void> {
  const { results } = await bed.operate(config, { region, kube }, async (operation) => {
    return await applyPlan(operation, await planDeployed(operation, { only: ["infra"] }));
  });
  const failed = results.filter(({ state }) => state !== "done" && state !== "unchanged");
  assert.deepEqual(failed.map(({ id, detail, error }) => `${id}: ${detail ?? error}`), []);
}

async function refused(config: Config) {
  await bed.forget();
  const error = await infra(config).then(() => assert.fail("it went well"), (error) => error);
  assert.ok(isUnituneError(error), String(error));
  const asked = (await bed.requests()).filter(({ action }) => /^(Create|Execute|Update|Delete)/.test(action));
  assert.deepEqual(asked, [], "nothing is created before it is refused");
  return error;
}

async function difference(config: Config): Promise<string[]> {
  return changesOf(await bed.stacks(region).diff((await bed.assembly(config)).folder, TASK));
}

async function nodeSubnets(): Promise<Record<string, string>> {
  const Filters = [{ Name: "tag:karpenter.sh/discovery", Values: ["acme"] }];
  const { Subnets } = await new ec2.EC2Client({ region }).send(new ec2.DescribeSubnetsCommand({ Filters }));
  return Object.fromEntries(
    Subnets!.map(({ AvailabilityZoneId, SubnetId }) => [AvailabilityZoneId!, SubnetId!]).sort(),
  );
}

Deno.test.beforeAll(() => bed.start());
Deno.test.afterAll(() => bed.stop());

Deno.test("a cluster is created with the range that the config names for its Services", async () => {
  await infra(acme());
  const client = new eks.EKSClient({ region });
  const { cluster } = await client.send(new eks.DescribeClusterCommand({ name: "acme" }));
  assert.equal(cluster!.kubernetesNetworkConfig!.serviceIpv4Cidr, "192.168.128.0/20");
  assert.deepEqual(await difference(acme()), []);
});

Deno.test("EKS refuses a range of the VPC's, and CloudFormation another one of a cluster that is there", async () => {
  const overlapping = acme({ name: "other" }, "10.0.128.0/20");
  const { folder } = await bed.assembly(overlapping);
  await assert.rejects(
    bed.stacks(region).deploy(folder, TASK),
    /overlaps with the VPC CIDR block 10\.0\.0\.0\/16/,
  );
  for (const stack of ["other-eks", "other-vpc"]) await bed.stacks(region).destroy(stack, TASK);
  const moved = await bed.assembly(acme({}, "192.168.64.0/20"));
  await assert.rejects(
    bed.stacks(region).deploy(moved.folder, TASK),
    /custom-named resource requires replacing/,
  );
});

Deno.test("unitune refuses another range before it asks CloudFormation for anything, and tells the one that it has", async () => {
  const error = await refused(acme({}, "192.168.64.0/20"));
  assert.deepEqual([error.code, error.path], ["SERVICE_CIDR", "cluster.serviceCidr"]);
  assert.match(error.lines.join(), /acme has 192\.168\.128\.0\/20 — write serviceCidr: "192\.168\.128\.0\/20"/);
  const without = await refused(smallest({ cluster: clusterOf({ endpoint: "private" }) }));
  assert.equal(without.code, "SERVICE_CIDR");
});

Deno.test("a further zone adds a subnet and its ways, and leaves cluster, nodes and all else as they are", async () => {
  const before = await bed.holdings(region);
  assert.deepEqual((await difference(zoned("usw2-az4"))).toSorted(), [
    "add AWS::EC2::Route",
    "add AWS::EC2::RouteTable",
    "add AWS::EC2::Subnet",
    "add AWS::EC2::SubnetRouteTableAssociation",
    "update AWS::EC2::VPCEndpoint",
  ]);
  await infra(zoned("usw2-az4"));
  const after = await bed.holdings(region);
  assert.deepEqual(before.subnets!.filter((subnet) => !after.subnets!.includes(subnet)), []);
  assert.deepEqual(Object.keys(await nodeSubnets()), ["usw2-az1", "usw2-az2", "usw2-az4"]);
  assert.deepEqual(await difference(zoned("usw2-az4")), []);
});

Deno.test("one more comes and the first goes, and no subnet of another moves", async () => {
  const first = await nodeSubnets();
  await infra(zoned("usw2-az3", "usw2-az4"));
  const both = await nodeSubnets();
  assert.deepEqual({ ...both, ...first }, both);
  await infra(zoned("usw2-az3"));
  const { "usw2-az4": gone, ...left } = both;
  assert.ok(gone);
  assert.deepEqual(await nodeSubnets(), left);
});

Deno.test("a zone that the account lacks is refused as the cluster's own are", async () => {
  const error = await refused(zoned("usw2-az9"));
  assert.deepEqual([error.code, error.path], ["NETWORK", "network.extraZones[0]"]);
});
