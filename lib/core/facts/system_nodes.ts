/** The system nodes: which instances a region has for them, which image they start from, who may run on them. */
import { isGraviton } from "../names.ts";
import { KUBERNETES } from "./kubernetes.ts";

/** Small x86 types of 8 GiB, the first choice first. */
const PREFERRED = ["m6i.large", "m5.large", "m7i.large"] as const;

/** How many types a node group names: where one is sold out, the next is taken. */
const TYPES = 2;

/**
 * Regions that lack some of them, and an unknown type fails a whole node group: what `ec2 describe-instance-type-offerings`
 * said, as moto 5.2.5 publishes it for 30 regions, and Karpenter 1.14.3's price lists for China and GovCloud. Of regions
 * that neither has, the plan asks EC2.
 */
const LACKING: Readonly<Record<string, readonly string[]>> = {
  "ap-southeast-4": ["m6i.large"],
  "ap-southeast-5": ["m5.large"],
  "eu-south-2": ["m6i.large"],
};

/** Instance types that the region has, the first choice first. */
export function systemTypes(region: string | undefined): readonly string[] {
  return PREFERRED.filter((type) => !LACKING[region ?? ""]?.includes(type)).slice(0, TYPES);
}

/** What is worth asking EC2 for besides types that a region does not have: small ones of the same architecture. */
export function alternatives(types: readonly string[]): readonly string[] {
  return types.every(isGraviton) ? ["m7g.large", "m6g.large", "m8g.large"] : PREFERRED;
}

/**
 * Builds of Bottlerocket's releases: EKS asks for both, `1.66.0-1ad6b4a4`. A build is the beginning of the release's
 * commit and the same for all versions of Kubernetes and both architectures; `image_version` in SSM tells it, and the plan
 * asks for that.
 */
const BUILDS: Readonly<Record<string, string>> = { "v1.66.0": "1ad6b4a4" };

/** The release of the system nodes' image, as EKS names it; `null` for a version that this release does not know. */
export function systemRelease(kubernetes: string): string | null {
  if (!Object.hasOwn(KUBERNETES, kubernetes)) return null;
  const release = KUBERNETES[kubernetes as keyof typeof KUBERNETES].amis.bottlerocket;
  return BUILDS[release] === undefined ? null : `${release.slice(1)}-${BUILDS[release]}`;
}
