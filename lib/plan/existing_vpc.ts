/**
 * Can the cluster run in an existing VPC? Judges what was read of the VPC and returns all problems at once, each with
 * its path in the config. `null` is what could not be read: whatever depends on it is not judged.
 */
import type { Problem } from "../core/findings.ts";
import { ZONE } from "../core/facts/ids.ts";
import { NODES_NEED } from "../core/pins.ts";
import { overlap, publicRanges } from "../core/ranges.ts";
import type { RouteTable, Subnet, Vpc, VpcEndpoint } from "../core/ports.ts";
import { isZoneId, REFUSED_BY_EKS } from "../core/zones.ts";
import { type Findings, listed } from "./network.ts";
import type { Config, ExistingNetwork } from "./types.ts";

export interface VpcFacts {
  /** The VPC, or empty if it does not exist. */
  readonly vpcs: readonly Vpc[] | null;
  readonly subnets: readonly Subnet[] | null;
  readonly routeTables: readonly RouteTable[] | null;
  readonly endpoints: readonly VpcEndpoint[] | null;
  /** Does the cluster exist? Its nodes then use addresses. */
  readonly deployed: boolean;
}

/** EKS requires six free addresses, and recommends sixteen. */
const LEAST_ADDRESSES = 6, GOOD_ADDRESSES = 16;
/** Before its first pod, a large GPU node uses the addresses of two network cards, fifty each. */
const NODE_ADDRESSES = 128;

/** Can nodes run in the subnets of an existing VPC? */
export function existingFindings(config: Config, network: ExistingNetwork, facts: VpcFacts): Findings {
  const notes: string[] = [];
  const subnets = network.privateSubnets.map((id, at) => {
    const subnet = facts.subnets?.find((one) => one.id === id);
    return { at, path: `network.privateSubnets[${at}]`, id, subnet };
  });
  const issues = [
    ...vpcFindings(network, facts),
    ...subnets.flatMap(({ id, path, at, subnet }) => {
      if (!subnet) return facts.subnets ? [absent(path, id, config.region)] : [];
      if (subnet.vpcId !== network.vpcId) return [elsewhere(path, subnet, network)];
      return [
        ...placeFindings(path, subnet, at < 2),
        ...wayFindings(path, subnet, network, facts),
        ...addressFindings(path, subnet, at < 2, facts.deployed, notes),
      ];
    }),
    ...sameZone(subnets[0]?.subnet, subnets[1]?.subnet),
    ...poolFindings(config, facts.subnets),
    ...buildFindings(config, network, facts),
  ];
  notes.push(...publicNotes(network, facts));
  const untagged = subnets.filter(({ subnet }) => subnet && !("kubernetes.io/role/internal-elb" in subnet.tags));
  if (untagged.length > 0) {
    notes.push(
      `internal load balancers find no subnet without the tag kubernetes.io/role/internal-elb=1: ` +
        `${listed(untagged.map(({ id }) => id))} (unitune does not tag an existing VPC)`,
    );
  }
  return { issues, notes };
}

function vpcFindings({ vpcId, isolated }: ExistingNetwork, { vpcs, endpoints }: VpcFacts): Problem[] {
  const path = "network.vpcId", [vpc] = vpcs ?? [];
  if (vpcs && !vpc) {
    const hint = "check the region, the account of the credentials and the id";
    return [{ path, message: `must be a VPC of this account and region: ${vpcId} does not exist`, hint }];
  }
  const found: Problem[] = [];
  if (vpc && vpc.state !== "available") {
    found.push({ path, message: `must be available: ${vpcId} is ${vpc.state}`, hint: "wait until it is" });
  }
  const dns = [["DNS support", "support", vpc?.dnsSupport], ["DNS hostnames", "hostnames", vpc?.dnsHostnames]] as const;
  for (const [what, name, on] of dns) {
    if (on !== false) continue;
    const message = `must have ${what}, by which nodes find the API server: ${vpcId} has it disabled`;
    found.push({ path, message, hint: `aws ec2 modify-vpc-attribute --vpc-id ${vpcId} --enable-dns-${name}` });
  }
  const missing = endpoints && isolated ? missingEndpoints(endpoints) : [];
  if (missing.length > 0) {
    const message = `must have the endpoints that isolated nodes need: ${vpcId} lacks ${listed(missing)}`;
    found.push({ path, message, hint: "add interface endpoints with private DNS for them" });
  }
  return found;
}

