/** What builds may reach besides DNS, AWS and the Internet: turns what the user wrote into ranges with ports. */
import { isPrivateAddress, LINK_LOCAL, overlap, rangeOf } from "../../core/ranges.ts";
import { type Issue, show } from "../issues.ts";
import type { BuilderIn } from "../schema/config.ts";
import type { Reach, Registry } from "../types.ts";

const PORTS = [22, 80, 443];

export function reachOf(
  input: BuilderIn["network"],
  registries: readonly Registry[],
  issues: Issue[],
): readonly Reach[] {
  const allow = (input?.allow ?? []).map((entry): Reach => {
    if (typeof entry === "string") return { range: entry, ports: PORTS };
    return { range: entry.range, ports: [...new Set(entry.ports ?? PORTS)].toSorted((a, b) => a - b) };
  });
  allow.forEach(({ range }, at) => {
    if (!within(range, LINK_LOCAL)) return;
    const message = `must not be a link-local range, where the instance metadata is: found ${show(range)}`;
    issues.push({ code: "CONFLICT", path: ["builder", "network", "allow", at], message });
  });
  issues.push(...registryIssues(registries, allow));
  return allow;
}

function within(inner: string, outer: string): boolean {
  const [one, other] = [rangeOf(inner), rangeOf(outer)];
  return !!one && !!other && overlap(inner, outer) && one.length >= other.length;
}

/** A registry by a private address; where a name leads is not known here. */
function registryIssues(registries: readonly Registry[], allow: readonly Reach[]): Issue[] {
  return registries.flatMap(({ host, mirror, plainHttp }): Issue[] => {
    const server = (mirror ?? host).split("/")[0]!, [address = "", port] = server.split(":");
    if (!isPrivateAddress(address)) return [];
    const wanted = Number(port ?? (plainHttp ? 80 : 443));
    if (allow.some(({ range, ports }) => within(address, range) && ports.includes(wanted))) return [];
    const range = `${address}/32`,
      entry = PORTS.includes(wanted) ? `"${range}"` : `{ range: "${range}", ports: [${wanted}] }`;
    return [{
      code: "CONFLICT",
      path: ["builder", "registries", host],
      message: `must be a server that builds may reach: ${server} has a private address`,
      hint: `write builder: { network: { allow: [${entry}] } }`,
    }];
  });
}
