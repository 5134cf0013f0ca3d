/**
 * What every pool has, resolved, and what it is by default: the type of a field beside its value. A field whose value
 * is taken as it is written needs no more than that to be resolved.
 */
import { FAST_THROUGHPUT } from "../../core/facts/gp3.ts";
import type { Taint } from "../../core/facts/taints.ts";
import type { Size } from "../../core/units.ts";

/** What is bought. */
export type CapacityType = "reserved" | "spot" | "on-demand";

/** What every pool has. */
export interface PoolBase {
  /** Its key in `pools`. */
  readonly name: string;
  /** Processor architectures. */
  readonly arch: readonly ("amd64" | "arm64")[];
  /** In Karpenter's order. */
  readonly capacity: readonly CapacityType[];
  /** Data volume of a node. */
  readonly disk: Size;
  /** MiB/s of the data volume; `null`: the least that a volume has. */
  readonly diskThroughput: number | null;
  /** IOPS of the data volume; `null`: the least that a volume has. */
  readonly diskIops: number | null;
  /** What becomes of local NVMe disks. */
  readonly instanceStore: "raid0" | "none";
  /** `bottlerocket@v…` or `al2023@v…`. */
  readonly ami: string;
  /** Names, or ids; empty: all of the network. */
  readonly zones: readonly string[];
  /** Labels of the nodes, sorted. */
  readonly labels: Readonly<Record<string, string>>;
  /** Taints of the nodes. */
  readonly taints: readonly Taint[];
  /** Which nodes go to save money, and when. */
  readonly consolidation: { readonly policy: "WhenEmpty" | "WhenEmptyOrUnderutilized"; readonly after: string };
  /** How many nodes may go at once. */
  readonly budgets: readonly Budget[];
  /** Karpenter's duration, or `Never`. */
  readonly expireAfter: string;
  /** How long a draining node waits for its pods; `null`: as long as they take. */
  readonly terminationGracePeriod: string | null;
  /** Pools with a higher one are tried first. */
  readonly weight: number | null;
  /** A fixed number of nodes; `null`: the pool grows and shrinks. */
  readonly replicas: number | null;
  /** How images are pulled: many parts and layers at a time, or layer by layer. */
  readonly imagePull: "parallel" | "standard";
  /** What the nodes read when they boot, besides what unitune and Karpenter write. */
  readonly userData: string | null;
}

/** A limit of how many nodes go at once, in Karpenter's words. */
export interface Budget {
  /** A number, or a share. */
  readonly nodes: string;
  /** What it limits; without it, everything. */
  readonly reasons?: readonly string[];
  /** When it holds, in cron's fields; without it, always. */
  readonly schedule?: string;
  /** For how long, from each time of the schedule. */
  readonly duration?: string;
}

/** The fields that have a default by the kind of pool. */
export type Defaults = Omit<PoolBase, "name" | "arch" | "capacity">;

/** Empty nodes go at once; the others a tenth at a time. */
export const BUDGETS: readonly Budget[] = [
  { nodes: "100%", reasons: ["Empty"] },
  { nodes: "10%", reasons: ["Drifted", "Underutilized"] },
];

/**
 * Karpenter rounds a share up, so that a tenth of one node is that node, with the run on it. A node of another machine
 * image or class is replaced when it is empty.
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
  // Images of many GiB are pulled; gp3 allows it with its 3,000 IOPS.
  diskThroughput: FAST_THROUGHPUT,
  imagePull: "parallel",
  instanceStore: "raid0",
  // A node with a GPU is not emptied to save money, and waits a little for the next pod.
  consolidation: { policy: "WhenEmpty", after: "5m" },
  budgets: GPU_BUDGETS,
  // A training run may take longer than any age limit; expiry would end it.
  expireAfter: "Never",
};