/** What the container that fetches a context, and BuildKit, ask. */
const BUILDS_NEED: readonly string[] = ["ecr.api", "ecr.dkr", "s3", "sts"];

/** Interface endpoints have private addresses, which builds reach only if the config says so. */
function buildFindings(
  { images, builder }: Config,
  { vpcId }: ExistingNetwork,
  { endpoints, vpcs }: VpcFacts,
): Problem[] {
  const used = (endpoints ?? []).filter(({ kind, available, privateDns, service }) => {
    return kind === "interface" && available && privateDns && BUILDS_NEED.includes(service);
  });
  const ranges = vpcs?.[0]?.cidrs ?? [], { allow } = builder.network;
  if (images.length === 0 || used.length === 0 || ranges.length === 0) return [];
  if (allow.some(({ range, ports }) => ports.includes(443) && ranges.some((one) => overlap(one, range)))) return [];
  return [{
    path: "builder.network.allow",
    message: `must hold the addresses of the endpoints that builds use: in ${vpcId} the names of ` +
      `${listed(used.map(({ service }) => service))} lead to private addresses`,
    hint:
      `write allow: ["${ranges[0]}"], or, to keep builds from nodes and the API server, the ranges of the endpoints' ` +
      "subnets",
  }];
}

/** Addresses that look like the Internet's to a NetworkPolicy. */
function publicNotes({ vpcId }: ExistingNetwork, { vpcs }: VpcFacts): string[] {
  const open = (vpcs?.[0]?.cidrs ?? []).filter((cidr) => publicRanges().some((range) => overlap(range, cidr)));
  if (open.length === 0) return [];
  return [`builds reach nodes and the API server of ${vpcId} on ports 22, 80 and 443: ${listed(open)} is not private`];
}

/** Services whose DNS names do not resolve to an endpoint in the VPC. */
function missingEndpoints(endpoints: readonly VpcEndpoint[]): string[] {
  const usable = endpoints.filter(({ kind, available, privateDns }) => kind === "interface" && available && privateDns);
  return NODES_NEED.filter((service) => !usable.some((endpoint) => endpoint.service === service));
}

function absent(path: string, id: string, region: string): Problem {
  const message = `must be a subnet of this account and region: ${id} does not exist`;
  return { path, message, hint: `aws ec2 describe-subnets --region ${region} lists those that exist` };
}

function elsewhere(path: string, { id, vpcId }: Subnet, network: ExistingNetwork): Problem {
  const message = `must be a subnet of ${network.vpcId}: ${id} is in ${vpcId}`;
  return { path, message, hint: "name subnets of the VPC in network.vpcId only" };
}

function placeFindings(path: string, subnet: Subnet, system: boolean): Problem[] {
  const { id, state, zoneId, outpost } = subnet;
  if (state !== "available") {
    return [{ path, message: `must be available: ${id} is ${state}`, hint: "wait until it is" }];
  }
  if (REFUSED_BY_EKS.includes(zoneId)) {
    return [{
      path,
      message: `must be in a zone that EKS supports: ${id} is in ${zoneId}`,
      hint: "name another subnet",
    }];
  }
  // Local zones and Wavelength have a longer id: usw2-lax1-az1.
  if (!system || (!outpost && ZONE.pattern.test(zoneId))) return [];
  const where = outpost ? "on an Outpost" : `in ${zoneId}`;
  const message =
    `must be in an availability zone of the region, as EKS puts the control plane there: ${id} is ${where}`;
  return [{ path, message, hint: "put it after the first two, which the control plane uses" }];
}

