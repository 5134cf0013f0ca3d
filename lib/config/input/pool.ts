/** What the user writes about a pool, field by field. */
import type { Arch } from "../../core/names.ts";
import type { Duration, Size } from "../../core/units.ts";
import type { GpuKnobs, NodeKnobs } from "./pool_knobs.ts";
import type { EfaInstanceType, GpuInstanceType, GpuName, GpusPerNode } from "../gpus.ts";

/** A taint of a pool's nodes. */
export interface TaintInput {
  /** Key. Example: `"example.com/team"`. */
  readonly key: string;
  /** Value. Default: `"true"`. */
  readonly value?: string;
  /** What happens to pods that do not tolerate the taint. Default: `"NoSchedule"`. */
  readonly effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** Machine image of the nodes: a family, or a family with an exact release. */
export type Ami = "bottlerocket" | "al2023" | `bottlerocket@v${string}` | `al2023@v${string}`;

/** A limit on how many nodes are removed at once. */
export interface BudgetInput {
  /** Maximum number of nodes removed at once: a number, or a percentage of the pool. Example: `"10%"`, `2`, `0`. */
  readonly nodes: number | `${number}%`;
  /** The reasons for removal that it limits. Default: all three. Example: `["Drifted"]`. */
  readonly reasons?: readonly ("Empty" | "Drifted" | "Underutilized")[];
  /** When the budget starts to apply, in cron's five fields or `@daily`, UTC; requires `duration`. Default: it always applies. Example: `"0 9 * * mon-fri"`. */
  readonly schedule?: string;
  /** How long the budget applies after each time in `schedule`, 1m to 168h; requires `schedule`. Default: none. Example: `"8h"`. */
  readonly duration?: `${number}${"m" | "h"}`;
}

/** Which nodes Karpenter removes to save money, and when. */
export interface ConsolidationInput {
  /** Which nodes to remove. Default: `"WhenEmptyOrUnderutilized"`; for GPU nodes `"WhenEmpty"`. */
  readonly policy?: "WhenEmpty" | "WhenEmptyOrUnderutilized";
  /** How long to wait after a pod was last added to or removed from the node, 0s to 168h, or `"Never"`. Default: `"1m"`; for GPU nodes `"5m"`. */
  readonly after?: Duration | "Never";
}

/** Fields of every pool. */
export interface PoolFields extends NodeKnobs {
  /** Labels of the nodes. Default: only unitune's own. Example: `{ "example.com/team": "research" }`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Taints of the nodes, in addition to those that every pool of this kind has. Default: none. Example: `[{ key: "example.com/team", value: "research" }]`. */
  readonly taints?: readonly TaintInput[];
  /** Availability zones, either by name or by id. Default: all zones of the network. Example: `["us-west-2a"]`, `["usw2-az1"]`. */
  readonly zones?: readonly string[];
  /** Throughput of the data volume in MiB/s, 125 to 2000. Default: 600 for the builder pool that unitune adds, and for GPU nodes whose local disks are not in a RAID0; 125 for others. Example: `500`. */
  readonly diskThroughput?: number;
  /** IOPS of the data volume, 3000 to 80000. Default: 3000, or four per MiB/s if that is more, as EBS requires. Example: `6000`. */
  readonly diskIops?: number;
  /** What to do with local NVMe disks, on instances that have them: combine them into one RAID0 for images and pods, or leave them unused. Default: `"raid0"` for GPU nodes, `"none"` for others. */
  readonly instanceStore?: "raid0" | "none";
  /** Machine image. A family without a release means the release that this version of unitune pins for the cluster's Kubernetes version. `@latest` is not allowed, because it would replace nodes unexpectedly. Default: `"bottlerocket"`. Example: `"al2023@v20261023"`. */
  readonly ami?: Ami;
  /** When Karpenter removes nodes to save money. Default: one minute after fewer or smaller nodes would do; for GPU nodes, five minutes after their last pod has gone. Example: `{ policy: "WhenEmpty", after: "10m" }`. */
  readonly consolidation?: ConsolidationInput;
  /** Limits on how many nodes are removed at once, at most 50 budgets. For each reason the strictest budget applies. Karpenter rounds percentages up, so 10% of one busy node is that node. Default: all empty nodes, and 10% of the others; GPU nodes that only differ from their pool (`Drifted`) are kept until they are empty, and then get a new machine image or class; pools with spot capacity that images are built on lose only empty nodes. Example: `[{ nodes: "100%", reasons: ["Empty"] }, { nodes: 1, reasons: ["Drifted"], schedule: "0 2 * * sat", duration: "8h" }]`. */
  readonly budgets?: readonly BudgetInput[];
  /** Age at which a node is replaced, 1h to 8760h, or `"Never"`. Default: `"720h"`; for GPU nodes `"Never"`. */
  readonly expireAfter?: Duration | "Never";
  /** How long a draining node waits for its pods before it stops them, 0s to 168h. Default: until they finish. Example: `"30m"`. */
  readonly terminationGracePeriod?: Duration;
}

/** A pool that grows and shrinks with its pods, up to a limit; or a pool with a fixed number of nodes. */
export type Scale<Limit extends string> =
  | ({ readonly [K in Limit]: number } & {
    readonly replicas?: never;
    /** Weight, 1 to 100. Pools with a higher weight are tried first. Default: none. Example: `10`. */
    readonly weight?: number;
  })
  | ({ readonly [K in Limit]?: never } & {
    /** Fixed number of nodes, 1 to 1000; requires `karpenter.gates.staticCapacity`. Example: `2`. */
    readonly replicas: number;
    readonly weight?: never;
  });

/** Capacity without a reservation. The order must match Karpenter's fixed order of preference. */
export type OpenCapacity =
  | readonly ["spot"]
  | readonly ["on-demand", ...OnDemandIsLast[]]
  | readonly ["spot", "on-demand"];
/** No value has this type: editors show its name when the order is wrong. */
export interface OnDemandIsLast {
  /** Karpenter prefers reserved capacity, then spot, then on-demand. */
  readonly [karpenterPrefers: symbol]: never;
}
/** Capacity that starts with a reservation. */
export type ReservedCapacity =
  | readonly ["reserved"]
  | readonly ["reserved", "spot"]
  | readonly ["reserved", "on-demand"]
  | readonly ["reserved", "spot", "on-demand"];

/** Fields of a pool of nodes without GPUs. */
export interface CpuPoolFields extends PoolFields {
  /** Processor architectures. Default: `["amd64"]`. */
  readonly arch?: readonly Arch[];
  /** Types of capacity to use. Default: `["spot", "on-demand"]`. */
  readonly capacity?: OpenCapacity;
  /** Data volume of a node, 20Gi to 16Ti. Default: `"100Gi"`; `"20Gi"` (AL2023: `"50Gi"`) if images and pods are on a RAID0 of local disks, which all of the pool's types must have. */
  readonly disk?: Size;
  /** Instance categories (`"c"`), families (`"c7i"`) or exact types (`"m7i.2xlarge"`), not mixed. Default: `["c", "m", "r"]`. */
  readonly families?: readonly string[];
}

/** `maxCpus`: maximum vCPUs of the pool, 1 to 100000. Example: `256`. */
export type CpuPoolInput = CpuPoolFields & Scale<"maxCpus">;

/** Fields of a pool of nodes with GPUs. */
export interface GpuPoolFields<G extends GpuName> extends PoolFields, GpuKnobs {
  /** The GPU, or a list of GPUs of which any may be used, each at most once. Memory of one GPU in MiB, as EC2 reports it: t4 16384, a10g and l4 22888, rtx-pro-4500 32768, l40s 45776, h100 81920, rtx-pro-server-6000 98304, h200 144384, b200 183359, b300 275040; `a100` means either `a100-40gb` or `a100-80gb`. Example: `"l40s"`, `["l40s", "a10g"]`. */
  readonly gpu: G | readonly [G, ...G[]];
  /** Number of GPUs per node. Default: any number in which the GPU is available. Example: `4`. */
  readonly gpusPerNode?: GpusPerNode<G>;
  /** Data volume of a node, 20Gi to 16Ti. Default: `"500Gi"`; `"20Gi"` (AL2023: `"50Gi"`) if images and pods are on a RAID0 of local disks, which all of today's GPU types have. Example: `"1Ti"`. */
  readonly disk?: Size;
  /** Placement group of the nodes, by which EC2 places them close to each other: `"cluster"` for a group with the cluster strategy that the stack creates for this pool, in the zone of its first node; or an existing group with any strategy. Default: none. Example: `"cluster"`, `{ name: "training" }`. */
  readonly placementGroup?: "cluster" | PlacementGroupInput;
}

/** Types of capacity to use, with or without a reservation. */
export type GpuCapacity = UnreservedGpuCapacity | ReservedGpuCapacity;

/** Types of capacity to use without a reservation. */
export interface UnreservedGpuCapacity {
  /** Types of capacity to use. Default: `["on-demand"]`. */
  readonly capacity?: OpenCapacity;
  /** Requires `capacity: ["reserved"]`. */
  readonly reservation?: never;
}

/** Types of capacity to use with a reservation. */
export interface ReservedGpuCapacity {
  /** Types of capacity to use, `"reserved"` first. Example: `["reserved", "on-demand"]`. */
  readonly capacity: ReservedCapacity;
  /** Capacity reservations or Capacity Blocks to use. Example: `{ ids: ["cr-0123456789abcdef0"] }`. */
  readonly reservation: ReservationInput;
}

/** Capacity reservations, by their ids or by their tags. */
export type ReservationInput = {
  /** Ids of the reservations. Example: `["cr-0123456789abcdef0"]`. */
  readonly ids: readonly `cr-${string}`[];
  readonly tags?: never;
  readonly owner?: never;
} | {
  /** Tags of the reservations, 1 to 20. Example: `{ team: "research" }`. */
  readonly tags: Readonly<Record<string, string>>;
  /** The account that owns the reservations, 12 digits. Default: any, your own account or one that shares reservations with it. Example: `"123456789012"`. */
  readonly owner?: string;
  readonly ids?: never;
};

/** The network between nodes, and the instance types that support it. */
export type GpuNetwork<G extends GpuName> = PlainNetworkInput<G> | EfaInput<G>;

/** Nodes that reach each other over IP only. */
export interface PlainNetworkInput<G extends GpuName> {
  /** Whether nodes use the Elastic Fabric Adapter. Default: `false`. */
  readonly efa?: false;
  /** Restricts the pool to these of the GPU's instance types. Default: all types with the right number of GPUs. Example: `["g6e.12xlarge"]`. */
  readonly instanceTypes?: readonly GpuInstanceType<G>[];
}

/** Nodes that reach each other over EFA, always or in some stages. */
export interface EfaInput<G extends GpuName> {
  /** Whether nodes use the Elastic Fabric Adapter. The pool then has only instance types with EFA and lies in one zone, which `zones` must name unless a single reservation is the pool's only capacity or it has `placementGroup: "cluster"`. In a pool with one instance type, the network interfaces are configured in advance, and EFA uses no IP addresses; with several types, Karpenter attaches EFA to nodes for pods that request `vpc.amazonaws.com/efa`. A pool with several types cannot have `replicas`. Example: `true`. */
  readonly efa: boolean;
  /** Restricts the pool to these of the GPU's instance types. Default: all types with EFA and the right number of GPUs. Example: `["g6e.12xlarge"]`. */
  readonly instanceTypes?: readonly EfaInstanceType<G>[];
}

/** An existing placement group, by its name or by its id. */
export type PlacementGroupInput = {
  /** Its name. Example: `"training"`. */
  readonly name: string;
  readonly id?: never;
} | {
  /** Its id. Example: `"pg-0123456789abcdef0"`. */
  readonly id: `pg-${string}`;
  readonly name?: never;
};

/** `maxGpus`: maximum GPUs of the pool, at least those of one node, at most 10000. Example: `16`. */
export type GpuPoolInput<G extends GpuName = GpuName> =
  & GpuPoolFields<G>
  & GpuCapacity
  & GpuNetwork<G>
  & Scale<"maxGpus">;
