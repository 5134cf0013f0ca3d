/** The addresses of Services: EKS deals them out once, and of a VPC that exists they must be none. */
import type { Problem } from "../core/findings.ts";
import { overlap } from "../core/ranges.ts";
import type { Config } from "./types.ts";

/** What is known of the account. */
export interface ServiceFacts {
  /** Of the cluster that is deployed; `null`: there is none. */
  readonly deployed: {
    /** The range that it has. */
    readonly range: string;
    /** The one that its stack names; `null`: EKS chose. */
    readonly named: string | null;
  } | null;
  /** Ranges of the existing VPC; none of one that unitune creates, which the config alone decides. */
  readonly vpc: readonly string[];
}

const PATH = "cluster.serviceCidr";

export function serviceCidrProblems({ name, cluster }: Config, { deployed, vpc }: ServiceFacts): Problem[] {
  const wanted = cluster.serviceCidr;
  if (deployed && wanted !== deployed.named) return [stays(name, deployed)];
  const taken = wanted === null || deployed ? undefined : vpc.find((range) => overlap(range, wanted));
  if (taken === undefined) return [];
  const message =
    `must share no address with the VPC's ${taken}, as pods could reach one of the two only: found ${wanted}`;
  return [{ path: PATH, message, hint: "leave it out and EKS chooses, or name another private range" }];
}

/** CloudFormation would replace the cluster, even where the range that it is given is the one that it has. */
function stays(name: string, { range, named }: NonNullable<ServiceFacts["deployed"]>): Problem {
  const chosen = named === null ? ", which EKS chose" : "";
  const message =
    `cannot change, as EKS gives a cluster the addresses of its Services once: ${name} has ${range}${chosen}`;
  const back = named === null ? "leave it out" : `write serviceCidr: "${named}"`;
  return { path: PATH, message, hint: `${back}, or destroy the cluster with its old config first` };
}
