/** Are the versions of EKS's add-ons ones that EKS offers? A deployment would fail over it, half an hour later. */
import type { Problem } from "../core/findings.ts";
import { pinnedAddOn } from "../core/facts/kubernetes.ts";
import type { Config } from "./types.ts";

/** An add-on as a version of Kubernetes is to get it. */
interface WantedAddOn {
  readonly name: string;
  readonly version: string;
  readonly kubernetes: string;
}

/** The newest that are named. */
const SHOWN = 4;

/** What the configs, one for each version of Kubernetes on the way, ask of EKS by version. */
export function wantedAddOns(configs: readonly Config[]): WantedAddOn[] {
  return configs.flatMap(({ cluster }) =>
    cluster.addOns.flatMap(({ name, version }) => version ? [{ name, version, kubernetes: cluster.version }] : [])
  );
}

/** `offered`: the versions that EKS has of this add-on for this version of Kubernetes. */
export function addOnFinding(wanted: WantedAddOn, offered: readonly string[], region: string): Problem | null {
  const { name, version, kubernetes } = wanted;
  if (offered.includes(version)) return null;
  const path = `cluster.addOns.${name}.version`;
  const place = `for Kubernetes ${kubernetes} in ${region}`;
  if (offered.length === 0) {
    return {
      path,
      message: `EKS offers no add-on ${name} ${place}`,
      hint: `aws eks describe-addon-versions --region ${region} --kubernetes-version ${kubernetes} ` +
        "--query 'addons[].addonName' tells those that it has",
    };
  }
  // Their numbers count one by one: eksbuild.9 is older than eksbuild.10.
  const newestFirst = offered.toSorted((a, b) => b.localeCompare(a, "en", { numeric: true }));
  const ours = pinnedAddOn(kubernetes, name) === version ? `${version}, which this release pins` : `found ${version}`;
  return {
    path,
    message: `must be a version that EKS offers of ${name} ${place}: ${ours}; it has ${shown(newestFirst)}`,
    hint: `write addOns: { ${JSON.stringify(name)}: { version: ${JSON.stringify(newestFirst[0])} } } in cluster`,
  };
}

function shown(versions: readonly string[]): string {
  const more = versions.length - SHOWN;
  return versions.slice(0, SHOWN).join(", ") + (more > 0 ? ` and ${more} older` : "");
}
