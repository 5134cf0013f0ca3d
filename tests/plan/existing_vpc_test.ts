/** What stands against a VPC that is there: from facts to findings, one condition after the other. */
import assert from "node:assert/strict";
import { NODES_NEED } from "../../lib/core/pins.ts";
import type { RouteTable, Subnet, VpcEndpoint } from "../../lib/core/ports.ts";
import { existingFindings, type VpcFacts } from "../../lib/plan/existing_vpc.ts";
import type { Config, ExistingNetwork } from "../../lib/plan/types.ts";
import { cpu } from "../cluster/samples.ts";
import { builder, image } from "../images/specs.ts";
import { smallest, THERE } from "../infra/config.ts";

const [A, B, C] = THERE.privateSubnets as [string, string, string];
const TAGGED = { "kubernetes.io/role/internal-elb": "1" };

function subnet(id: string, change: Partial<Subnet> = {}): Subnet {
  const at = THERE.privateSubnets.indexOf(id) + 1;
  return {
    id,
    vpcId: THERE.vpcId,
    state: "available",
    zoneId: `usw2-az${at}`,
    zone: `us-west-2${"abc"[at - 1]}`,
    freeAddresses: 4091,
    outpost: false,
    tags: TAGGED,
    ...change,
  };
}

const NAT: RouteTable = {
  id: "rtb-main",
  main: true,
  subnetIds: [],
  defaultRoute: { target: "nat-1", active: true },
};
const endpoint = (service: string, change: Partial<VpcEndpoint> = {}): VpcEndpoint => {
  return { service, kind: "interface", available: true, privateDns: true, routeTableIds: [], ...change };
};
const ALL_ENDPOINTS = NODES_NEED.map((service) => endpoint(service));
const s3 = (...routeTableIds: string[]) => endpoint("s3", { kind: "gateway", privateDns: false, routeTableIds });

const GOOD: VpcFacts = {
  vpcs: [{ id: THERE.vpcId, state: "available", dnsSupport: true, dnsHostnames: true, cidrs: ["10.0.0.0/16"] }],
  subnets: [subnet(A), subnet(B), subnet(C)],
  routeTables: [NAT],
  endpoints: [],
  deployed: false,
};

function found(change: Partial<VpcFacts>, network: Partial<ExistingNetwork> = {}) {
  const there = { ...THERE, ...network };
  return existingFindings(smallest({ network: there }), there, { ...GOOD, ...change });
}

function foundFor(config: Partial<Config>, change: Partial<VpcFacts>) {
  return existingFindings(smallest({ network: THERE, images: [image("base")], ...config }), THERE, {
    ...GOOD,
    ...change,
  });
}

function told(change: Partial<VpcFacts>, network?: Partial<ExistingNetwork>): string[] {
  const { issues } = found(change, network);
  for (const { hint } of issues) assert.ok(hint.length > 0);
  return issues.map(({ path, message }) => `${path}  ${message}`);
}

Deno.test("a VPC whose subnets are private, apart and have a way out is taken without a word", () => {
  assert.deepEqual(found({}), { issues: [], notes: [] });
});

Deno.test("a VPC that is not there is told, and what hangs on it too", () => {
  assert.deepEqual(told({ vpcs: [], subnets: [], routeTables: [] }), [
    `network.vpcId  must be a VPC of this account and region: ${THERE.vpcId} does not exist`,
    ...[A, B, C].map((id, at) =>
      `network.privateSubnets[${at}]  must be a subnet of this account and region: ${id} does not exist`
    ),
  ]);
});

Deno.test("a VPC must be available and have both kinds of DNS", () => {
  const vpcs = [{ id: THERE.vpcId, state: "pending", dnsSupport: false, dnsHostnames: false, cidrs: [] }];
  assert.deepEqual(told({ vpcs }), [
    `network.vpcId  must be available: ${THERE.vpcId} is pending`,
    `network.vpcId  must have DNS support, by which nodes find the API server: ${THERE.vpcId} has it disabled`,
    `network.vpcId  must have DNS hostnames, by which nodes find the API server: ${THERE.vpcId} has it disabled`,
  ]);
  assert.match(found({ vpcs }).issues[2]!.hint, /modify-vpc-attribute .* --enable-dns-hostnames/);
});

Deno.test("a subnet of another VPC is told once, whatever else it may be", () => {
  const subnets = [subnet(A), subnet(B), subnet(C, { vpcId: "vpc-other", freeAddresses: 0, zoneId: "use1-az3" })];
  assert.deepEqual(told({ subnets }), [
    `network.privateSubnets[2]  must be a subnet of ${THERE.vpcId}: ${C} is in vpc-other`,
  ]);
});

