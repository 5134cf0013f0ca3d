/** What builds may reach besides DNS, AWS and the Internet: turns what the user wrote into ranges with ports. */
import { isPrivateAddress, LINK_LOCAL, overlap, rangeOf } from "../../core/ranges.ts";
import { type Issue, type Path, show } from "../issues.ts";
import type { BuilderIn } from "../schema/config.ts";
import type { Reach, Registry } from "../types.ts";

const PORTS = [22, 80, 443];

export function reachOf(
  { network, proxy }: Pick<BuilderIn, "network" | "proxy">,
  registries: readonly Registry[],
  issues: Issue[],
): readonly Reach[] {
  const allow = (network?.allow ?? []).map((entry): Reach => {
    if (typeof entry === "string") return { range: entry, ports: PORTS };
    return { range: entry.range, ports: [...new Set(entry.ports ?? PORTS)].toSorted((a, b) => a - b) };
  });
  allow.forEach(({ range }, at) => {
    if (!within(range, LINK_LOCAL)) return;
    const message = `must not be a link-local range, where the instance metadata is: found ${show(range)}`;
    issues.push({ code: "CONFLICT", path: ["builder", "network", "allow", at], message });
  });
  issues.push(...registryIssues(registries, allow), ...proxyIssues(proxy, allow));
  return allow;
}

function within(inner: string, outer: string): boolean {
  const [one, other] = [rangeOf(inner), rangeOf(outer)];
  return !!one && !!other && overlap(inner, outer) && one.length >= other.length;
}

/** A registry by a private address; where a name leads is not known here. */
function registryIssues(registries: readonly Registry[], allow: readonly Reach[]): Issue[] {
  return registries.flatMap(({ host, mirror, plainHttp }): Issue[] => {
    const server = (mirror ?? host).split("/")[0]!;
    return serverIssues(server, plainHttp ? 80 : 443, ["builder", "registries", host], allow);
  });
}

function proxyIssues(proxy: BuilderIn["proxy"], allow: readonly Reach[]): Issue[] {
  return (["http", "https"] as const).flatMap((kind): Issue[] => {
    const url = proxy?.[kind];
    if (url === undefined) return [];
    const [scheme, server = ""] = url.replace(/\/$/, "").split("://");
    return serverIssues(server, scheme === "http" ? 80 : 443, ["builder", "proxy", kind], allow);
  });
}

function serverIssues(server: string, standard: number, path: Path, allow: readonly Reach[]): Issue[] {
  const [address = "", port = standard] = server.split(":"), wanted = Number(port);
  if (!isPrivateAddress(address)) return [];
  if (allow.some(({ range, ports }) => within(address, range) && ports.includes(wanted))) return [];
  const range = `${address}/32`,
    entry = PORTS.includes(wanted) ? `"${range}"` : `{ range: "${range}", ports: [${wanted}] }`;
  return [{
    code: "CONFLICT",
    path,
    message: `must be a server that builds may reach: ${server} has a private address`,
    hint: `write builder: { network: { allow: [${entry}] } }`,
  }];
}
