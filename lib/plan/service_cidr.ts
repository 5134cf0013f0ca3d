/** The address range of Services: EKS sets it once, and it must not overlap with an existing VPC. */
import type { Problem } from "../core/findings.ts";
import { overlap } from "../core/ranges.ts";
import type { Config } from "./types.ts";

/** What is known of the account. */
export interface ServiceFacts {
  /** The deployed cluster; `null`: there is none. */
  readonly deployed: {
    /** Its range. */
    readonly range: string;
    /** The range that its stack names; `null`: EKS chose it. */
    readonly named: string | null;
  } | null;
  /** Ranges of the existing VPC; empty for a VPC that unitune creates, as the config determines its range. */
  readonly vpc: readonly string[];
}

const PATH = "cluster.serviceCidr";

export function serviceCidrProblems({ name, cluster }: Config, { deployed, vpc }: ServiceFacts): Problem[] {
  const wanted = cluster.serviceCidr;
  if (deployed && wanted !== deployed.named) return [stays(name, deployed)];
  const taken = wanted === null || deployed ? undefined : vpc.find((range) => overlap(range, wanted));
  if (taken === undefined) return [];
  const message = `must not overlap with the VPC's ${taken}, as pods could reach only one of the two: found ${wanted}`;
  return [{ path: PATH, message, hint: "leave it out and EKS chooses one, or name another private range" }];
}

/** CloudFormation would replace the cluster, even if the named range is the one that the cluster already has. */
function stays(name: string, { range, named }: NonNullable<ServiceFacts["deployed"]>): Problem {
  const chosen = named === null ? ", which EKS chose" : "";
  const message = `cannot change, as EKS sets the addresses of Services once: ${name} has ${range}${chosen}`;
  const back = named === null ? "leave it out" : `write serviceCidr: "${named}"`;
  return { path: PATH, message, hint: `${back}, or destroy the cluster with its old config first` };
}
