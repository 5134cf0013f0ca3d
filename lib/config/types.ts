/**
 * The one `Config` that every other room sees: resolved, no optionals but those whose absence means something.
 * Made by `resolve.ts` from what the user wrote (`input.ts`).
 */
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
  /** Registries whose content unitune gets from elsewhere, with the place. */
  readonly mirrors: Readonly<Record<string, string>>;
  /** AWS tags of everything. */
  readonly tags: Readonly<Record<string, string>>;
  /** The VPC. */
  readonly network: Network;
  /** The EKS cluster. */
  readonly cluster: Cluster;
  /** What every role has. */
  readonly iam: Iam;
  /** ARN of the user's own key for volumes of nodes; `null`: the account's default for EBS. */
  readonly ebsKey: string | null;
  /** What pods may do in AWS, sorted by namespace and ServiceAccount. */
  readonly access: readonly Rights[];
  /** What pods mount. */
  readonly storage: Storage;
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

/** A VPC that the config makes, or one that is there. */
export type Network = OwnNetwork | ExistingNetwork;

/** A VPC that the config makes. */
export interface OwnNetwork {
  /** Made by the stacks. */
  readonly kind: "own";
  /** Private IPv4 range. */
  readonly cidr: string;
  /** Ids of two or three zones, in the order of their subnets. */
  readonly zones: readonly string[];
  /** Ids of further zones, for nodes alone, in the order of their parts of the range. */
  readonly extraZones: readonly string[];
  /** NAT gateways. */
  readonly nat: "per-az" | "single" | "none";
  /** Nodes have no way to the Internet. */
  readonly isolated: boolean;
  /** How long flow logs are kept. */
  readonly flowLogDays: number;
  /** Services with an interface endpoint, sorted. */
  readonly endpoints: readonly string[];
}

/** A VPC that is there: nothing of it is made, tagged or removed. */
export interface ExistingNetwork {
  /** There before, and afterwards. */
  readonly kind: "existing";
  /** Its id. */
  readonly vpcId: string;
  /** In their order: the control plane and the system nodes are in the first two. */
  readonly privateSubnets: readonly string[];
  /** Nodes have no way to the Internet. */
  readonly isolated: boolean;
}

/** What every role has. */
export interface Iam {
  /** With `/` at both ends. */
  readonly rolePath: string;
  /** ARN of the policy that bounds it. */
  readonly permissionsBoundary: string | null;
}

/** Who reaches the API server from outside of the VPC: nobody, or named ranges. */
export type Endpoint =
  | { readonly kind: "private" }
  | { readonly kind: "public"; readonly publicFrom: readonly string[] };

/** The EKS cluster. */
export interface Cluster {
  /** Kubernetes version: `1.35`. */
  readonly version: string;
  /** After the end of standard support: EKS upgrades, or the cluster stays and costs more. */
  readonly supportPolicy: "standard" | "extended";
  /** Who reaches the API server. */
  readonly endpoint: Endpoint;
  /** Role or user ARNs that administer the cluster besides the caller. */
  readonly admins: readonly string[];
  /** Logs of the control plane, sorted. */
  readonly logs: { readonly types: readonly string[]; readonly retentionDays: number };
  /** ARN of the user's own key; `null`: one is made. */
  readonly kmsKey: string | null;
  /** Range of the addresses of Services; `null`: EKS chooses one. */
  readonly serviceCidr: string | null;
  /** The nodes on which Karpenter runs. */
  readonly systemNodes: SystemNodes;
  /** Sorted by name; holds those that every cluster has. */
  readonly addOns: readonly AddOn[];
}

/** The nodes on which Karpenter runs. */
export interface SystemNodes {
  /** All of one architecture. */
  readonly instanceTypes: readonly string[];
  /** Nodes. */
  readonly count: number;
  /** Data volume of a node. */
  readonly disk: Size;
  /** Of Bottlerocket, with its build: `1.66.0-1ad6b4a4`; `null`: the newest that EKS has when the nodes are created. */
  readonly release: string | null;
}

