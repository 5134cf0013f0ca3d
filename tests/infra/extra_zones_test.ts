/** Zones for nodes alone: they come and go, and nothing else moves. */
import assert from "node:assert/strict";
import { overlap } from "../../lib/core/ranges.ts";
import { largest, ownNetwork, smallest } from "./config.ts";
import { all, synthesized, tagsOf } from "./templates.ts";

const network = ownNetwork();
const extra = (extraZones: readonly string[], change: Partial<typeof network> = {}) => {
  return synthesized(smallest({ network: { ...network, ...change, extraZones } }));
};

/** Every resource by its id, but for the one that lists route tables. */
function resources({ vpc }: Awaited<ReturnType<typeof synthesized>>): Map<string, unknown> {
  const kept = all(vpc).filter(({ Type, Properties }) => {
    return Type !== "AWS::EC2::VPCEndpoint" || Properties.VpcEndpointType === "Interface";
  });
  return new Map(kept.map(({ id, ...resource }) => [id, resource]));
}

Deno.test("a fourth zone changes nothing that is there: not a byte of the cluster's stack, and of the VPC's one list", async () => {
  const [before, after] = [await extra([]), await extra(["usw2-az4"])];
  assert.equal(after.files["acme-eks.template.json"], before.files["acme-eks.template.json"]);
  const now = resources(after);
  for (const [id, resource] of resources(before)) assert.deepEqual(now.get(id), resource, id);
  const tables = ({ vpc }: typeof before) => {
    const gateway = all(vpc, "AWS::EC2::VPCEndpoint").find(({ Properties }) =>
      Properties.VpcEndpointType === "Gateway"
    )!;
    return gateway.Properties.RouteTableIds.map(({ Ref }: { Ref: string }) => Ref);
  };
  assert.deepEqual(tables(after).slice(0, -1), tables(before));
  assert.equal(after.vpc.toJSON().Outputs.Zones.Value, network.zones.join(","));
});

Deno.test("it has a private subnet that Karpenter finds, the first NAT gateway, and nothing public", async () => {
  const { vpc } = await extra(["usw2-az4"]);
  const subnets = all(vpc, "AWS::EC2::Subnet");
  const added = subnets.filter(({ Properties }) => Properties.AvailabilityZoneId === "usw2-az4");
  assert.equal(added.length, 1);
  const [{ id, Properties }] = added as [typeof added[number]];
  assert.deepEqual([Properties.CidrBlock, Properties.MapPublicIpOnLaunch], ["10.0.224.0/20", false]);
  const tags = tagsOf(added[0]!);
  assert.equal(tags["karpenter.sh/discovery"], "acme");
  assert.equal(tags["Name"], "acme-private-usw2-az4");
  assert.equal(tags["kubernetes.io/role/internal-elb"], undefined, "load balancers keep their subnets");
  const routes = all(vpc, "AWS::EC2::Route").filter((route) =>
    route.Properties.RouteTableId.Ref.startsWith("NetworkExtra")
  );
  const [first] = all(vpc, "AWS::EC2::NatGateway");
  assert.deepEqual(routes.map((route) => route.Properties.NatGatewayId), [{ Ref: first!.id }]);
  const joined = all(vpc, "AWS::EC2::SubnetRouteTableAssociation").filter((one) => one.Properties.SubnetId.Ref === id);
  assert.equal(joined.length, 1);
});

Deno.test("without NAT it has no way out either", async () => {
  const { vpc } = await extra(["usw2-az4"], { nat: "none", isolated: true });
  assert.deepEqual(all(vpc, "AWS::EC2::Route").filter((route) => route.Properties.NatGatewayId), []);
  assert.ok(all(vpc, "AWS::EC2::Subnet").some(({ Properties }) => Properties.AvailabilityZoneId === "usw2-az4"));
});

Deno.test("one of several comes or goes, and the others stay as they are", async () => {
  const zones = ["use1-az6", "use1-az5"], region = "us-east-1", network = ownNetwork({}, region);
  const made = async (extraZones: readonly string[]) => {
    return resources(await synthesized(smallest({ region, network: { ...network, extraZones } })));
  };
  const both = await made(zones);
  for (const zone of zones) {
    const alone = await made([zone]);
    for (const [id, resource] of alone) assert.deepEqual(both.get(id), resource, `${id} with ${zone} alone`);
  }
});

Deno.test("their ranges are of their own in VPCs of every size, and with any number of zones", async () => {
  for (const cidr of ["10.0.0.0/16", "172.16.32.0/19", "192.168.16.0/20"]) {
    for (const azs of [2, 3] as const) {
      const network = { ...ownNetwork({ cidr, azs }), extraZones: ["usw2-az6", "usw2-az4", "usw2-az5"] };
      const { vpc } = await synthesized(largest({ network }));
      const blocks: string[] = all(vpc, "AWS::EC2::Subnet").map(({ Properties }) => Properties.CidrBlock);
      assert.equal(blocks.length, 2 * azs + 3);
      blocks.forEach((block, at) => {
        assert.ok(overlap(cidr, block), block);
        for (const other of blocks.slice(0, at)) assert.ok(!overlap(block, other), `${block} and ${other}`);
      });
    }
  }
});
