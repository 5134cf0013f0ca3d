/** The catalogue as typed tables. It imports nothing of the project: what it says comes from outside. */
import amis from "./amis.json" with { type: "json" };
import addOns from "./add-ons.json" with { type: "json" };
import eks from "./eks.json" with { type: "json" };
import managedPolicies from "./managed-policies.json" with { type: "json" };
import instanceTypes from "./instance-types.json" with { type: "json" };
import offerings from "./offerings.json" with { type: "json" };
import prices from "./prices.json" with { type: "json" };
import registries from "./registries.json" with { type: "json" };

/** Cards in a row that are alike. */
export interface NetworkCards {
  readonly count: number;
  readonly interfaces: number;
  readonly kinds: readonly ("interface" | "efa" | "efa-only")[];
  readonly gbps: number;
}

/** One instance type; memory in MiB, prices in USD an hour. */
export interface InstanceType {
  readonly arch: "amd64" | "arm64";
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly gpu?: string;
  readonly gpus?: number;
  readonly gpuPartition?: number;
  readonly gpuMemoryMiB?: number;
  readonly efa?: number;
  readonly localNvmeGiB?: number;
  readonly bareMetal?: true;
  readonly previousGeneration?: true;
  readonly usage: readonly string[];
  readonly interfaces: number;
  readonly ipv4PerInterface: number;
  readonly defaultNetworkCard: number;
  readonly networkCards: readonly NetworkCards[];
  readonly allocatableCpu?: string;
  readonly allocatableMemory?: string;
  readonly pods?: number;
  readonly usdPerHourOnDemandUsEast1?: number;
}

export interface Region {
  readonly partition: string;
  readonly domain: string;
  readonly eks: boolean;
  readonly zones: readonly string[];
  readonly told: string | null;
}

export interface BottlerocketVariant {
  readonly first: string;
  readonly newest: string;
  readonly releases: readonly string[];
  readonly variants: readonly string[];
  readonly archs: readonly string[];
}

export interface Al2023Variant {
  readonly first: string;
  readonly newest: string;
  readonly releases: readonly string[];
  readonly variants: Readonly<Record<string, readonly string[]>>;
}

export interface EksVersion {
  readonly released: string;
  readonly standardSupportEnds: string;
  readonly extendedSupportEnds: string;
  readonly karpenterMinor: number;
  /** The ends follow from EKS's rule; no calendar that could be had tells them. */
  readonly computed?: boolean;
}

export interface AddOn {
  readonly namespace: string;
  readonly role?: {
    readonly namespace: string;
    readonly serviceAccount: string;
    readonly policies: readonly string[];
    readonly nodeRoleIsEnough: boolean;
  };
  readonly versions: Readonly<Record<string, readonly string[]>>;
}

type Table<T> = Readonly<Record<string, T>>;

/** Everything that is known from outside. */
export interface Catalogue {
  readonly instanceTypes: Table<InstanceType>;
  readonly regions: Table<Region>;
  /** Instance type → region → the numbers of its zones, `*` where they are not known. */
  readonly offerings: Table<Table<string>>;
  readonly prices: Table<Table<number>>;
  readonly bottlerocket: Table<BottlerocketVariant>;
  readonly al2023: Table<Al2023Variant>;
  /** Releases of AL2023 that AWS warns of, and why. */
  readonly avoid: Table<string>;
  readonly kubernetes: Table<EksVersion>;
  readonly karpenterReleases: readonly string[];
  /** USD an hour of a control plane. */
  readonly controlPlane: { readonly standard: number; readonly extended: number };
  readonly addOns: Table<AddOn>;
  /** AWS's own IAM policies with their path: `service-role/AmazonEBSCSIDriverPolicy`. */
  readonly managedPolicies: ReadonlySet<string>;
  readonly registries: Table<{ readonly partition: string; readonly account: string; readonly host: string }>;
}

export const CATALOGUE: Catalogue = {
  instanceTypes: instanceTypes.types as Table<unknown> as Table<InstanceType>,
  regions: offerings.regions,
  offerings: offerings.types as Table<unknown> as Table<Table<string>>,
  prices: prices.regions as Table<unknown> as Table<Table<number>>,
  bottlerocket: amis.bottlerocket,
  al2023: amis.al2023,
  avoid: amis.avoid,
  kubernetes: eks.versions,
  karpenterReleases: eks.karpenterReleases,
  controlPlane: eks.usdPerHour,
  addOns: addOns.addOns as Table<unknown> as Table<AddOn>,
  managedPolicies: new Set(
    Object.entries(managedPolicies.policies).flatMap(([path, names]) => names.map((name) => `${path.slice(1)}${name}`)),
  ),
  registries: registries.regions,
};

/** The versions of an add-on that EKS is known to offer for a version of Kubernetes, newest first. */
export function addOnVersions(name: string, kubernetes: string): readonly string[] {
  const versions = CATALOGUE.addOns[name]?.versions ?? {};
  return [...versions[kubernetes] ?? [], ...(CATALOGUE.kubernetes[kubernetes] ? versions.any ?? [] : [])];
}
