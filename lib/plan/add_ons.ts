/** Does EKS offer the versions of the add-ons? If not, the deployment would fail half an hour later. */
import type { Problem } from "../core/findings.ts";
import { pinnedAddOn } from "../core/facts/kubernetes.ts";
import type { Config } from "./types.ts";

/** An add-on with its version, for a version of Kubernetes. */
interface WantedAddOn {
  readonly name: string;
  readonly version: string;
  readonly kubernetes: string;
}

/** How many of the newest versions a message names. */
const SHOWN = 4;

/** The add-ons with a version, from the configs: one for each version of Kubernetes on the way. */
export function wantedAddOns(configs: readonly Config[]): WantedAddOn[] {
  return configs.flatMap(({ cluster }) =>
    cluster.addOns.flatMap(({ name, version }) => version ? [{ name, version, kubernetes: cluster.version }] : [])
  );
}

/** `offered`: the versions of this add-on that EKS offers for this version of Kubernetes. */
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
        "--query 'addons[].addonName' lists those that it offers",
    };
  }
  // Numbers are compared as numbers: eksbuild.9 is older than eksbuild.10.
  const newestFirst = offered.toSorted((a, b) => b.localeCompare(a, "en", { numeric: true }));
  const ours = pinnedAddOn(kubernetes, name) === version ? `${version}, which this release pins` : `found ${version}`;
  return {
    path,
    message: `must be a version of ${name} that EKS offers ${place}: ${ours}; it offers ${shown(newestFirst)}`,
    hint: `write addOns: { ${JSON.stringify(name)}: { version: ${JSON.stringify(newestFirst[0])} } } in cluster`,
  };
}

function shown(versions: readonly string[]): string {
  const more = versions.length - SHOWN;
  return versions.slice(0, SHOWN).join(", ") + (more > 0 ? ` and ${more} older` : "");
}
