/** Can the system nodes start? Judges what EC2 offers in the region, and the releases that AWS publishes. Pure. */
import { alternatives, systemRelease } from "../core/facts/system_nodes.ts";
import type { Problem } from "../core/findings.ts";
import { isGraviton } from "../core/names.ts";
import type { Offering } from "../core/ports.ts";
import { listed } from "./network.ts";
import type { Config } from "./types.ts";

const TYPES = "cluster.systemNodes.instanceTypes";

/** The instance types to ask EC2 about: those of the config, and some to suggest in their place. */
export function typesToAsk({ cluster: { systemNodes } }: Config): string[] {
  return [...new Set([...systemNodes.instanceTypes, ...alternatives(systemNodes.instanceTypes)])];
}

/** A type that the region lacks fails the whole node group; a zone that lacks all types would have no node. */
export function typeProblems({ region, network, cluster }: Config, offerings: readonly Offering[]): Problem[] {
  const { instanceTypes } = cluster.systemNodes, offered = new Set(offerings.map(({ type }) => type));
  const others = alternatives(instanceTypes).filter((type) => offered.has(type));
  const hint = others.length > 0
    ? `write cluster: { systemNodes: { instanceTypes: [${others.map((type) => `"${type}"`).join(", ")}] } }`
    : `aws ec2 describe-instance-type-offerings --region ${region} lists those that it offers`;
  const missing = instanceTypes.filter((type) => !offered.has(type));
  if (missing.length > 0) {
    const message =
      `must be instance types that ${region} offers: found ${listed(missing)}; of the usual ones it offers ` +
      listed(others);
    return [{ path: TYPES, message, hint }];
  }
  if (network.kind === "existing") return [];
  return network.zones.slice(0, 2).flatMap((zone): Problem[] => {
    const found = offerings.filter(({ type, zoneId }) => zoneId === zone && instanceTypes.includes(type));
    if (found.length > 0) return [];
    const message = `must include an instance type that ${zone} offers, where a system node runs: found ` +
      listed(instanceTypes);
    return [{ path: TYPES, message, hint: `${hint}, or other network.zones` }];
  });
}

/** The SSM parameter that holds the release with its build; `null`: EKS chooses the release. */
export function releaseParameter({ cluster }: Config): string | null {
  const { release, instanceTypes } = cluster.systemNodes;
  if (release === null) return null;
  const machine = instanceTypes.every(isGraviton) ? "arm64" : "x86_64";
  const version = release.split("-")[0];
  return `/aws/service/bottlerocket/aws-k8s-${cluster.version}/${machine}/${version}/image_version`;
}

/** `published`: the parameter's value, if it exists. */
export function releaseProblem({ region, cluster }: Config, published: string | undefined): Problem | null {
  const { release } = cluster.systemNodes;
  if (release === null || published === release) return null;
  const found = release === systemRelease(cluster.version) ? `${release}, which this version of unitune pins` : release;
  const path = "cluster.systemNodes.release";
  if (published !== undefined) {
    const message = `must be a release with its build, as AWS published it: found ${found}`;
    return { path, message, hint: `write cluster: { systemNodes: { release: "${published}" } }` };
  }
  const below = `/aws/service/bottlerocket/aws-k8s-${cluster.version}`;
  return {
    path,
    message: `must be a release of Bottlerocket with Kubernetes ${cluster.version}: found ${found}; ${region} has none`,
    hint: `aws ssm get-parameters-by-path --recursive --region ${region} --path ${below} lists those that exist`,
  };
}
