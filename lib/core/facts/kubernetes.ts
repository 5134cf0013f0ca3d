/**
 * The versions of Kubernetes that a cluster can have, with what depends on each. Dates and releases are those of AWS,
 * looked up in November 2026; `tests/facts` compares them with what others publish.
 */

import { entryOf } from "../tables.ts";

/** Families of EKS machine images that unitune can configure. */
export type AmiFamily = "bottlerocket" | "al2023";

interface Facts {
  /** Oldest minor version of Karpenter 1 that supports it. */
  readonly karpenterMinor: number;
  /** Version of Karpenter, where the one that this release was tested with is too old. */
  readonly karpenter?: string;
  /** First day of extended support, UTC; `null`: not known yet. EKS supports a version for 14 months. */
  readonly extendedFrom: string | null;
  /** Releases of the machine images that include this version: Karpenter finds no others. */
  readonly amis: Readonly<Record<AmiFamily, string>>;
  /** EKS add-ons of every cluster; EKS chooses the version of one that names none. */
  readonly addOns: Readonly<Record<string, string>>;
}

/**
 * Add-ons: for 1.34 and 1.35 EKS's defaults of September 2026, for 1.36 the versions that a new cluster got in October,
 * read from `aws eks describe-addon-versions` and `describe-addon` by several operators who publish their pins; for
 * 1.37 nobody has published any yet. Bottlerocket v1.66.0 has all four versions, also with NVIDIA's driver (its release
 * notes, 22 September 2026). AL2023 v20261023 has all four as well (its release notes); the notes of v20261012 warn of
 * v20260930 and v20261003, whose kernels panic. EKS has offered 1.37 since 2 October 2026.
 */
export const KUBERNETES = {
  "1.34": {
    karpenterMinor: 6,
    extendedFrom: "2026-12-02",
    amis: { bottlerocket: "v1.66.0", al2023: "v20261023" },
    addOns: {
      "vpc-cni": "v1.22.4-eksbuild.3",
      "kube-proxy": "v1.34.6-eksbuild.21",
      "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
      "coredns": "v1.12.4-eksbuild.29",
    },
  },
  "1.35": {
    karpenterMinor: 9,
    extendedFrom: "2027-03-27",
    amis: { bottlerocket: "v1.66.0", al2023: "v20261023" },
    addOns: {
      "vpc-cni": "v1.22.4-eksbuild.3",
      "kube-proxy": "v1.35.3-eksbuild.21",
      "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
      "coredns": "v1.13.2-eksbuild.21",
    },
  },
  "1.36": {
    karpenterMinor: 13,
    extendedFrom: "2027-08-02",
    amis: { bottlerocket: "v1.66.0", al2023: "v20261023" },
    addOns: {
      "vpc-cni": "v1.22.4-eksbuild.3",
      "kube-proxy": "v1.36.0-eksbuild.21",
      "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
      "coredns": "v1.14.3-eksbuild.16",
    },
  },
  "1.37": {
    karpenterMinor: 15,
    karpenter: "1.15.1",
    extendedFrom: null,
    amis: { bottlerocket: "v1.66.0", al2023: "v20261023" },
    addOns: {},
  },
} as const satisfies Readonly<Record<string, Facts>>;

/** A version of Kubernetes that a config may ask for. */
export type KubernetesVersion = keyof typeof KUBERNETES;

/** The default version of a cluster: the second newest, as tools need time to support the newest. */
export const DEFAULT_KUBERNETES: KubernetesVersion = "1.35";

/** Oldest first. */
export const KUBERNETES_VERSIONS: readonly KubernetesVersion[] = Object.keys(KUBERNETES) as KubernetesVersion[];

/** Price of a control plane in USD an hour, the same in all regions: aws.amazon.com/eks/pricing. */
export const CONTROL_PLANE_PRICE = { standard: 0.10, extended: 0.60 } as const;

/** What depends on a version; `undefined` for one that this release does not know. */
function factsOf(kubernetes: string): Facts | undefined {
  return Object.hasOwn(KUBERNETES, kubernetes) ? KUBERNETES[kubernetes as KubernetesVersion] : undefined;
}

/** The add-on's version for this version of Kubernetes; `null` where this release pins none and EKS chooses. */
export function pinnedAddOn(kubernetes: string, name: string): string | null {
  return entryOf<string>(factsOf(kubernetes)?.addOns ?? {}, name) ?? null;
}

/** Version of Karpenter, where the tested one is too old. */
export function karpenterFor(kubernetes: string): string | undefined {
  return factsOf(kubernetes)?.karpenter;
}

/** Oldest minor version of Karpenter 1 that supports it; `undefined` for an unknown version. */
export function karpenterMinorFor(kubernetes: string): number | undefined {
  return factsOf(kubernetes)?.karpenterMinor;
}

/** The family of a machine image that a config names: `al2023`, or an alias with a release. */
export function isBottlerocket(ami: string): boolean {
  return ami.startsWith("bottlerocket");
}

/** Karpenter's alias of an image: `al2023` becomes `al2023@v20261023`, an alias with a release stays as it is. */
export function pinnedAmi(ami: string, kubernetes: string): string {
  return ami.includes("@") ? ami : `${ami}@${factsOf(kubernetes)?.amis[ami as AmiFamily]}`;
}

/** First day of extended support, UTC; `null`: not known. */
export function extendedFrom(kubernetes: string): string | null {
  return factsOf(kubernetes)?.extendedFrom ?? null;
}
