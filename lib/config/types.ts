/**
 * The one `Config` that every other room sees: resolved, with `null` only where absence has a meaning.
 * `resolve/` creates it from what the user wrote (`input/`).
 */
import type { FilePlace } from "../core/errors.ts";
import type { Size } from "../core/units.ts";
import type { Builder, Image } from "./image_types.ts";
import type { PoolBase } from "./resolve/pool_defaults.ts";
import type { Rights, Storage } from "./rights_types.ts";

export type { Taint } from "../core/facts/taints.ts";
export type * from "./image_types.ts";
export type { Budget, CapacityType, PoolBase } from "./resolve/pool_defaults.ts";
export type * from "./rights_types.ts";

/** A config with every default filled in. */
export interface Config {
  /** Cluster name: the project's name, with `-<stage>` if there is a stage. */
  readonly name: string;
  /** The project's name, without the stage. */
  readonly project: string;
  /** The value of `--stage`. */
  readonly stage: string | null;
  /** AWS region. */
  readonly region: string;
  /** The only account that is accepted; `null`: any. */
  readonly account: string | null;
  /** Host of a registry → the mirror that is used instead. */
  readonly mirrors: Readonly<Record<string, string>>;
  /** AWS tags for every resource. */
  readonly tags: Readonly<Record<string, string>>;
  /** The VPC. */
  readonly network: Network;
  /** The EKS cluster. */
  readonly cluster: Cluster;
  /** Settings of every IAM role. */
  readonly iam: Iam;
  /** ARN of the user's own key for the volumes of nodes; `null`: the account's default key for EBS. */
  readonly ebsKey: string | null;
  /** What pods may do in AWS, sorted by namespace and ServiceAccount. */
  readonly access: readonly Rights[];
  /** What pods mount. */
  readonly storage: Storage;
  /** Karpenter. */
  readonly karpenter: Karpenter;
  /** Images of device plugins. */
  readonly devicePlugins: DevicePlugins;
  /** Sorted by name; includes the added pool `builder` if `builder.pool` is not set. */
  readonly pools: readonly Pool[];
  /** In build order: an image comes after all images that it needs; otherwise by name. */
  readonly images: readonly Image[];
  /** How images are built. */
  readonly builder: Builder;
}

/** A VPC that unitune creates, or an existing one. */
export type Network = OwnNetwork | ExistingNetwork;

/** A VPC that unitune creates. */
export interface OwnNetwork {
  /** Created by the stacks. */
  readonly kind: "own";
  /** Private IPv4 range. */
  readonly cidr: string;
  /** Ids of two or three zones, in the order of their subnets. */
  readonly zones: readonly string[];
  /** Ids of additional zones, for nodes only, in the order of their parts of the range. */
  readonly extraZones: readonly string[];
  /** NAT gateways. */
  readonly nat: "per-az" | "single" | "none";
  /** Whether nodes have no access to the Internet. */
  readonly isolated: boolean;
  /** How long flow logs are kept. */
  readonly flowLogDays: number;
  /** Services with an interface endpoint, sorted. */
  readonly endpoints: readonly string[];
}

/** An existing VPC: unitune creates, tags and deletes nothing in it. */
export interface ExistingNetwork {
  /** Not created by unitune. */
  readonly kind: "existing";
  /** Its id. */
  readonly vpcId: string;
  /** In their order: the control plane and the system nodes are in the first two. */
  readonly privateSubnets: readonly string[];
  /** Whether nodes have no access to the Internet. */
  readonly isolated: boolean;
}

/** Settings of every IAM role. */
export interface Iam {
  /** With `/` at both ends. */
  readonly rolePath: string;
  /** ARN of the policy that bounds it. */
  readonly permissionsBoundary: string | null;
}

/** Who can reach the API server from outside the VPC: nobody, or certain ranges. */
export type Endpoint =
  | { readonly kind: "private" }
  | { readonly kind: "public"; readonly publicFrom: readonly string[] };

/** The EKS cluster. */
export interface Cluster {
  /** Kubernetes version: `1.35`. */
  readonly version: string;
  /** After the end of standard support: EKS upgrades the cluster, or it stays and costs more. */
  readonly supportPolicy: "standard" | "extended";
  /** Who can reach the API server. */
  readonly endpoint: Endpoint;
  /** ARNs of roles or users that administer the cluster, besides the caller. */
  readonly admins: readonly string[];
  /** Logs of the control plane, sorted. */
  readonly logs: { readonly types: readonly string[]; readonly retentionDays: number };
  /** ARN of the user's own key; `null`: unitune creates one. */
  readonly kmsKey: string | null;
  /** Range of the addresses of Services; `null`: EKS chooses it. */
  readonly serviceCidr: string | null;
  /** The nodes for Karpenter and other add-ons. */
  readonly systemNodes: SystemNodes;
  /** Sorted by name; includes those that every cluster has. */
  readonly addOns: readonly AddOn[];
}

