/** Does the cluster enforce the NetworkPolicy of builds? Pure: only the config. */
import type { Finding } from "../core/findings.ts";
import { isTable } from "../core/tables.ts";
import type { Config } from "./types.ts";

const ADD_ON = "vpc-cni";

/** Warns if the config disables enforcement: Kubernetes accepts the policy all the same. */
export function buildNetworkFindings({ cluster: { addOns } }: Config): Finding[] {
  const written = addOns.find(({ name }) => name === ADD_ON)?.configuration ?? null;
  const configuration: unknown = written === null ? null : JSON.parse(written);
  if (!isTable(configuration) || String(configuration["enableNetworkPolicy"]) === "true") return [];
  return [{
    code: "BUILD_NETWORK",
    severity: "warning",
    path: `cluster.addOns.${ADD_ON}.configuration`,
    message: "disables network policies: a RUN step reaches the API server, nodes and private addresses, unless " +
      "another program in the cluster enforces the policy of builds",
    hint: `remove enableNetworkPolicy, which is "true" by default`,
  }];
}
