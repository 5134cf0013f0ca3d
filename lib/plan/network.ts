/** Can the network be what the config says? The zones of the account, and what is deployed already, say so. */
import type { Problem } from "../core/findings.ts";
import type { Zone } from "../core/ports.ts";
import { REFUSED_BY_EKS } from "../core/zones.ts";
import type { Config, ExistingNetwork, OwnNetwork } from "./types.ts";

export interface Findings {
  readonly issues: readonly Problem[];
  /** What is worth knowing and stops nothing. */
  readonly notes: readonly string[];
}

/** What is deployed of the cluster. */
export interface DeployedNetwork {
  /** Is there a stack `<name>-vpc`? */
  readonly vpcStack: boolean;
  /** The zones that it says its subnets are in. */
  readonly zones: readonly string[] | null;
  readonly cluster: { readonly vpcId: string; readonly subnetIds: readonly string[] } | null;
}

/** What cannot change any more: a cluster stays in its VPC, subnets stay in their zones. */
export function movedFindings({ name, network }: Config, deployed: DeployedNetwork): Problem[] {
  const { cluster, vpcStack } = deployed;
  if (network.kind === "existing") {
    const there = vpcStack
      ? "one that unitune made"
      : cluster && cluster.vpcId !== network.vpcId
      ? cluster.vpcId
      : null;
    return there ? [stays(name, "network.vpcId", there)] : movedSubnets(network, cluster);
  }
  if (cluster && !vpcStack) return [stays(name, "network", `${cluster.vpcId}, which unitune did not make`)];
  const zones = deployed.zones ?? [];
  if (zones.every((zone, at) => network.zones[at] === zone)) return [];
  return [{
    path: "network.zones",
    message: `must begin with the zones that are deployed, ${listed(zones)}, in their order, as other zones would ` +
      `replace the subnets under what runs in them: found ${listed(network.zones)}`,
    hint: `write network: { zones: [${zones.map((zone) => `"${zone}"`).join(", ")}] }; a third can be added at the end`,
  }];
}

function stays(name: string, path: string, vpc: string): Problem {
  return {
    path,
    message: `cannot change, as EKS moves no cluster: ${name} is in ${vpc}`,
    hint: "put the network back as it was, or destroy the cluster with its old config first",
  };
}

function movedSubnets({ privateSubnets }: ExistingNetwork, cluster: DeployedNetwork["cluster"]): Problem[] {
  const own = cluster?.subnetIds ?? [];
  if (own.length === 0 || own.every((id) => privateSubnets.slice(0, 2).includes(id))) return [];
  return [{
    path: "network.privateSubnets",
    message: `must begin with the subnets of the control plane, ${listed(own)}, as others would replace the system ` +
      `nodes: found ${listed(privateSubnets.slice(0, 2))}`,
    hint: "put those two first; more can be appended",
  }];
}

/** Are a made network's zones ones that the account has? */
export function zoneFindings(network: OwnNetwork, place: string, zones: readonly Zone[] | null): Problem[] {
  if (!zones) return [];
  const usable = zones.filter(({ id, available }) => available && !REFUSED_BY_EKS.includes(id)).map(({ id }) => id);
  const asked = (["zones", "extraZones"] as const).flatMap((field) => {
    return network[field].map((zone, at) => ({ zone, field, at }));
  });
  return asked.flatMap(({ zone, field, at }): Problem[] => {
    if (usable.includes(zone)) return [];
    const there = zones.some(({ id }) => id === zone);
    const message = `must be a zone of ${place}: ${zone} ${there ? "is not available now" : "is none of its"}`;
    const some = field === "zones" ? "two or three" : "some";
    const hint = `of those that it has, EKS takes ${listed(usable)}: write network: { ${field}: [${some} of them] }`;
    return [{ path: `network.${field}[${at}]`, message, hint }];
  });
}

export function listed(names: readonly string[]): string {
  return names.join(", ") || "none";
}
