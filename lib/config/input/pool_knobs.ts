/** What the user writes of how a pool's nodes are set up: how images are pulled, who shares a GPU, user data. */

/** How a pool's nodes are set up. */
export interface NodeKnobs {
  /** How images are pulled: many parts of a layer and several layers at a time (SOCI's parallel mode, for images as they are), or layer by layer, as containerd does. Parallel needs fast disks, local NVMe in a RAID0 or `diskThroughput` of 600 and more, and a registry that serves ranges, as ECR does; on AL2023 it is an experiment of nodeadm. Default: `"parallel"` on GPU nodes with Bottlerocket and fast disks, `"standard"` on others. Example: `"standard"`. */
  readonly imagePull?: "parallel" | "standard";
  /** What the nodes read when they boot, besides what unitune and Karpenter write: settings in TOML for Bottlerocket; for AL2023 a NodeConfig in YAML, a shell script, or both as MIME parts. At most 12,000 bytes. No secrets: whoever may read node classes reads it, and every pod that reaches the node's metadata. Default: none. Example: `"[settings.kernel.sysctl]\n\"vm.max_map_count\" = \"262144\"\n"`. */
  readonly userData?: string;
}

/** Part of a GPU, as NVIDIA names it: seventh parts of its processors, and memory. */
export type MigProfile = `${number}g.${number}gb`;

/** Several pods on one GPU: by turns, or each on a part of its own. */
export type SharingInput = {
  /** Pods that take turns on a GPU, 2 to 48: each sees all of its memory, and nothing keeps one from another's. Example: `4`. */
  readonly timeSlicing: number;
  readonly mig?: never;
} | {
  /** Parts of one size that every GPU is cut into, each with processors and memory of its own; on a100, h100, h200 and b200, without NVLink between GPUs. Example: `"1g.10gb"`. */
  readonly mig: MigProfile;
  readonly timeSlicing?: never;
};

/** How a pool's GPUs are given out. */
export interface GpuKnobs {
  /** Several pods on one GPU, each asking for `nvidia.com/gpu: 1`, on Bottlerocket, without `efa`, on nodes with one number of GPUs. Karpenter counts whole GPUs when it launches nodes, so that a burst of pods launches up to a node for each whole GPU that they would take, and those that stay empty go again; `maxGpus` therefore limits whole nodes, and `replicas` is the better fit. Default: each pod has its GPUs for itself. Example: `{ timeSlicing: 4 }`. */
  readonly sharing?: SharingInput;
}