/** An EKS add-on. */
export interface AddOn {
  /** EKS's own name of it. */
  readonly name: string;
  /** `null`: the one that EKS chooses for the cluster's version when it makes the add-on. */
  readonly version: string | null;
  /** JSON. */
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
  /** Its chart: a reference with the version, and a digest where one is known. */
  readonly chart: string;
  /** The chart of its CRDs. */
  readonly crdChart: string;
  /** Image of its controller; without a digest the chart's own counts. */
  readonly controller: string;
  /** Replicas of its controller. */
  readonly replicas: number;
  /** Requests of a controller, and the limit of its memory. */
  readonly resources: { readonly cpu: string; readonly memory: Size; readonly memoryLimit: Size };
  /** All gates by name. */
  readonly gates: Readonly<Record<string, boolean>>;
}

/** Images of the device plugins. */
export interface DevicePlugins {
  /** Image reference; `null` where the region's registry is not known and no pool needs it. */
  readonly efa: string | null;
  /** Image reference. */
  readonly nvidia: string;
}

/** A pool of nodes without GPUs. */
export interface CpuPool extends PoolBase {
  /** Tells it from a GPU pool. */
  readonly kind: "cpu";
  /** Limit of the pool, in vCPUs; 0 with `replicas`. */
  readonly maxCpus: number;
  /** Instance categories (of young generations), families, or exact types. */
  readonly families: readonly string[];
  /** True for the pool that unitune adds for builds. */
  readonly builder: boolean;
}

/** A pool of nodes with GPUs. */
export interface GpuPool extends PoolBase {
  /** Tells it from a CPU pool. */
  readonly kind: "gpu";
  /** Karpenter's names of its GPUs. */
  readonly gpus: readonly string[];
  /** GPUs of one node; `null`: any number that the GPU comes in. */
  readonly gpusPerNode: number | null;
  /** Limit of the pool; 0 with `replicas`. */
  readonly maxGpus: number;
  /** Those of the presets that the pool may have. */
  readonly instanceTypes: readonly string[];
  /** Elastic Fabric Adapter between nodes. */
  readonly efa: boolean;
  /** Of each node, laid out in advance; empty: Karpenter attaches EFA when a pod asks for it. */
  readonly networkInterfaces: readonly NetworkInterface[];
  /** The placement group of its nodes: one that the stack creates for the pool, or an existing one. */
  readonly placementGroup: "cluster" | ExistingPlacementGroup | null;
  /** The capacity reservations that are used first. */
  readonly reservation: Reservation | null;
  /** How several pods share a GPU; `null`: each has its GPUs for itself. */
  readonly sharing: Sharing | null;
  /** Limit of the pool in nodes, in place of `maxGpus`, where GPUs are shared. */
  readonly maxNodes: number | null;
}

/** How several pods share a GPU: by turns, or each on a part, with Bottlerocket's names of the pool's GPUs. */
export type Sharing =
  | { readonly kind: "time-slicing"; readonly replicas: number }
  | { readonly kind: "mig"; readonly profile: string; readonly models: readonly string[] };
/** A network interface of a node, in Karpenter's words. */
export interface NetworkInterface {
  /** The network card that it is on, from 0. */
  readonly networkCardIndex: number;
  /** Its place on the card, from 0. */
  readonly deviceIndex: number;
  /** With an address and no EFA, or EFA and no address. */
  readonly interfaceType: "interface" | "efa-only";
}

/** A placement group that unitune did not create, by its name or its id. */
export type ExistingPlacementGroup = { readonly name: string } | { readonly id: string };

/** Capacity reservations, by id or by the tags they carry. */
export type Reservation =
  | { readonly ids: readonly string[] }
  | { readonly tags: Readonly<Record<string, string>>; readonly owner: string | null };

/** A group of nodes that come and go. */
export type Pool = CpuPool | GpuPool;

/** Where a value of the config was written: for errors and hints. */
export interface Place {
  /** Path of the file. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

/** What loading a config file gives. */
export interface LoadedConfig {
  /** The resolved config. */
  readonly config: Config;
  /** Absolute path of the file. */
  readonly file: string;
  /** Absolute path of its folder: the project root. */
  readonly root: string;
  /** Real paths of the further folders that what it names may lie in. */
  readonly allowed: readonly string[];
}