Deno.test("the first two subnets are in two zones; a third may be in one of them", () => {
  assert.deepEqual(told({ subnets: [subnet(A), subnet(B, { zoneId: "usw2-az1" }), subnet(C)] }), [
    "network.privateSubnets[1]  must be in another zone than the first subnet, as EKS requires two: " +
    `${A} and ${B} are both in usw2-az1`,
  ]);
  assert.deepEqual(told({ subnets: [subnet(A), subnet(B), subnet(C, { zoneId: "usw2-az1" })] }), []);
});

for (const zoneId of ["use1-az3", "usw1-az2", "cac1-az3"]) {
  Deno.test(`a subnet in ${zoneId} is refused, wherever it stands`, () => {
    for (const at of [0, 1, 2]) {
      const subnets = [A, B, C].map((id, index) => subnet(id, index === at ? { zoneId } : {}));
      assert.deepEqual(told({ subnets }), [
        `network.privateSubnets[${at}]  must be in a zone that EKS supports: ${[A, B, C][at]} is in ${zoneId}`,
      ]);
    }
  });
}

Deno.test("local zones and Outposts hold no control plane, but may hold nodes", () => {
  const local = { zoneId: "usw2-lax1-az1" };
  assert.deepEqual(told({ subnets: [subnet(A, local), subnet(B, { outpost: true }), subnet(C)] }), [
    "network.privateSubnets[0]  must be in an availability zone of the region, as EKS puts the control plane there: " +
    `${A} is in usw2-lax1-az1`,
    "network.privateSubnets[1]  must be in an availability zone of the region, as EKS puts the control plane there: " +
    `${B} is on an Outpost`,
  ]);
  assert.deepEqual(told({ subnets: [subnet(A), subnet(B), subnet(C, local)] }), []);
});

Deno.test("a subnet with its own route table is judged by it, any other by the VPC's main one", () => {
  const publicTable: RouteTable = {
    id: "rtb-public",
    main: false,
    subnetIds: [B],
    defaultRoute: { target: "igw-1", active: true },
  };
  const message = (at: number, id: string, table: string) =>
    `network.privateSubnets[${at}]  must be private: the default route of ${id} (${table}) leads to internet gateway igw-1`;
  assert.deepEqual(told({ routeTables: [NAT, publicTable] }), [message(1, B, "rtb-public")]);
  const main = { ...NAT, defaultRoute: publicTable.defaultRoute };
  const own = { ...NAT, id: "rtb-own", main: false, subnetIds: [A, C] };
  assert.deepEqual(told({ routeTables: [main, own] }), [message(1, B, "rtb-main")]);
});

for (const target of ["nat-1", "tgw-1", "eni-1", "i-1", "vgw-1", "pcx-1", "vpce-1"]) {
  Deno.test(`a default route to ${target} is a way out`, () => {
    assert.deepEqual(told({ routeTables: [{ ...NAT, defaultRoute: { target, active: true } }] }), []);
  });
}

Deno.test("a default route that leads to what is gone is no way out", () => {
  const [first] = told({ routeTables: [{ ...NAT, defaultRoute: { target: "nat-9", active: false } }] });
  assert.equal(
    first,
    `network.privateSubnets[0]  must have a route to the Internet: the default route of ${A} (rtb-main) leads to nat-9, which no longer exists`,
  );
});

Deno.test("without a default route nodes need endpoints, and the config says so", () => {
  const routeTables = [{ ...NAT, defaultRoute: null }];
  const { issues } = found({ routeTables });
  assert.equal(issues.length, 3);
  assert.match(issues[0]!.message, /must have a route to the Internet.*has no default route$/);
  assert.doesNotMatch(issues[0]!.hint, /isolated/);
  assert.match(found({ routeTables, endpoints: ALL_ENDPOINTS }).issues[0]!.hint, /write isolated: true/);
  const endpoints = [...ALL_ENDPOINTS, s3("rtb-main")];
  assert.deepEqual(told({ routeTables, endpoints }, { isolated: true }), []);
});

Deno.test("isolated nodes need each endpoint, available and with private DNS, and S3 by a gateway of their table", () => {
  const routeTables = [{ ...NAT, defaultRoute: null }, { ...NAT, id: "rtb-c", main: false, subnetIds: [C] }];
  const endpoints = [
    ...ALL_ENDPOINTS.filter(({ service }) => !["ssm", "sts", "eks"].includes(service)),
    endpoint("ssm", { privateDns: false }),
    endpoint("sts", { available: false }),
    s3("rtb-main"),
  ];
  assert.deepEqual(told({ routeTables, endpoints }, { isolated: true }), [
    `network.vpcId  must have the endpoints that isolated nodes need: ${THERE.vpcId} lacks eks, ssm, sts`,
    `network.privateSubnets[2]  must reach S3, which stores image layers, through a gateway endpoint: rtb-c of ${C} has none`,
  ]);
});

