/** How BuildKit is isolated from its node, and whether the pools and BuildKit's image support it. */
import { isBottlerocket } from "../../core/facts/kubernetes.ts";
import { PINS } from "../../core/pins.ts";
import { formatPath, type Issue, show } from "../issues.ts";
import type { Builder, Image, Isolation, Pool } from "../types.ts";

/** User namespaces are enabled by default since Kubernetes 1.33, and every supported version is newer. */
export const DEFAULT_ISOLATION: Isolation = "userns";

export function buildkitImage(isolation: Isolation): string {
  return isolation === "rootless" ? PINS.buildkit.rootless : PINS.buildkit.image;
}

interface Written {
  readonly pool?: string | undefined;
  readonly image?: string | undefined;
}

/** `earlier`: the issues so far. Nothing is concluded from an isolation that is itself invalid. */
export function isolationIssues(
  written: Written | undefined,
  { isolation, pool: builderPool }: Builder,
  pools: readonly Pool[],
  images: readonly Image[],
  earlier: readonly Issue[],
): Issue[] {
  const wrong = earlier.map(({ path }) => formatPath(path));
  if (wrong.includes("builder.isolation") || wrong.includes("builder.rootless")) return [];
  // If `builder.pool` is not set, a declared pool named `builder` has an issue of its own.
  const own = images.map(({ pool }) => pool).filter((name) => name !== builderPool);
  const named = new Set(written?.pool === undefined ? own : [written.pool, ...own]);
  return [
    ...imageIssues(written?.image, isolation),
    ...pools.filter(({ kind, name }) => kind === "cpu" && named.has(name)).flatMap((pool) => {
      return [...poolIssues(pool, isolation), ...pullIssues(pool, isolation)];
    }),
  ];
}

/** The two BuildKit images differ in their user and in how the daemon starts. */
function imageIssues(image: string | undefined, isolation: Isolation): Issue[] {
  if (isolation === "rootless" || !/-rootless(?:@|$)/.test(image ?? "")) return [];
  return [{
    code: "CONFLICT",
    path: ["builder", "image"],
    message: `must run as root, as isolation is ${show(isolation)}: found ${show(image)}`,
    hint: 'remove -rootless from the tag, or write isolation: "rootless"',
  }];
}

/**
 * Pods in user namespaces need Linux 6.3, containerd 2.0 and runc 1.2; every AL2023 release with Kubernetes 1.34 or
 * newer has at least 6.12, 2.1.4 and 1.2.6 (awslabs/amazon-eks-ami, CHANGELOG, v20250915 to v20260714), and its kernel
 * allows user namespaces by default. Rootless BuildKit fails on Bottlerocket (bottlerocket-os/bottlerocket#1934, open since
 * 2022; #4815, Bottlerocket 1.57 with Kubernetes 1.35; moby/buildkit#4265, #4667): a node's mounts for pods have flags
 * that a user namespace cannot change, and SELinux is enforced. Pods with `hostUsers: false` start there once the
 * kernel is configured to allow user namespaces (bottlerocket-os/bottlerocket#2163), but we found no report of
 * BuildKit building in one.
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
 * The SOCI snapshotter does parallel pulls. AL2023's containerd passes it no ids to map (its template in
 * awslabs/amazon-eks-ami lacks the capability `remap-ids`), so a pod in a user namespace never starts: `container ID …
 * cannot be mapped to a host ID` (bottlerocket-os/bottlerocket#4854, which fixed it for Bottlerocket).
 */
function pullIssues(pool: Pool, isolation: Isolation): Issue[] {
  if (isolation !== "userns" || pool.imagePull !== "parallel" || isBottlerocket(pool.ami)) return [];
  return [{
    code: "CONFLICT",
    path: ["pools", pool.name, "imagePull"],
    message: 'must be "standard" for builds in user namespaces, as parallel pulls on AL2023 do not map ids ' +
      '(bottlerocket#4854): found "parallel"',
    hint: 'leave imagePull out, or write builder: { isolation: "rootless" }',
  }];
}
