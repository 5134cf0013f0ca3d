/** Every name that is derived from the config, in one place, so that all rooms agree. */

/** Longest `name` (with its stage): every AWS and Kubernetes name derived from it then stays within its limit. */
export const MAX_NAME = 28;
export const NAME_PATTERN = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export type StackKind = "vpc" | "eks";

export function stackName(name: string, kind: StackKind): string {
  return `${name}-${kind}`;
}

/** IAM path of the policies that a bootstrap by unitune attaches. */
export const EXECUTION_PATH = "/unitune/";

/** The instance profile of nodes in a network that cannot reach IAM. */
export function nodeProfileName(name: string, region: string): string {
  return `${name}-node-${region}`;
}

/** Output of `<name>-eks` with the name of the placement group that the stack creates for a pool. */
export function placementGroupOutput(pool: string): string {
  // Names of outputs are letters and digits, names of pools have no capitals: so each pool has its own output.
  return `PlacementGroup${pool.replaceAll("-", "Z")}`;
}

export function repositoryName(name: string, image: string): string {
  return `${name}/${image}`;
}

/** AWS's partitions except the first, by the prefix of their regions; botocore's `partitions.json`, November 2026. */
const PARTITIONS = [
  { prefix: "cn-", partition: "aws-cn", domain: "amazonaws.com.cn" },
  { prefix: "us-gov-", partition: "aws-us-gov", domain: "amazonaws.com" },
  { prefix: "eusc-", partition: "aws-eusc", domain: "amazonaws.eu" },
  { prefix: "us-iso-", partition: "aws-iso", domain: "c2s.ic.gov" },
  { prefix: "us-isob-", partition: "aws-iso-b", domain: "sc2s.sgov.gov" },
  { prefix: "eu-isoe-", partition: "aws-iso-e", domain: "cloud.adc-e.uk" },
  { prefix: "us-isof-", partition: "aws-iso-f", domain: "csp.hci.ic.gov" },
] as const;

/** A region's AWS partition, as ARNs name it. */
export function partitionOf(region: string): string {
  return PARTITIONS.find(({ prefix }) => region.startsWith(prefix))?.partition ?? "aws";
}

/** DNS suffix of a region's AWS partition. */
export function dnsSuffix(region: string): string {
  return PARTITIONS.find(({ prefix }) => region.startsWith(prefix))?.domain ?? "amazonaws.com";
}

export function registryHost(account: string, region: string): string {
  return `${account}.dkr.ecr.${region}.${dnsSuffix(region)}`;
}

/** A processor architecture. */
export type Arch = "amd64" | "arm64";
/** A platform that images are built for. */
export type Platform = `linux/${Arch}`;

export function archOf(platform: Platform): Arch {
  return platform === "linux/arm64" ? "arm64" : "amd64";
}

/** The part of a build's key that names contain: its first twelve hex digits. */
function shortKey(key: string): string {
  return key.slice(0, 12);
}

/** `<image>-<arch>-<12 hex of its key>`, cut so that names of its pods stay within 63 characters. */
export function jobName(image: string, arch: Arch, key: string): string {
  return named(image, `-${arch}-${shortKey(key)}`);
}

/** A name for the same build where a Job that does other work has the first one: of another key, or with a cache. */
export function otherJobName(image: string, arch: Arch, key: string): string {
  return named(image, `-${arch}-${key.slice(0, 24)}`);
}

/** Pods' names add to it: 57 characters at most. */
function named(image: string, tail: string): string {
  return `${image.slice(0, 57 - tail.length).replace(/-+$/, "")}${tail}`;
}

/**
 * Prefixes of the tags that builds push, for the image and for its cache.
 * @internal
 */
export const BUILD_TAGS = { source: "src-", cache: "buildcache" } as const;

/**
 * The claim of the volume that holds BuildKit's state between builds of one platform of an image. Each isolation has its
 * own, as they own its files, and mark deleted ones in overlays, in different ways.
 */
export function cacheName(image: string, arch: Arch, isolation: "userns" | "rootless" | "privileged"): string {
  return `cache-${image}-${arch}${isolation === "userns" ? "" : `-${isolation}`}`;
}

/** The tag of the cache that builds push beside the image. Platforms that are built side by side have one each. */
export function cacheTag(arch?: Arch): string {
  return `${BUILD_TAGS.cache}${arch ? `-${arch}` : ""}`;
}

/** The tag that a build pushes: `src-<12 hex>`, plus the architecture when an index joins several platforms. */
export function sourceTag(key: string, arch?: Arch): string {
  return `${BUILD_TAGS.source}${shortKey(key)}${arch ? `-${arch}` : ""}`;
}

/** Is it the tag of an image's build? Those of single platforms are not. */
export function isSourceTag(tag: string): boolean {
  return tag.startsWith(BUILD_TAGS.source) && /^[0-9a-f]{12}$/.test(tag.slice(BUILD_TAGS.source.length));
}

/** Graviton types have a `g` after their generation: m7g, c8gd, t4g. */
export function isGraviton(type: string): boolean {
  return /^[a-z]+[0-9]+g[a-z]*\./.test(type);
}

/** The name to show: claims include their namespace, as several namespaces have claims of the same name. */
export function objectName(
  { kind, name, namespace }: { readonly kind: string; readonly name: string; readonly namespace?: string | undefined },
  between: "/" | "." = "/",
): string {
  return kind === "PersistentVolumeClaim" && namespace ? `${namespace}${between}${name}` : name;
}

/** EKS's own access policy: everything in the cluster, as cluster-admin has it. */
export function clusterAdminPolicy(partition: string): string {
  return `arn:${partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`;
}
