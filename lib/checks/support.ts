/** Before anything is created: how long EKS supports the cluster's version, and the price afterwards. No requests. */
import { SUPPORT, supportFindings } from "../plan/support.ts";
import type { Check } from "./check.ts";

export const support: Check = {
  code: SUPPORT,
  of: ["infra"],
  refusal: (name) => `Cannot run ${name} with its version of Kubernetes`,
  run: ({ config, ports }) => Promise.resolve(supportFindings(config, ports.clock.now())),
};
