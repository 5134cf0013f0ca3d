/**
 * The fields of every pool, resolved, and their defaults. A field that is used exactly as the user writes it needs only
 * its type and its default here.
 */
import { FAST_THROUGHPUT } from "../../core/facts/gp3.ts";
import type { Taint } from "../../core/facts/taints.ts";
import type { Size } from "../../core/units.ts";

/** How EC2 capacity is bought. */
export type CapacityType = "reserved" | "spot" | "on-demand";

/** Fields of every pool. */
export interface PoolBase {
  /** Its key in `pools`. */
  readonly name: string;
  /** Processor architectures. */
  readonly arch: readonly ("amd64" | "arm64")[];
  /** In Karpenter's order. */
  readonly capacity: readonly CapacityType[];
  /** Data volume of a node. */
  readonly disk: Size;
  /** Throughput of the data volume in MiB/s; `null`: the minimum of EBS. */
  readonly diskThroughput: number | null;
  /** IOPS of the data volume; `null`: the minimum of EBS. */
  readonly diskIops: number | null;
  /** How local NVMe disks are used. */
  readonly instanceStore: "raid0" | "none";
  /** `bottlerocket@v…` or `al2023@v…`. */
  readonly ami: string;
  /** Names, or ids; empty: all zones of the network. */
  readonly zones: readonly string[];
  /** Labels of the nodes, sorted. */
  readonly labels: Readonly<Record<string, string>>;
  /** Taints of the nodes. */
  readonly taints: readonly Taint[];
  /** Which nodes Karpenter removes to save money, and when. */
  readonly consolidation: { readonly policy: "WhenEmpty" | "WhenEmptyOrUnderutilized"; readonly after: string };
  /** Limits on how many nodes are removed at once. */
  readonly budgets: readonly Budget[];
  /** Karpenter's duration, or `Never`. */
  readonly expireAfter: string;
  /** How long a draining node waits for its pods; `null`: until they finish. */
  readonly terminationGracePeriod: string | null;
  /** Pools with a higher weight are tried first. */
  readonly weight: number | null;
  /** A fixed number of nodes; `null`: the pool grows and shrinks. */
  readonly replicas: number | null;
  /** How images are pulled: several parts and layers at a time, or layer by layer. */
  readonly imagePull: "parallel" | "standard";
  /** User data that the nodes read at boot, in addition to what unitune and Karpenter write. */
  readonly userData: string | null;
}

/** A limit on how many nodes are removed at once, as Karpenter writes it. */
export interface Budget {
  /** A number, or a percentage. */
  readonly nodes: string;
  /** The reasons for removal that it limits; without it, all. */
  readonly reasons?: readonly string[];
  /** When it starts to apply, in cron's fields; without it, it always applies. */
  readonly schedule?: string;
  /** How long it applies after each time in the schedule. */
  readonly duration?: string;
}

/** The fields whose default depends on the kind of pool. */
export type Defaults = Omit<PoolBase, "name" | "arch" | "capacity">;

/** All empty nodes are removed at once, the others a tenth at a time. */
export const BUDGETS: readonly Budget[] = [
  { nodes: "100%", reasons: ["Empty"] },
  { nodes: "10%", reasons: ["Drifted", "Underutilized"] },
];

/**
 * Karpenter rounds percentages up, so 10% of one node is that node, with the training run on it. A node whose machine
 * image or class has changed is replaced only when it is empty.
 */
const GPU_BUDGETS: readonly Budget[] = [
  { nodes: "100%", reasons: ["Empty"] },
  { nodes: "0", reasons: ["Drifted"] },
  { nodes: "10%", reasons: ["Underutilized"] },
];

export const CPU_DEFAULTS: Defaults = {
  disk: "100Gi",
  diskThroughput: null,
  diskIops: null,
  instanceStore: "none",
  ami: "bottlerocket",
  zones: [],
  labels: {},
  taints: [],
  consolidation: { policy: "WhenEmptyOrUnderutilized", after: "1m" },
  budgets: BUDGETS,
  expireAfter: "720h",
  terminationGracePeriod: null,
  weight: null,
  replicas: null,
  imagePull: "standard",
  userData: null,
};

export const GPU_DEFAULTS: Defaults = {
  ...CPU_DEFAULTS,
  disk: "500Gi",
  // For pulling images of many GiB; gp3 allows this throughput with its default 3,000 IOPS.
  diskThroughput: FAST_THROUGHPUT,
  imagePull: "parallel",
  instanceStore: "raid0",
  // A GPU node is not drained to save money, and an empty one waits a little for the next pod.
  consolidation: { policy: "WhenEmpty", after: "5m" },
  budgets: GPU_BUDGETS,
  // A training run may take longer than any age limit, and expiry would stop it.
  expireAfter: "Never",
};