function sameZone(first: Subnet | undefined, second: Subnet | undefined): Problem[] {
  if (!first || !second || first.zoneId !== second.zoneId) return [];
  return [{
    path: "network.privateSubnets[1]",
    message: `must be in another zone than the first subnet, as EKS requires two: ${first.id} and ${second.id} are ` +
      `both in ${first.zoneId}`,
    hint: "put two subnets in different zones first",
  }];
}

function wayFindings(path: string, { id }: Subnet, { isolated }: ExistingNetwork, facts: VpcFacts): Problem[] {
  const { routeTables, endpoints } = facts;
  // A subnet without an associated table uses the VPC's main table.
  const table = routeTables?.find(({ subnetIds }) => subnetIds.includes(id)) ?? routeTables?.find(({ main }) => main);
  if (!table) return [];
  const { target, active } = table.defaultRoute ?? { target: null, active: false };
  if (target?.startsWith("igw-")) {
    const message = `must be private: the default route of ${id} (${table.id}) leads to internet gateway ${target}`;
    return [{ path, message, hint: "nodes have no public address: name a subnet with a route to a NAT gateway" }];
  }
  if (isolated) {
    const gateway = endpoints?.some(({ service, kind, available, routeTableIds }) => {
      return service === "s3" && kind === "gateway" && available && routeTableIds.includes(table.id);
    });
    if (gateway !== false) return [];
    const message =
      `must reach S3, which stores image layers, through a gateway endpoint: ${table.id} of ${id} has none`;
    return [{ path, message, hint: `add ${table.id} to an S3 gateway endpoint of the VPC` }];
  }
  if (target && active) return [];
  if (target) {
    const message = `must have a route to the Internet: the default route of ${id} (${table.id}) leads to ${target}, ` +
      "which no longer exists";
    return [{ path, message, hint: "point the route to an existing NAT gateway or transit gateway" }];
  }
  const enough = endpoints !== null && missingEndpoints(endpoints).length === 0;
  return [{
    path,
    message:
      `must have a route to the Internet, as nodes pull images and Karpenter calls IAM: ${id} (${table.id}) has no ` +
      "default route",
    hint: enough
      ? "add one to a NAT gateway or a transit gateway, or write isolated: true, as the VPC has the endpoints for it"
      : "add one to a NAT gateway or a transit gateway",
  }];
}

function addressFindings(
  path: string,
  { id, freeAddresses: free }: Subnet,
  system: boolean,
  deployed: boolean,
  notes: string[],
): Problem[] {
  if (!deployed && free < LEAST_ADDRESSES) {
    const message = `must have at least ${LEAST_ADDRESSES} free addresses: ${id} has ${free}`;
    return [{ path, message, hint: "free some, or name another subnet" }];
  }
  if (system && free < GOOD_ADDRESSES) {
    notes.push(
      `${path}: ${id} has ${free} free addresses; EKS recommends ${GOOD_ADDRESSES} for the control plane alone`,
    );
  } else if (free < NODE_ADDRESSES) {
    notes.push(`${path}: ${id} has ${free} free addresses; one large GPU node uses about ${NODE_ADDRESSES}`);
  }
  return [];
}

/** A pool in a zone without a subnet never gets a node. */
function poolFindings({ pools }: Config, subnets: readonly Subnet[] | null): Problem[] {
  if (!subnets) return [];
  return pools.flatMap(({ name, zones }) =>
    zones.flatMap((zone, at): Problem[] => {
      if (subnets.some((subnet) => subnet.zone === zone || subnet.zoneId === zone)) return [];
      const known = [...new Set(subnets.map((subnet) => isZoneId(zone) ? subnet.zoneId : subnet.zone))]
        .toSorted();
      const message = `must be a zone with a subnet in network.privateSubnets, ${listed(known)}: found ${zone}`;
      return [{ path: `pools.${name}.zones[${at}]`, message, hint: "append a subnet in that zone" }];
    })
  );
}
