/**
 * The one `Config` that every other room sees: resolved, no optionals but those whose absence means something.
 * Made by `resolve.ts` from what the user wrote (`input.ts`).
 */
import type { Platform } from "../core/names.ts";
import type { Size } from "../core/units.ts";

/** A config with every default filled in. */
export interface Config {
  /** Cluster name: the project's, with `-<stage>` when a stage was named. */
  readonly name: string;
  /** The project's name, without the stage. */
  readonly project: string;
  /** The stage, if one was named. */
  readonly stage: string | null;
  /** AWS region. */
  readonly region: string;
  /** Guard: another account is refused. */
  readonly account: string | null;
  /** AWS tags of everything. */
  readonly tags: Readonly<Record<string, string>>;
  /** The VPC. */
  readonly network: Network;
  /** The EKS cluster. */
  readonly cluster: Cluster;
  /** What every role has. */
  readonly iam: Iam;
  /** Karpenter. */
  readonly karpenter: Karpenter;
  /** Images of device plugins. */
  readonly devicePlugins: DevicePlugins;
  /** Sorted by name; holds the added pool `builder` when `builder.pool` was not set. */
  readonly pools: readonly Pool[];
  /** In build order: an image comes after all that it needs; ties by name. */
  readonly images: readonly Image[];
  /** How images are built. */
  readonly builder: Builder;
}

export interface Network {
  readonly cidr: string;
  readonly azs: 2 | 3;
  readonly nat: "per-az" | "single" | "none";
  readonly flowLogDays: number;
  /** Services with an interface endpoint, sorted. */
  readonly endpoints: readonly string[];
}

export interface Iam {
  readonly rolePath: string;
  readonly permissionsBoundary: string | null;
}

export type Endpoint =
  | { readonly kind: "private" }
  | { readonly kind: "public"; readonly publicFrom: readonly string[] };

export interface Cluster {
  readonly version: string;
  readonly endpoint: Endpoint;
  /** Role or user ARNs that administer the cluster besides the caller. */
  readonly admins: readonly string[];
  readonly logs: { readonly types: readonly string[]; readonly retentionDays: number };
  /** ARN of the user's own key; `null`: one is made. */
  readonly kmsKey: string | null;
  readonly systemNodes: SystemNodes;
  /** Sorted by name; holds those that every cluster has. */
  readonly addOns: readonly AddOn[];
}

export interface SystemNodes {
  readonly instanceTypes: readonly string[];
  readonly count: number;
  readonly disk: Size;
}

export interface AddOn {
  readonly name: string;
  /** `null`: the one that EKS has for the cluster's version. */
  readonly version: string | null;
  /** JSON. */
  readonly configuration: string | null;
}

export interface Karpenter {
  readonly version: string;
  readonly replicas: number;
  readonly resources: { readonly cpu: string; readonly memory: Size; readonly memoryLimit: Size };
  /** All gates by name. */
  readonly gates: Readonly<Record<string, boolean>>;
}

/** Images of the device plugins. */
export interface DevicePlugins {
  readonly efa: string;
  readonly nvidia: string;
}

export type CapacityType = "reserved" | "spot" | "on-demand";

/** What every pool has. */
export interface PoolBase {
  readonly name: string;
  readonly arch: readonly ("amd64" | "arm64")[];
  readonly capacity: readonly CapacityType[];
  readonly disk: Size;
  /** MiB/s and IOPS of the data volume; `null`: the least that a volume has. */
  readonly diskThroughput: number | null;
  readonly diskIops: number | null;
  readonly instanceStore: "raid0" | "none";
  /** `bottlerocket@v…` or `al2023@v…`. */
  readonly ami: string;
  /** Names, or ids; empty: all of the network. */
  readonly zones: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly consolidation: { readonly policy: "WhenEmpty" | "WhenEmptyOrUnderutilized"; readonly after: string };
  readonly budgets: readonly Budget[];
  /** Karpenter's duration, or `Never`. */
  readonly expireAfter: string;
  readonly terminationGracePeriod: string | null;
  readonly weight: number | null;
  /** A fixed number of nodes; `null`: the pool grows and shrinks. */
  readonly replicas: number | null;
}

export interface Budget {
  readonly nodes: string;
  readonly reasons?: readonly string[];
  readonly schedule?: string;
  readonly duration?: string;
}

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

export interface CpuPool extends PoolBase {
  readonly kind: "cpu";
  /** Limit of the pool, in vCPUs; 0 with `replicas`. */
  readonly maxCpus: number;
  /** Instance categories (of young generations), families, or exact types. */
  readonly families: readonly string[];
  /** True for the pool that unitune adds for builds. */
  readonly builder: boolean;
}

export interface GpuPool extends PoolBase {
  readonly kind: "gpu";
  /** Name of the preset, as in `GPUS`. */
  readonly gpu: string;
  readonly gpusPerNode: number | null;
  /** Limit of the pool; 0 with `replicas`. */
  readonly maxGpus: number;
  readonly instanceTypes: readonly string[];
  readonly efa: boolean;
  readonly reservation: Reservation | null;
}

export type Reservation =
  | { readonly ids: readonly string[] }
  | { readonly tags: Readonly<Record<string, string>>; readonly owner: string | null };

export type Pool = CpuPool | GpuPool;

/** An image of the config. */
export interface Image {
  readonly name: string;
  /** ECR repository. */
  readonly repository: string;
  /** Absolute real path of the context's folder. */
  readonly context: string;
  /** Path of the Dockerfile, relative to the context, `/` between parts. */
  readonly dockerfile: string;
  /** Path of the ignore file, as the Dockerfile's; `null`: the one that BuildKit looks for. */
  readonly ignoreFile: string | null;
  readonly target: string | null;
  readonly args: Readonly<Record<string, string>>;
  /** Name in the Dockerfile's `FROM` → name of the image. */
  readonly needs: Readonly<Record<string, string>>;
  readonly platforms: readonly Platform[];
  readonly tags: readonly ImageTag[];
  readonly labels: Readonly<Record<string, string>>;
  /** Requests of the build container. */
  readonly resources: { readonly cpu: string; readonly memory: Size };
  readonly cache: "max" | "min" | "none";
  readonly timeoutSeconds: number;
}

export interface ImageTag {
  readonly name: string;
  /** May it be moved to another digest? Such tags are excluded from the repository's immutability. */
  readonly moves: boolean;
}

export interface Builder {
  /** Name of the pool that builds run on. */
  readonly pool: string;
  /** Builds at the same time. */
  readonly concurrency: number;
  readonly rootless: boolean;
  /** Image reference of BuildKit. */
  readonly image: string;
  readonly ttlSeconds: number;
}

/** Where a value of the config was written: for errors and hints. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What loading a config file gives. */
export interface LoadedConfig {
  /** The resolved config. */
  readonly config: Config;
  /** Absolute path of the file, and of its folder: the project root. */
  readonly file: string;
  readonly root: string;
}