Deno.test("free addresses: fewer than six are refused, few are told, and those of a running cluster are its own", () => {
  const free = (...counts: number[]) => [A, B, C].map((id, at) => subnet(id, { freeAddresses: counts[at]! }));
  assert.deepEqual(told({ subnets: free(5, 6, 0) }), [
    `network.privateSubnets[0]  must have at least 6 free addresses: ${A} has 5`,
    `network.privateSubnets[2]  must have at least 6 free addresses: ${C} has 0`,
  ]);
  assert.deepEqual(found({ subnets: free(15, 127, 128) }).notes, [
    `network.privateSubnets[0]: ${A} has 15 free addresses; EKS recommends 16 for the control plane alone`,
    `network.privateSubnets[1]: ${B} has 127 free addresses; one large GPU node uses about 128`,
  ]);
  assert.deepEqual(told({ subnets: free(0, 0, 0), deployed: true }), []);
});

Deno.test("a missing tag for internal load balancers is a note, and stops nothing", () => {
  const { issues, notes } = found({ subnets: [subnet(A, { tags: {} }), subnet(B), subnet(C, { tags: {} })] });
  assert.deepEqual(issues, []);
  assert.equal(notes.length, 1);
  assert.ok(notes[0]!.includes(`${A}, ${C}`), notes[0]);
});

Deno.test("a pool in a zone without a subnet is told, by name or by id", () => {
  const pools = [{ ...cpu, zones: ["us-west-2a", "us-west-2d"] }, { ...cpu, name: "other", zones: ["usw2-az4"] }];
  const { issues } = existingFindings(smallest({ network: THERE, pools }), THERE, GOOD);
  assert.deepEqual(issues.map(({ path, message }) => `${path}  ${message}`), [
    "pools.cpu.zones[1]  must be a zone with a subnet in network.privateSubnets, us-west-2a, us-west-2b, us-west-2c: " +
    "found us-west-2d",
    "pools.other.zones[0]  must be a zone with a subnet in network.privateSubnets, usw2-az1, usw2-az2, usw2-az3: " +
    "found usw2-az4",
  ]);
});

Deno.test("what could not be read is not judged", () => {
  const unread = { vpcs: null, subnets: null, routeTables: null, endpoints: null };
  assert.deepEqual(found(unread), { issues: [], notes: [] });
  assert.deepEqual(found(unread, { isolated: true }), { issues: [], notes: [] });
  assert.deepEqual(told({ routeTables: null, subnets: [subnet(A), subnet(B)] }), [
    `network.privateSubnets[2]  must be a subnet of this account and region: ${C} does not exist`,
  ]);
});

Deno.test("builds need an exception for the private addresses of endpoints", () => {
  const endpoints = [...ALL_ENDPOINTS, endpoint("s3"), endpoint("logs")];
  const [issue, ...more] = foundFor({}, { endpoints }).issues;
  assert.equal(issue!.path, "builder.network.allow");
  assert.match(issue!.message, /the names of ecr\.api, ecr\.dkr, sts, s3 lead to private addresses/);
  assert.match(issue!.hint, /allow: \["10\.0\.0\.0\/16"\]/);
  assert.deepEqual(more, []);
  const allowing = (range: string, ports: readonly number[]) => {
    return foundFor({ builder: { ...builder, network: { allow: [{ range, ports }] } } }, { endpoints }).issues.length;
  };
  assert.deepEqual([allowing("10.0.9.0/24", [443]), allowing("10.0.9.0/24", [80]), allowing("10.9.0.0/24", [443])], [
    0,
    1,
    1,
  ]);
});

Deno.test("endpoints that builds do not ask, or whose names lead elsewhere, need no exception", () => {
  assert.deepEqual(foundFor({}, { endpoints: [endpoint("logs"), endpoint("sts", { privateDns: false })] }).issues, []);
  assert.deepEqual(foundFor({ images: [] }, { endpoints: ALL_ENDPOINTS }).issues, []);
});

Deno.test("a VPC of public addresses is told, as a policy cannot tell it from the Internet", () => {
  const [vpc] = GOOD.vpcs!;
  const { notes } = found({ vpcs: [{ ...vpc!, cidrs: ["10.0.0.0/16", "11.4.0.0/16"] }] });
  assert.match(notes[0]!, /on ports 22, 80 and 443: 11\.4\.0\.0\/16 is not private/);
});
