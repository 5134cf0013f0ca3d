/** Can the cluster be upgraded from its version of Kubernetes to the config's? */
import { errors, note } from "../core/findings.ts";
import { areComparable, isDowngrade } from "../plan/versions.ts";
import type { Check } from "./check.ts";

const CODE = "KUBERNETES_DOWNGRADE";

export const kubernetes: Check = {
  code: CODE,
  of: ["infra"],
  refusal: (name) => `Cannot downgrade the Kubernetes version of cluster ${name}`,
  run: ({ config, kubernetes: deployed }) => {
    const wanted = config.cluster.version;
    if (isDowngrade(deployed, wanted)) {
      const message =
        `must be ${deployed} or newer, as EKS only upgrades: found ${wanted}, and ${deployed} is deployed`;
      const hint =
        `write cluster: { version: "${deployed}" }; only the EKS console can roll back, within 7 days of an upgrade`;
      return Promise.resolve(errors(CODE, [{ path: "cluster.version", message, hint }]));
    }
    if (deployed === null || areComparable(deployed, wanted)) return Promise.resolve([]);
    const message = `the cluster has version "${deployed}", which this release cannot compare with ${wanted}`;
    return Promise.resolve([note(CODE, message)]);
  },
};
