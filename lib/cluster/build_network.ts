/**
 * What builds may reach, as rules of a NetworkPolicy. Only ranges that are allowed are written, and none with `except`:
 * the agent of the VPC CNI looks addresses up by their longest prefix, so that a range in an `except` also takes effect
 * on other rules (aws/amazon-vpc-cni-k8s#3096).
 */
import { EXTRA_ZONE_BITS, EXTRA_ZONES_FROM, extraZonePart } from "../core/facts/extra_zones.ts";
import { PRIVATE_BITS, PRIVATE_PARTS, publicSubnetRanges } from "../core/facts/subnets.ts";
import type { Kube } from "../core/kube.ts";
import { EKS_SERVICE_RANGES } from "../core/pins.ts";
import { isWider, LINK_LOCAL, partOfRange, publicRanges, without } from "../core/ranges.ts";
import type { Config, OwnNetwork, Proxy, Registry } from "../plan/types.ts";

type Rule = NonNullable<NonNullable<Kube<"NetworkPolicy">["spec"]>["egress"]>[number];
type Ports = NonNullable<Rule["ports"]>;

/** Git over SSH, package repositories over HTTP, and everything else. */
const PUBLIC_PORTS = [22, 80, 443];

/** The rules for the Internet, AWS's endpoints in the VPC, and the exceptions of the config. */
export function reachable({ network, cluster, builder: { network: { allow }, registries, proxy } }: Config): Rule[] {
  const ports = [...new Set([...PUBLIC_PORTS, ...registries.flatMap(portOf), ...portsOf(proxy)])].toSorted((a, b) =>
    a - b
  );
  const kept = closed(network, cluster.serviceCidr);
  return [
    rule(publicRanges(), tcp(ports)),
    ...endpointRules(network),
    ...allow.flatMap(({ range, ports }) => {
      const ranges = without(range, kept.filter((one) => isWider(range, one)));
      return ranges.length === 0 ? [] : [rule(ranges, ports.flatMap((port) => [...tcp([port]), ...udp([port])]))];
    }),
  ];
}

function rule(ranges: readonly string[], ports: Ports): Rule {
  return { to: ranges.map((cidr) => ({ ipBlock: { cidr } })), ports };
}

function tcp(ports: readonly number[]): Ports {
  return ports.map((port) => ({ protocol: "TCP", port }));
}

function udp(ports: readonly number[]): Ports {
  return ports.map((port) => ({ protocol: "UDP", port }));
}

/** The port of a registry, or of its mirror, that the config names. */
function portOf({ host, mirror }: Registry): number[] {
  const port = /:([0-9]+)$/.exec((mirror ?? host).split("/")[0]!)?.[1];
  return port === undefined ? [] : [Number(port)];
}

function portsOf(proxy: Proxy | null): number[] {
  return [proxy?.http, proxy?.https].flatMap((url) => {
    const port = /:([0-9]+)\/?$/.exec(url ?? "")?.[1];
    return port === undefined ? [] : [Number(port)];
  });
}

/** The endpoints are in the public subnets, where there are no nodes, and the API server has no address. */
function endpointRules(network: Config["network"]): Rule[] {
  if (network.kind !== "own" || (!network.isolated && network.endpoints.length === 0)) return [];
  return [rule(publicSubnetRanges(network), tcp([443]))];
}

/** What a wide range does not open: link-local addresses, Services, nodes, and the addresses of the API server. */
function closed(network: Config["network"], serviceCidr: string | null): readonly string[] {
  return [
    LINK_LOCAL,
    ...(serviceCidr === null ? EKS_SERVICE_RANGES : [serviceCidr]),
    ...(network.kind === "own" ? nodeRanges(network) : []),
  ];
}

function nodeRanges({ cidr, extraZones }: OwnNetwork): string[] {
  return [
    ...PRIVATE_PARTS.map((part) => partOfRange(cidr, PRIVATE_BITS, part)),
    ...extraZones.map((zone) => partOfRange(cidr, EXTRA_ZONE_BITS, EXTRA_ZONES_FROM + extraZonePart(zone))),
  ];
}
