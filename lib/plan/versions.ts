/**
 * Versions of Kubernetes, as EKS moves them: one minor version up at a time, and not back. Pure: what is deployed is
 * handed in.
 */
import { karpenterMinorFor, pinnedAddOn } from "../core/facts/kubernetes.ts";
import { systemRelease } from "../core/facts/system_nodes.ts";
import type { AddOn, Config, VersionStep } from "./types.ts";

interface Version {
  readonly major: number;
  readonly minor: number;
}

/** `1.35`, and as much of other forms (`1.35.4`, `v1.35.4-eks-1`) as a minor version needs; else `null`. */
function parse(text: string): Version | null {
  const [, major, minor] = /^v?(\d+)\.(\d+)(?![\d])/.exec(text) ?? [];
  return major === undefined ? null : { major: Number(major), minor: Number(minor) };
}

/** Can the two be compared? Not if one has a form that nobody knows yet. */
export function areComparable(deployed: string, wanted: string): boolean {
  const from = parse(deployed), to = parse(wanted);
  return from !== null && to !== null && from.major === to.major;
}

/** Is it this minor version, whatever patch? */
export function isVersion(found: string, wanted: string): boolean {
  return areComparable(found, wanted) && parse(found)!.minor === parse(wanted)!.minor;
}

/** Would the cluster have to go back? EKS does not. */
export function isDowngrade(deployed: string | null, wanted: string): boolean {
  return deployed !== null && areComparable(deployed, wanted) && parse(wanted)!.minor < parse(deployed)!.minor;
}

/** The way from what is deployed to what is wanted, one minor version a step; none if there is none to go. */
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

/** Does this version of Karpenter work with that version of Kubernetes? Of what cannot be read nobody knows it. */
export function karpenterSupports(karpenter: string, kubernetes: string): boolean {
  const least = karpenterMinorFor(kubernetes);
  if (least === undefined) return true;
  const found = parse(karpenter);
  return found !== null && (found.major > 1 || (found.major === 1 && found.minor >= least));
}

/** The config with another version of Kubernetes: what the stacks are on the way to the config's own. */
export function configAt(config: Config, kubernetes: string): Config {
  const { cluster } = config;
  if (cluster.version === kubernetes) return config;
  const addOns = cluster.addOns.map((addOn) => ({
    ...addOn,
    version: addOnVersion(addOn, cluster.version, kubernetes),
  }));
  // One that the config names stays; of the others each version has its own.
  const { release } = cluster.systemNodes, own = release !== systemRelease(cluster.version);
  const systemNodes = { ...cluster.systemNodes, release: own ? release : systemRelease(kubernetes) };
  return { ...config, cluster: { ...cluster, version: kubernetes, systemNodes, addOns } };
}

/** A version that the config names stays, but for a kube-proxy that is newer than the cluster: EKS takes none. */
function addOnVersion({ name, version }: AddOn, wanted: string, kubernetes: string): string | null {
  if (version === null) return null;
  const pinned = pinnedAddOn(kubernetes, name);
  if (version === pinnedAddOn(wanted, name)) return pinned;
  const tooNew = name === "kube-proxy" && (parse(version)?.minor ?? 0) > (parse(kubernetes)?.minor ?? 0);
  return tooNew ? pinned : version;
}
