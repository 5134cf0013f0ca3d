/** How long EKS supports the cluster's version, and what that costs. Pure: the time is an argument. */
import {
  CONTROL_PLANE_PRICE,
  DEFAULT_KUBERNETES,
  extendedFrom,
  KUBERNETES_VERSIONS,
  pinnedAddOn,
} from "../core/facts/kubernetes.ts";
import type { Finding } from "../core/findings.ts";
import type { Config } from "./types.ts";

export const SUPPORT = "KUBERNETES_SUPPORT";

const DAY = 86_400_000, NOTICE_DAYS = 90;

/** `now`: milliseconds since 1970. */
export function supportFindings({ cluster }: Config, now: number): Finding[] {
  return [...ending(cluster, now), ...unpinned(cluster)];
}

function ending({ version, supportPolicy }: Config["cluster"], now: number): Finding[] {
  const from = extendedFrom(version);
  const days = from === null ? Infinity : Math.ceil((Date.parse(`${from}T00:00:00Z`) - now) / DAY);
  if (days > NOTICE_DAYS) return [];
  const { standard, extended } = CONTROL_PLANE_PRICE, price = (usd: number) => usd.toFixed(2);
  const when = days > 0
    ? `leaves standard support on ${from}, in ${days === 1 ? "1 day" : `${days} days`}`
    : `left standard support on ${from}`;
  const then = supportPolicy === "standard"
    ? "EKS then upgrades the control plane automatically, but not the nodes"
    : `a cluster then costs ${price(extended)} USD an hour instead of ${price(standard)}`;
  const next = KUBERNETES_VERSIONS[KUBERNETES_VERSIONS.findIndex((one) => one === version) + 1];
  return [{
    code: SUPPORT,
    severity: "warning",
    path: "cluster.version",
    message: `Kubernetes ${version} ${when}: ${then}`,
    hint: next ? `write cluster: { version: "${next}" }` : "",
  }];
}

/** For a version too new to have pinned add-ons: EKS chooses their versions when it creates them, and only then. */
function unpinned({ version, addOns }: Config["cluster"]): Finding[] {
  const isUnpinned = (name: string) =>
    pinnedAddOn(DEFAULT_KUBERNETES, name) !== null && pinnedAddOn(version, name) === null;
  const names = addOns.filter((addOn) => addOn.version === null && isUnpinned(addOn.name)).map(({ name }) => name);
  if (names.length === 0) return [];
  return [{
    code: SUPPORT,
    severity: "note",
    path: "cluster.addOns",
    message:
      `unitune pins no add-on versions for Kubernetes ${version} yet: EKS chooses the versions of ${
        names.join(", ")
      } ` +
      "when it creates them, and upgrades of the cluster do not change them",
    hint: `aws eks describe-addon-versions --kubernetes-version ${version} lists them`,
  }];
}
