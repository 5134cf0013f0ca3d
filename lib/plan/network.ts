/** Can the network be as the config says? Judges the zones of the account, and what is already deployed. */
import type { Problem } from "../core/findings.ts";
import type { Zone } from "../core/ports.ts";
import { REFUSED_BY_EKS } from "../core/zones.ts";
import type { Config, ExistingNetwork, OwnNetwork } from "./types.ts";

export interface Findings {
  readonly issues: readonly Problem[];
  /** Worth knowing, but not a reason to refuse. */
  readonly notes: readonly string[];
}

/** What is already deployed. */
export interface DeployedNetwork {
  /** Does the stack `<name>-vpc` exist? */
  readonly vpcStack: boolean;
  /** The zones of its subnets, from its output. */
  readonly zones: readonly string[] | null;
  readonly cluster: { readonly vpcId: string; readonly subnetIds: readonly string[] } | null;
}

/** Problems with changes that are not possible: a cluster stays in its VPC, subnets stay in their zones. */
export function movedFindings({ name, network }: Config, deployed: DeployedNetwork): Problem[] {
  const { cluster, vpcStack } = deployed;
  if (network.kind === "existing") {
    const current = vpcStack
      ? "one that unitune created"
      : cluster && cluster.vpcId !== network.vpcId
      ? cluster.vpcId
      : null;
    return current ? [stays(name, "network.vpcId", current)] : movedSubnets(network, cluster);
  }
  if (cluster && !vpcStack) return [stays(name, "network", `${cluster.vpcId}, which unitune did not create`)];
  const zones = deployed.zones ?? [];
  if (zones.every((zone, at) => network.zones[at] === zone)) return [];
  return [{
    path: "network.zones",
    message: `must begin with the deployed zones, ${listed(zones)}, in this order, as other zones would replace the ` +
      `subnets and everything in them: found ${listed(network.zones)}`,
    hint: `write network: { zones: [${zones.map((zone) => `"${zone}"`).join(", ")}] }; a third can be appended`,
  }];
}

function stays(name: string, path: string, vpc: string): Problem {
  return {
    path,
    message: `cannot change, as EKS cannot move a cluster: ${name} is in ${vpc}`,
    hint: "restore the network in the config, or destroy the cluster with its old config first",
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

/** Does the account have the zones of a network that unitune creates? */
export function zoneFindings(network: OwnNetwork, place: string, zones: readonly Zone[] | null): Problem[] {
  if (!zones) return [];
  const usable = zones.filter(({ id, available }) => available && !REFUSED_BY_EKS.includes(id)).map(({ id }) => id);
  const asked = (["zones", "extraZones"] as const).flatMap((field) => {
    return network[field].map((zone, at) => ({ zone, field, at }));
  });
  return asked.flatMap(({ zone, field, at }): Problem[] => {
    if (usable.includes(zone)) return [];
    const exists = zones.some(({ id }) => id === zone);
    const message = `must be a zone of ${place}: ${zone} is not ${exists ? "available now" : "one of them"}`;
    const some = field === "zones" ? "two or three" : "some";
    const hint = `of its zones, EKS supports ${listed(usable)}: write network: { ${field}: [${some} of them] }`;
    return [{ path: `network.${field}[${at}]`, message, hint }];
  });
}

export function listed(names: readonly string[]): string {
  return names.join(", ") || "none";
}
