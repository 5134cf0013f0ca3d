/** Do the machine images that the pools name exist? Uses the SSM parameters where Karpenter looks them up. */
import type { Arch } from "../core/names.ts";
import type { Problem } from "../core/findings.ts";
import { type AmiFamily, pinnedAmi } from "../core/facts/kubernetes.ts";
import type { Config } from "./types.ts";

/** A machine image that a pool needs. */
export interface WantedAmi {
  readonly pool: string;
  readonly family: AmiFamily;
  readonly kubernetes: string;
  readonly arch: Arch;
  /** With NVIDIA's driver. */
  readonly nvidia: boolean;
  /** `v1.66.0`, `v20261023`. */
  readonly release: string;
}

/** How many of the newest releases a message names. */
const SHOWN = 4;

const MACHINE: Readonly<Record<Arch, string>> = { amd64: "x86_64", arm64: "arm64" };

/** One for each architecture of each pool. */
export function wantedAmis({ pools, cluster }: Config): WantedAmi[] {
  return pools.flatMap((pool) =>
    pool.arch.map((arch) => {
      const [family, release] = pool.ami.split("@") as [AmiFamily, string];
      return { pool: pool.name, family, kubernetes: cluster.version, arch, nvidia: pool.kind === "gpu", release };
    })
  );
}

/** The name of the parameter that holds the image's id, as Karpenter derives it from an alias. */
export function parameterOf(ami: WantedAmi): string {
  const { family, release, kubernetes, arch, nvidia } = ami, below = pathOf(ami);
  return family === "bottlerocket"
    ? `${below}/${release.slice(1)}/image_id`
    : `${below}/amazon-eks-node-al2023-${MACHINE[arch]}-${variantOf(nvidia)}-${kubernetes}-${release}/image_id`;
}

/** The path above the parameters of all its releases. */
export function pathOf({ family, kubernetes, arch, nvidia }: WantedAmi): string {
  return family === "bottlerocket"
    ? `/aws/service/bottlerocket/aws-k8s-${kubernetes}${nvidia ? "-nvidia" : ""}/${MACHINE[arch]}`
    : `/aws/service/eks/optimized-ami/${kubernetes}/amazon-linux-2023/${MACHINE[arch]}/${variantOf(nvidia)}`;
}

/** The variant of AL2023. */
function variantOf(nvidia: boolean): string {
  return nvidia ? "nvidia" : "standard";
}

/** The releases in the names of parameters, newest first. */
export function releasesOf(names: readonly string[]): string[] {
  const found = names.flatMap((name) => {
    const [release] = /(?<=\/)\d+\.\d+\.\d+(?=\/image_id$)|\d{8}(?=\/image_id$)/.exec(name) ?? [];
    return release ? [`v${release}`] : [];
  });
  return [...new Set(found)].sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
}

/** `releases`: those that exist for this version of Kubernetes, architecture and variant, newest first. */
export function amiProblem(ami: WantedAmi, releases: readonly string[], region: string): Problem {
  const { pool, family, kubernetes, arch, nvidia, release } = ami;
  const alias = `${family}@${release}`;
  const what = `a ${family} release with Kubernetes ${kubernetes}${nvidia ? " and NVIDIA's driver" : ""} for ${arch}`;
  const path = `pools.${pool}.ami`;
  const found = alias === pinnedAmi(family, kubernetes) ? `${alias}, which this version of unitune pins` : alias;
  if (releases.length === 0) {
    return {
      path,
      message: `must be ${what}: found ${found}; ${region} has no release`,
      hint: `write ami: "${family === "bottlerocket" ? "al2023" : "bottlerocket"}", or another cluster.version`,
    };
  }
  const more = releases.length - SHOWN, oldest = releases.at(-1);
  const shown = releases.slice(0, SHOWN).join(", ") + (more > 0 ? ` and ${more} older, the first ${oldest}` : "");
  return {
    path,
    message: `must be ${what}: found ${found}; ${region} has ${shown}`,
    hint: `write ami: "${family}@${releases[0]}"`,
  };
}
