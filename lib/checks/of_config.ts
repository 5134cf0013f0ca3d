/** Findings about a config that need no request to AWS. */
import { coded, type Finding } from "../core/findings.ts";
import { buildNetworkFindings } from "../plan/build_network.ts";
import { documentationFindings } from "../plan/endpoint.ts";
import { sourceFindings } from "../plan/sources.ts";
import { supportFindings } from "../plan/support.ts";
import { tolerationFindings } from "../plan/tolerations.ts";
import type { Config } from "../plan/types.ts";
import type { Check } from "./check.ts";

const ENDPOINT = "ENDPOINT";

export const buildNetwork: Check = {
  code: "BUILD_NETWORK",
  of: ["infra", "pools", "images"],
  refusal: (name) => `Cannot keep the builds of ${name} from the cluster`,
  run: ({ config }) => Promise.resolve(buildNetworkFindings(config)),
};

export const sources: Check = {
  code: "IMAGES",
  of: ["infra", "pools", "images"],
  refusal: (name, count) => `Cannot pull the images of ${name} as nodes cannot reach ${count} registries`,
  run: ({ config }) => Promise.resolve(sourceFindings(config)),
};

export const documentation: Check = {
  code: ENDPOINT,
  of: ["infra"],
  refusal: (name) => `Cannot open the API server of ${name} to the ranges that its config names`,
  run: ({ config }) => Promise.resolve(coded(ENDPOINT, documentationFindings(config))),
};

/** Reports only while add-ons are created: afterwards it is known whether they run. */
export const tolerations: Check = {
  code: "TOLERATIONS",
  of: ["infra"],
  afterDiff: true,
  refusal: (name, count) => `Cannot create the add-ons of ${name} as ${count} of them would have no node to run on`,
  run: ({ config, stacks }) => {
    const created = stacks.some(({ changes }) => {
      return changes.some(({ resourceType, action }) => resourceType === "AWS::EKS::Addon" && action === "add");
    });
    return Promise.resolve(created ? tolerationFindings(config) : []);
  },
};

/** The findings for a plan without an account; `now`: milliseconds since 1970. */
export function configFindings(config: Config, now: number): Finding[] {
  return [
    ...coded(ENDPOINT, documentationFindings(config)),
    ...buildNetworkFindings(config),
    ...sourceFindings(config),
    ...supportFindings(config, now),
    ...tolerationFindings(config),
  ];
}
