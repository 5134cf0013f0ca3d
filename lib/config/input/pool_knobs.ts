/** What the user writes about how a pool's nodes are set up: image pulls, user data, GPU sharing. */

/** How a pool's nodes are set up. */
export interface NodeKnobs {
  /** How images are pulled: several layers, and several parts of each, at a time (SOCI's parallel mode, which works with any image), or layer by layer, as containerd does. Parallel pulls need fast disks (local NVMe disks in a RAID0, or a `diskThroughput` of at least 600) and a registry that serves ranges, as ECR does; on AL2023 they are an experimental feature of nodeadm. Default: `"parallel"` on GPU nodes with Bottlerocket and fast disks, `"standard"` on others. Example: `"standard"`. */
  readonly imagePull?: "parallel" | "standard";
  /** User data that the nodes read at boot, in addition to what unitune and Karpenter write: settings in TOML for Bottlerocket; for AL2023 a NodeConfig in YAML, a shell script, or both as MIME parts. At most 12,000 bytes. It must not contain secrets: anyone who can read node classes and every pod that can reach the node's metadata can read it. Default: none. Example: `"[settings.kernel.sysctl]\n\"vm.max_map_count\" = \"262144\"\n"`. */
  readonly userData?: string;
}

/** Part of a GPU, as NVIDIA names it: sevenths of its processors, and memory. */
export type MigProfile = `${number}g.${number}gb`;

/** Several pods on one GPU: they take turns, or each has its own part. */
export type SharingInput = {
  /** Number of pods that take turns on a GPU, 2 to 48. Each sees all of the GPU's memory and is not isolated from the others. Example: `4`. */
  readonly timeSlicing: number;
  readonly mig?: never;
} | {
  /** Size of the equal parts into which every GPU is divided, each with its own processors and memory. Only for a100, h100, h200 and b200, and without NVLink between GPUs. Example: `"1g.10gb"`. */
  readonly mig: MigProfile;
  readonly timeSlicing?: never;
};

/** How a pool's GPUs are assigned to pods. */
export interface GpuKnobs {
  /** Lets several pods share one GPU, each requesting `nvidia.com/gpu: 1`. Requires Bottlerocket, no `efa`, and nodes that all have the same number of GPUs. Karpenter counts whole GPUs when it launches nodes, so a burst of pods can launch as many nodes as if each pod needed a whole GPU; those that stay empty are removed again. `maxGpus` therefore limits whole nodes, and `replicas` is the better choice. Default: GPUs are not shared. Example: `{ timeSlicing: 4 }`. */
  readonly sharing?: SharingInput;
}
