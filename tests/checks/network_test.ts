/** The network is checked before anything is made: what is read, what is refused, what weaker rights leave open. */
import assert from "node:assert/strict";
import { UnituneError } from "../../lib/core/errors.ts";
import { network } from "../../lib/checks/network.ts";
import { planDestroy } from "../../lib/actions/destroy.ts";
import type { Ports } from "../../lib/core/ports.ts";
import type { Config } from "../../lib/plan/types.ts";
import { ownNetwork, smallest, THERE } from "../infra/config.ts";
import { contextOf, denied, refused, told } from "./context.ts";

const ZONES = ["usw2-az1", "usw2-az2", "usw2-az3"].map((id, at) => ({
  id,
  name: `us-west-2${"abc"[at]}`,
  available: true,
}));

function check(config: Config, port: Partial<Ports["network"]>, outputs: Record<string, string> | null = null) {
  return told(network, contextOf(config, { stacks: { outputs: () => Promise.resolve(outputs) }, network: port }));
}

const own = (zones: readonly string[]) => smallest({ network: { ...ownNetwork(), zones } });

Deno.test("zones that the account has are taken, and one that it lacks ends the run with its path and the choice", async () => {
  const zones = () => Promise.resolve(ZONES);
  assert.deepEqual(await check(own(["usw2-az1", "usw2-az3"]), { zones }), []);
  const error = await refused(check(own(["usw2-az1", "usw2-az4"]), { zones }));
  assert.deepEqual([error.code, error.exit, error.path], ["NETWORK", 4, "network.zones[1]"]);
  assert.deepEqual(error.lines, [
    "network.zones[1]  must be a zone of account 123456789012 in us-west-2: usw2-az4 is not one of them — of its zones, " +
    "EKS supports usw2-az1, usw2-az2, usw2-az3: write network: { zones: [two or three of them] }",
  ]);
});

Deno.test("what is deployed is read from the stack, and moved zones are refused together with missing ones", async () => {
  const zones = () => Promise.resolve(ZONES);
  const error = await refused(check(own(["usw2-az2", "usw2-az4"]), { zones }, { Zones: "usw2-az1,usw2-az2" }));
  assert.equal(error.message, "Cannot use the network of acme as it has 2 problems");
  assert.deepEqual(error.lines.map((line) => line.split("  ")[0]), ["network.zones", "network.zones[1]"]);
});

Deno.test("rights that are missing make the answers weaker, and each is named in a note", async () => {
  const notes = await check(smallest({ network: THERE }), {
    vpc: denied("ec2:DescribeVpcs"),
    subnets: denied("ec2:DescribeSubnets"),
    routeTables: denied("ec2:DescribeRouteTables"),
    endpoints: denied("ec2:DescribeVpcEndpoints"),
  });
  assert.deepEqual(notes, [
    "not checked without ec2:DescribeVpcs and ec2:DescribeVpcAttribute: the VPC and its DNS",
    "not checked without ec2:DescribeSubnets: the subnets, their zones and free addresses",
    "not checked without ec2:DescribeRouteTables: whether the subnets are private and have a route to the Internet",
    "not checked without ec2:DescribeVpcEndpoints: the VPC's endpoints",
  ]);
  assert.deepEqual(await check(own(["usw2-az1", "usw2-az4"]), { zones: denied("ec2:DescribeAvailabilityZones") }), [
    "not checked without ec2:DescribeAvailabilityZones: whether the account has the zones",
  ]);
});

Deno.test("any other failure of a read ends the run", async () => {
  const busy = () => Promise.reject(new UnituneError("AWS_BUSY", "Cannot call ec2:DescribeAvailabilityZones"));
  assert.equal((await refused(check(own(["usw2-az1", "usw2-az2"]), { zones: busy }))).code, "AWS_BUSY");
});

Deno.test("a removal leaves a VPC alone that was there before", () => {
  const stacks = (config: Config) =>
    planDestroy(config, { deleteData: true }).steps.map(({ title }) => title).filter((title) =>
      title.startsWith("stack ")
    );
  assert.deepEqual(stacks(smallest()), ["stack acme-eks", "stack acme-vpc"]);
  assert.deepEqual(stacks(smallest({ network: THERE })), ["stack acme-eks"]);
  const { steps } = planDestroy(smallest({ network: THERE }), { deleteData: true });
  for (const [at, { after }] of steps.entries()) assert.deepEqual(after, at === 0 ? [] : [steps[at - 1]!.id]);
});
