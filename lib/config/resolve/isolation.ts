/** How BuildKit is kept from its node: what was chosen, and whether the pools and the image go with it. */
import { isBottlerocket } from "../../core/facts/kubernetes.ts";
import { PINS } from "../../core/pins.ts";
import { formatPath, type Issue, show } from "../issues.ts";
import type { Builder, Image, Isolation, Pool } from "../types.ts";

/** Pods have user namespaces by default since Kubernetes 1.33, and every supported version is newer. */
export const DEFAULT_ISOLATION: Isolation = "userns";

export function buildkitImage(isolation: Isolation): string {
  return isolation === "rootless" ? PINS.buildkit.rootless : PINS.buildkit.image;
}

interface Written {
  readonly pool?: string | undefined;
  readonly image?: string | undefined;
}

/** `told`: the issues so far. Nothing is concluded from an isolation that is itself wrong. */
export function isolationIssues(
  written: Written | undefined,
  { isolation, pool: builderPool }: Builder,
  pools: readonly Pool[],
  images: readonly Image[],
  told: readonly Issue[],
): Issue[] {
  const wrong = told.map(({ path }) => formatPath(path));
  if (wrong.includes("builder.isolation") || wrong.includes("builder.rootless")) return [];
  // Where none is named, a pool that is declared as `builder` has an issue of its own.
  const own = images.map(({ pool }) => pool).filter((name) => name !== builderPool);
  const named = new Set(written?.pool === undefined ? own : [written.pool, ...own]);
  return [
    ...imageIssues(written?.image, isolation),
    ...pools.filter(({ kind, name }) => kind === "cpu" && named.has(name)).flatMap((pool) => {
      return [...poolIssues(pool, isolation), ...pullIssues(pool, isolation)];
    }),
  ];
}

/** The two images differ in their user, and in how the daemon starts. */
function imageIssues(image: string | undefined, isolation: Isolation): Issue[] {
  if (isolation === "rootless" || !/-rootless(?:@|$)/.test(image ?? "")) return [];
  return [{
    code: "CONFLICT",
    path: ["builder", "image"],
    message: `must run as root, as isolation is ${show(isolation)}: found ${show(image)}`,
    hint: 'leave -rootless out, or write isolation: "rootless"',
  }];
}

/**
 * Pods in user namespaces need Linux 6.3, containerd 2.0 and runc 1.2; each AL2023 release with Kubernetes 1.34 or newer
 * has 6.12, 2.1.4 and 1.2.6 at least (awslabs/amazon-eks-ami, CHANGELOG, v20250915 to v20260714), and its kernel allows
 * user namespaces as it is. On Bottlerocket rootless BuildKit fails (bottlerocket-os/bottlerocket#1934, open since 2022;
 * #4815, Bottlerocket 1.57 with Kubernetes 1.35; moby/buildkit#4265, #4667): what a node mounts for pods carries flags
 * that a user namespace may not change, and SELinux is enforced. Pods with `hostUsers: false` start there once the
 * kernel is told to allow user namespaces (bottlerocket-os/bottlerocket#2163), but no report of BuildKit building in one
 * was found.
 */
function poolIssues(pool: Pool, isolation: Isolation): Issue[] {
  if (isolation === "privileged" || !isBottlerocket(pool.ami)) return [];
  const why = isolation === "rootless"
    ? "rootless BuildKit fails on Bottlerocket (bottlerocket#1934, #4815, buildkit#4265)"
    : "BuildKit in a user namespace is not known to work on Bottlerocket (bottlerocket#1934, buildkit#4265)";
  return [{
    code: "CONFLICT",
    path: ["pools", pool.name, "ami"],
    message: `must be AL2023 for builds, as ${why}: found ${show(pool.ami)}`,
    hint: 'write ami: "al2023", or builder: { isolation: "privileged" }',
  }];
}

/**
 * Parallel pulls are the SOCI snapshotter's, to which AL2023's containerd gives no ids to map (its template in
 * awslabs/amazon-eks-ami lacks the capability `remap-ids`): a pod in a user namespace then never starts, with
 * `container ID … cannot be mapped to a host ID` (bottlerocket-os/bottlerocket#4854, where it was mended for Bottlerocket).
 */
function pullIssues(pool: Pool, isolation: Isolation): Issue[] {
  if (isolation !== "userns" || pool.imagePull !== "parallel" || isBottlerocket(pool.ami)) return [];
  return [{
    code: "CONFLICT",
    path: ["pools", pool.name, "imagePull"],
    message: 'must be "standard" for builds in user namespaces, as parallel pulls on AL2023 map no ids ' +
      '(bottlerocket#4854): found "parallel"',
    hint: 'leave imagePull out, or write builder: { isolation: "rootless" }',
  }];
}
