/** The system nodes: the instance types that a region has for them, their image, and their taint. */
import { isGraviton } from "../names.ts";
import { KUBERNETES } from "./kubernetes.ts";

/** Small x86 types with 8 GiB, in order of preference. */
const PREFERRED = ["m6i.large", "m5.large", "m7i.large"] as const;

/** How many types a node group names: if one is sold out, EC2 uses the next. */
const TYPES = 2;

/**
 * Regions that lack some of them; an unknown type fails the whole node group. Sources: answers of
 * `ec2 describe-instance-type-offerings`, which moto 5.2.5 publishes for 30 regions, and the price lists of Karpenter
 * 1.14.3 for China and GovCloud. For other regions the plan asks EC2.
 */
const LACKING: Readonly<Record<string, readonly string[]>> = {
  "ap-southeast-4": ["m6i.large"],
  "ap-southeast-5": ["m5.large"],
  "eu-south-2": ["m6i.large"],
};

/** Instance types that the region has, in order of preference. */
export function systemTypes(region: string | undefined): readonly string[] {
  return PREFERRED.filter((type) => !LACKING[region ?? ""]?.includes(type)).slice(0, TYPES);
}

/** Types to suggest in place of those that a region lacks: small ones of the same architecture. */
export function alternatives(types: readonly string[]): readonly string[] {
  return types.every(isGraviton) ? ["m7g.large", "m6g.large", "m8g.large"] : PREFERRED;
}

/**
 * Builds of Bottlerocket's releases: EKS requires release and build, `1.66.0-1ad6b4a4`. The build is the start of the
 * release's commit id, the same for all versions of Kubernetes and both architectures. `image_version` in SSM holds it,
 * and the plan compares it.
 */
const BUILDS: Readonly<Record<string, string>> = { "v1.66.0": "1ad6b4a4" };

/** The release of the system nodes' image, as EKS names it; `null` for a version that this release does not know. */
export function systemRelease(kubernetes: string): string | null {
  if (!Object.hasOwn(KUBERNETES, kubernetes)) return null;
  const release = KUBERNETES[kubernetes as keyof typeof KUBERNETES].amis.bottlerocket;
  return BUILDS[release] === undefined ? null : `${release.slice(1)}-${BUILDS[release]}`;
}
