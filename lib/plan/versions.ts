/**
 * Versions of Kubernetes, as EKS upgrades them: one minor version at a time, and never back. Pure: the deployed version
 * is an argument.
 */
import { karpenterMinorFor, pinnedAddOn } from "../core/facts/kubernetes.ts";
import { systemRelease } from "../core/facts/system_nodes.ts";
import type { AddOn, Config, VersionStep } from "./types.ts";

interface Version {
  readonly major: number;
  readonly minor: number;
}

/** Parses `1.35`, and the start of longer forms (`1.35.4`, `v1.35.4-eks-1`); `null` for others. */
function parse(text: string): Version | null {
  const [, major, minor] = /^v?(\d+)\.(\d+)(?![\d])/.exec(text) ?? [];
  return major === undefined ? null : { major: Number(major), minor: Number(minor) };
}

/** Can the two be compared? Not if one has an unknown form. */
export function areComparable(deployed: string, wanted: string): boolean {
  const from = parse(deployed), to = parse(wanted);
  return from !== null && to !== null && from.major === to.major;
}

/** Is it this minor version, with any patch? */
export function isVersion(found: string, wanted: string): boolean {
  return areComparable(found, wanted) && parse(found)!.minor === parse(wanted)!.minor;
}

/** Is it a downgrade? EKS does not support that. */
export function isDowngrade(deployed: string | null, wanted: string): boolean {
  return deployed !== null && areComparable(deployed, wanted) && parse(wanted)!.minor < parse(deployed)!.minor;
}

/** The steps from the deployed version to the wanted one, one minor version each; empty if there is nothing to do. */
export function versionSteps(deployed: string | null, wanted: string): readonly VersionStep[] {
  if (deployed === null || !areComparable(deployed, wanted) || isDowngrade(deployed, wanted)) return [];
  const from = parse(deployed)!, to = parse(wanted)!;
  const of = to.minor - from.minor;
  const name = (minor: number) => `${from.major}.${minor}`;
  return Array.from({ length: of }, (_, done) => {
    const minor = from.minor + done;
    return { from: name(minor), to: name(minor + 1), step: done + 1, of };
  });
}

/** Does this version of Karpenter support that version of Kubernetes? An unreadable version does not. */
export function karpenterSupports(karpenter: string, kubernetes: string): boolean {
  const least = karpenterMinorFor(kubernetes);
  if (least === undefined) return true;
  const found = parse(karpenter);
  return found !== null && (found.major > 1 || (found.major === 1 && found.minor >= least));
}

/** What a step changes besides the control plane: add-ons, the machine image of the system nodes, Karpenter's nodes. */
export function stepParts(config: Config, { from, to }: VersionStep): string[] {
  const before = configAt(config, from).cluster, after = configAt(config, to).cluster;
  const addOns = after.addOns.flatMap(({ name, version }) => {
    const old = before.addOns.find((one) => one.name === name)?.version ?? null;
    return old === version ? [] : [`${name} ${old ?? "EKS's choice"} → ${version ?? "EKS's choice"}`];
  });
  const [old, now] = [before.systemNodes.release, after.systemNodes.release];
  const nodes = `${after.systemNodes.count} new system nodes join, then the old ones are drained`;
  return [
    ...addOns.length > 0 ? [`add-ons: ${addOns.join(", ")}`] : [],
    old === now ? nodes : `${nodes}: release ${old ?? "EKS's choice"} → ${now ?? "EKS's choice"}`,
    // EKS deletes a node group's nodes after some minutes of draining (EKS user guide, delete-managed-node-group).
    "a PodDisruptionBudget holds these for minutes at most",
    ...config.pools.length > 0 ? ["then Karpenter replaces its nodes, within the budgets of their pools"] : [],
  ];
}

/** The config with another version of Kubernetes, for the stacks on the way to the config's own. */
export function configAt(config: Config, kubernetes: string): Config {
  const { cluster } = config;
  if (cluster.version === kubernetes) return config;
  const addOns = cluster.addOns.map((addOn) => ({
    ...addOn,
    version: addOnVersion(addOn, cluster.version, kubernetes),
  }));
  // A release that the config names stays; otherwise each version has its own.
  const { release } = cluster.systemNodes, own = release !== systemRelease(cluster.version);
  const systemNodes = { ...cluster.systemNodes, release: own ? release : systemRelease(kubernetes) };
  return { ...config, cluster: { ...cluster, version: kubernetes, systemNodes, addOns } };
}

/** A version that the config names stays, except a kube-proxy newer than the cluster, which EKS does not accept. */
function addOnVersion({ name, version }: AddOn, wanted: string, kubernetes: string): string | null {
  if (version === null) return null;
  const pinned = pinnedAddOn(kubernetes, name);
  if (version === pinnedAddOn(wanted, name)) return pinned;
  const tooNew = name === "kube-proxy" && (parse(version)?.minor ?? 0) > (parse(kubernetes)?.minor ?? 0);
  return tooNew ? pinned : version;
}