/** The nodes for Karpenter and other add-ons. */
export interface SystemNodes {
  /** All of one architecture. */
  readonly instanceTypes: readonly string[];
  /** Number of nodes. */
  readonly count: number;
  /** Data volume of a node. */
  readonly disk: Size;
  /** Bottlerocket release with its build, like `1.66.0-1ad6b4a4`; `null`: EKS's newest when the nodes are created. */
  readonly release: string | null;
}

/** An EKS add-on. */
export interface AddOn {
  /** Its name in EKS. */
  readonly name: string;
  /** `null`: the version that EKS chooses for the cluster when it creates the add-on. */
  readonly version: string | null;
  /** Configuration values as JSON. */
  readonly configuration: string | null;
  /** What its pods may do in AWS; `null`: nothing. */
  readonly role: Rights | null;
}

/** Karpenter. */
export interface Karpenter {
  /** Version of its charts. */
  readonly version: string;
  /** Image of Helm, which installs the charts. */
  readonly helmImage: string;
  /** Its chart: a reference with the version, and the digest if it is known. */
  readonly chart: string;
  /** The chart of its CRDs. */
  readonly crdChart: string;
  /** Image of its controller; if it has no digest, the chart's digest applies. */
  readonly controller: string;
  /** Number of replicas of its controller. */
  readonly replicas: number;
  /** Resource requests of each controller, and its memory limit. */
  readonly resources: { readonly cpu: string; readonly memory: Size; readonly memoryLimit: Size };
  /** All feature gates by name. */
  readonly gates: Readonly<Record<string, boolean>>;
}

/** Images of the device plugins. */
export interface DevicePlugins {
  /** Image reference; `null` if the region's registry is not known and no pool needs the image. */
  readonly efa: string | null;
  /** Image reference. */
  readonly nvidia: string;
}

/** A pool of nodes without GPUs. */
export interface CpuPool extends PoolBase {
  /** Distinguishes it from a GPU pool. */
  readonly kind: "cpu";
  /** Maximum vCPUs of the pool; 0 with `replicas`. */
  readonly maxCpus: number;
  /** Instance categories (recent generations only), families, or exact types. */
  readonly families: readonly string[];
  /** Whether it is the pool that unitune adds for builds. */
  readonly builder: boolean;
}

/** A pool of nodes with GPUs. */
export interface GpuPool extends PoolBase {
  /** Distinguishes it from a CPU pool. */
  readonly kind: "gpu";
  /** Karpenter's names for its GPUs. */
  readonly gpus: readonly string[];
  /** Number of GPUs per node; `null`: any number in which the GPU is available. */
  readonly gpusPerNode: number | null;
  /** Maximum GPUs of the pool; 0 with `replicas`. */
  readonly maxGpus: number;
  /** The types from the presets that the pool may use. */
  readonly instanceTypes: readonly string[];
  /** Whether nodes use the Elastic Fabric Adapter. */
  readonly efa: boolean;
  /** Interfaces of each node, configured in advance; empty: Karpenter attaches EFA when a pod requests it. */
  readonly networkInterfaces: readonly NetworkInterface[];
  /** The placement group of its nodes: one that the stack creates for the pool, or an existing one. */
  readonly placementGroup: "cluster" | ExistingPlacementGroup | null;
  /** The capacity reservations to use first. */
  readonly reservation: Reservation | null;
  /** How several pods share a GPU; `null`: GPUs are not shared. */
  readonly sharing: Sharing | null;
  /** Maximum nodes of the pool, which replaces `maxGpus` if GPUs are shared. */
  readonly maxNodes: number | null;
}

/** How pods share a GPU: they take turns, or each has a part. `models` are Bottlerocket's names for the pool's GPUs. */
export type Sharing =
  | { readonly kind: "time-slicing"; readonly replicas: number }
  | { readonly kind: "mig"; readonly profile: string; readonly models: readonly string[] };

/** A network interface of a node, as Karpenter writes it. */
export interface NetworkInterface {
  /** Index of its network card, from 0. */
  readonly networkCardIndex: number;
  /** Its index on the card, from 0. */
  readonly deviceIndex: number;
  /** An interface with an IP address, or EFA without one. */
  readonly interfaceType: "interface" | "efa-only";
}

/** An existing placement group, by its name or its id. */
export type ExistingPlacementGroup = { readonly name: string } | { readonly id: string };

/** Capacity reservations, by their ids or by their tags. */
export type Reservation =
  | { readonly ids: readonly string[] }
  | { readonly tags: Readonly<Record<string, string>>; readonly owner: string | null };

/** A pool of nodes that Karpenter scales with demand. */
export type Pool = CpuPool | GpuPool;

/** Where a value of the config was written, for errors and hints. */
export type Place = FilePlace;

/** A config file that has been loaded. */
export interface LoadedConfig {
  /** The resolved config. */
  readonly config: Config;
  /** Absolute path of the file. */
  readonly file: string;
  /** Absolute path of its folder: the project root. */
  readonly root: string;
  /** Real paths of additional folders in which files named in the config may lie. */
  readonly allowed: readonly string[];
}
