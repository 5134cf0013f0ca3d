/** What the user writes of a pool, field by field. */
import type { Arch } from "../../core/names.ts";
import type { Duration, Size } from "../../core/units.ts";
import type { GpuKnobs, NodeKnobs } from "./pool_knobs.ts";
import type { EfaInstanceType, GpuInstanceType, GpuName, GpusPerNode } from "../gpus.ts";

/** A taint of a pool's nodes. */
export interface TaintInput {
  /** Key. Example: `"example.com/team"`. */
  readonly key: string;
  /** Default: `"true"`. */
  readonly value?: string;
  /** Default: `"NoSchedule"`. */
  readonly effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** Machine image of the nodes: a family, or a family and its exact release. */
export type Ami = "bottlerocket" | "al2023" | `bottlerocket@v${string}` | `al2023@v${string}`;

/** A limit of how many nodes go at once. */
export interface BudgetInput {
  /** Most nodes that go at once: a number, or a share of the pool. Example: `"10%"`, `2`, `0`. */
  readonly nodes: number | `${number}%`;
  /** What it limits. Default: all three. Example: `["Drifted"]`. */
  readonly reasons?: readonly ("Empty" | "Drifted" | "Underutilized")[];
  /** When it holds, in cron's five fields or `@daily`, UTC; together with `duration`. Default: always. Example: `"0 9 * * mon-fri"`. */
  readonly schedule?: string;
  /** For how long from each time of the schedule, 1m to 168h. Default: none, as without a schedule. Example: `"8h"`. */
  readonly duration?: `${number}${"m" | "h"}`;
}

/** Which nodes go to save money, and when. */
export interface ConsolidationInput {
  /** Which nodes go to save money. Default: `"WhenEmptyOrUnderutilized"`; on GPU nodes `"WhenEmpty"`. */
  readonly policy?: "WhenEmpty" | "WhenEmptyOrUnderutilized";
  /** How long after its last pod came or went, 0s to 168h, or `"Never"`. Default: `"1m"`; on GPU nodes `"5m"`. */
  readonly after?: Duration | "Never";
}

/** What every pool has. */
export interface PoolFields extends NodeKnobs {
  /** Labels of the nodes. Default: none but unitune's own. Example: `{ "example.com/team": "research" }`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Taints of the nodes, besides those that the kind of pool brings. Default: none. Example: `[{ key: "example.com/team", value: "research" }]`. */
  readonly taints?: readonly TaintInput[];
  /** Availability zones, by name or by id, not both. Default: all that the network has. Example: `["us-west-2a"]`, `["usw2-az1"]`. */
  readonly zones?: readonly string[];
  /** Throughput of the data volume in MiB/s, 125 to 2000. Default: 600 for builders, and for GPU nodes whose local disks are not in a RAID0; 125 for others. Example: `500`. */
  readonly diskThroughput?: number;
  /** IOPS of the data volume, 3000 to 80000. Default: 3000, or four for each MiB/s, as EBS asks for. Example: `6000`. */
  readonly diskIops?: number;
  /** Local NVMe disks, where an instance has them: one RAID0 for images and pods, or left alone. Default: `"raid0"` for GPU nodes, `"none"` for others. */
  readonly instanceStore?: "raid0" | "none";
  /** Machine image. A family alone is the release of it that this version of unitune pins for the cluster's Kubernetes version; `@latest` would roll nodes by surprise. Default: `"bottlerocket"`. Example: `"al2023@v20261023"`. */
  readonly ami?: Ami;
  /** When nodes go to save money. Default: a minute after they could be fewer; GPU nodes five after their last pod. Example: `{ policy: "WhenEmpty", after: "10m" }`. */
  readonly consolidation?: ConsolidationInput;
  /** How many nodes may go at once, at most 50; for each reason the smallest holds, and Karpenter rounds a share up, so that a tenth of one busy node is that node. Default: all empty ones, and a tenth of the others; no GPU node that only differs from its pool (`Drifted`), so that a new machine image or class reaches it when it is empty; on pools with spot capacity that images are built on, none but empty ones. Example: `[{ nodes: "100%", reasons: ["Empty"] }, { nodes: 1, reasons: ["Drifted"], schedule: "0 2 * * sat", duration: "8h" }]`. */
  readonly budgets?: readonly BudgetInput[];
  /** Age at which a node is replaced, 1h to 8760h, or `"Never"`. Default: `"720h"`; GPU nodes `"Never"`. */
  readonly expireAfter?: Duration | "Never";
  /** How long a draining node waits for its pods, 0s to 168h; then they end. Default: as long as they take. Example: `"30m"`. */
  readonly terminationGracePeriod?: Duration;
}

/** A pool that grows and shrinks with its pods, up to a limit; or one of a fixed number of nodes. */
export type Scale<Limit extends string> =
  | ({ readonly [K in Limit]: number } & {
    readonly replicas?: never;
    /** Pools with a higher weight, 1 to 100, are tried first. Default: none. Example: `10`. */
    readonly weight?: number;
  })
  | ({ readonly [K in Limit]?: never } & {
    /** Nodes that are always there, 1 to 1000; only with `karpenter.gates.staticCapacity`. Example: `2`. */
    readonly replicas: number;
    readonly weight?: never;
  });

/** Capacity without a reservation. Karpenter's preference is fixed, so the order is too. */
export type OpenCapacity =
  | readonly ["spot"]
  | readonly ["on-demand", ...OnDemandIsLast[]]
  | readonly ["spot", "on-demand"];
/** Nothing is this: its name is what an editor says of a wrong order. */
export interface OnDemandIsLast {
  /** Karpenter prefers what is reserved, then spot, then on-demand. */
  readonly [karpenterPrefers: symbol]: never;
}
/** Capacity that starts with a reservation. */
export type ReservedCapacity =
  | readonly ["reserved"]
  | readonly ["reserved", "spot"]
  | readonly ["reserved", "on-demand"]
  | readonly ["reserved", "spot", "on-demand"];

/** What a pool of nodes without GPUs has. */
export interface CpuPoolFields extends PoolFields {
  /** Processor architectures. Default: `["amd64"]`. */
  readonly arch?: readonly Arch[];
  /** What to buy. Default: `["spot", "on-demand"]`. */
  readonly capacity?: OpenCapacity;
  /** Data volume of a node, 20Gi to 16Ti. Default: `"100Gi"`; `"20Gi"` (AL2023: `"50Gi"`) where images and pods are on a RAID0 of local disks that every one of its types has. */
  readonly disk?: Size;
  /** Instance categories (`"c"`), families (`"c7i"`) or exact types (`"m7i.2xlarge"`): one sort. Default: `["c", "m", "r"]`. */
  readonly families?: readonly string[];
}

/** `maxCpus`: the limit of the pool in vCPUs, 1 to 100000. Example: `256`. */
export type CpuPoolInput = CpuPoolFields & Scale<"maxCpus">;

/** What a pool of nodes with GPUs has. */
export interface GpuPoolFields<G extends GpuName> extends PoolFields, GpuKnobs {
  /** Which GPU, or several for whichever is to be had, each at most once. MiB of one GPU, as EC2 counts them: t4 16384, a10g and l4 22888, rtx-pro-4500 32768, l40s 45776, h100 81920, rtx-pro-server-6000 98304, h200 144384, b200 183359, b300 275040; `a100` is one of `a100-40gb` and `a100-80gb`. Example: `"l40s"`, `["l40s", "a10g"]`. */
  readonly gpu: G | readonly [G, ...G[]];
  /** GPUs of one node. Default: any size that the GPU comes in. Example: `4`. */
  readonly gpusPerNode?: GpusPerNode<G>;
  /** Data volume of a node, 20Gi to 16Ti. Default: `"500Gi"`; `"20Gi"` (AL2023: `"50Gi"`) where images and pods are on a RAID0 of local disks that every one of its types has, as all of today's have. Example: `"1Ti"`. */
  readonly disk?: Size;
  /** EC2 puts nodes of one placement group near to each other: `"cluster"` for one that the stack creates for this pool, of the cluster strategy, in the zone of its first node; or an existing one, of any strategy. Default: none. Example: `"cluster"`, `{ name: "training" }`. */
  readonly placementGroup?: "cluster" | PlacementGroupInput;
}

/** What to buy, with a reservation or without. */
export type GpuCapacity = UnreservedGpuCapacity | ReservedGpuCapacity;

/** What to buy without a reservation. */
export interface UnreservedGpuCapacity {
  /** What to buy. Default: `["on-demand"]`. */
  readonly capacity?: OpenCapacity;
  /** Goes with `capacity: ["reserved"]`. */
  readonly reservation?: never;
}

/** What to buy with a reservation. */
export interface ReservedGpuCapacity {
  /** What to buy, a reservation first. Example: `["reserved", "on-demand"]`. */
  readonly capacity: ReservedCapacity;
  /** Capacity reservations or Capacity Blocks to use. Example: `{ ids: ["cr-0123456789abcdef0"] }`. */
  readonly reservation: ReservationInput;
}

/** Capacity reservations, by id or by the tags they carry. */
export type ReservationInput = {
  /** Ids. Example: `["cr-0123456789abcdef0"]`. */
  readonly ids: readonly `cr-${string}`[];
  readonly tags?: never;
  readonly owner?: never;
} | {
  /** Tags that they carry, 1 to 20. Example: `{ team: "research" }`. */
  readonly tags: Readonly<Record<string, string>>;
  /** The account that has them, 12 digits. Default: whichever, one's own or one that shares them with it. Example: `"123456789012"`. */
  readonly owner?: string;
  readonly ids?: never;
};

/** The network between nodes, and the instance types that have it. */
export type GpuNetwork<G extends GpuName> = PlainNetworkInput<G> | EfaInput<G>;

/** Nodes that reach each other by IP alone. */
export interface PlainNetworkInput<G extends GpuName> {
  /** Elastic Fabric Adapter between nodes. Default: `false`. */
  readonly efa?: false;
  /** Narrows the GPU's instance types to these. Default: all with the right number of GPUs. Example: `["g6e.12xlarge"]`. */
  readonly instanceTypes?: readonly GpuInstanceType<G>[];
}

/** Nodes that reach each other by EFA, or do so in some stages. */
export interface EfaInput<G extends GpuName> {
  /** Elastic Fabric Adapter between nodes: only instance types that have it, in one zone, which `zones` names unless the pool has a single reservation and nothing else, or `placementGroup: "cluster"`. A pool of one instance type has its interfaces laid out in advance, where EFA takes no addresses; in one of several types Karpenter attaches EFA to nodes for pods that ask for `vpc.amazonaws.com/efa`. Not with `replicas` and several types. Example: `true`. */
  readonly efa: boolean;
  /** Narrows the GPU's instance types to these. Default: all with EFA and the right number of GPUs. Example: `["g6e.12xlarge"]`. */
  readonly instanceTypes?: readonly EfaInstanceType<G>[];
}

/** A placement group that exists, by its name or by its id. */
export type PlacementGroupInput = {
  /** Its name. Example: `"training"`. */
  readonly name: string;
  readonly id?: never;
} | {
  /** Its id. Example: `"pg-0123456789abcdef0"`. */
  readonly id: `pg-${string}`;
  readonly name?: never;
};

/** `maxGpus`: the limit of the pool in GPUs, at least one node's, at most 10000. Example: `16`. */
export type GpuPoolInput<G extends GpuName = GpuName> =
  & GpuPoolFields<G>
  & GpuCapacity
  & GpuNetwork<G>
  & Scale<"maxGpus">;
