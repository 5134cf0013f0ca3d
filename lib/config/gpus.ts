/**
 * GPU presets: the instance types behind each name, with GPUs and EFA interfaces of one node.
 * Bare-metal sizes are left out: they take many minutes to boot. `efa: 0`: unitune asks for none there.
 */
export interface GpuSize {
  readonly type: string;
  readonly gpus: number;
  readonly efa: number;
}

export const GPUS = {
  t4: [
    { type: "g4dn.xlarge", gpus: 1, efa: 0 },
    { type: "g4dn.2xlarge", gpus: 1, efa: 0 },
    { type: "g4dn.4xlarge", gpus: 1, efa: 0 },
    { type: "g4dn.8xlarge", gpus: 1, efa: 0 },
    { type: "g4dn.16xlarge", gpus: 1, efa: 0 },
    { type: "g4dn.12xlarge", gpus: 4, efa: 0 },
  ],
  a10g: [
    { type: "g5.xlarge", gpus: 1, efa: 0 },
    { type: "g5.2xlarge", gpus: 1, efa: 0 },
    { type: "g5.4xlarge", gpus: 1, efa: 0 },
    { type: "g5.8xlarge", gpus: 1, efa: 0 },
    { type: "g5.16xlarge", gpus: 1, efa: 0 },
    { type: "g5.12xlarge", gpus: 4, efa: 0 },
    { type: "g5.24xlarge", gpus: 4, efa: 0 },
    { type: "g5.48xlarge", gpus: 8, efa: 0 },
  ],
  l4: [
    { type: "g6.xlarge", gpus: 1, efa: 0 },
    { type: "g6.2xlarge", gpus: 1, efa: 0 },
    { type: "g6.4xlarge", gpus: 1, efa: 0 },
    { type: "g6.8xlarge", gpus: 1, efa: 0 },
    { type: "g6.16xlarge", gpus: 1, efa: 0 },
    { type: "g6.12xlarge", gpus: 4, efa: 0 },
    { type: "g6.24xlarge", gpus: 4, efa: 0 },
    { type: "g6.48xlarge", gpus: 8, efa: 0 },
  ],
  l40s: [
    { type: "g6e.xlarge", gpus: 1, efa: 0 },
    { type: "g6e.2xlarge", gpus: 1, efa: 0 },
    { type: "g6e.4xlarge", gpus: 1, efa: 0 },
    { type: "g6e.8xlarge", gpus: 1, efa: 0 },
    { type: "g6e.16xlarge", gpus: 1, efa: 0 },
    { type: "g6e.12xlarge", gpus: 4, efa: 0 },
    { type: "g6e.24xlarge", gpus: 4, efa: 0 },
    { type: "g6e.48xlarge", gpus: 8, efa: 4 },
  ],
  // Counts follow from AWS's prices by size; those with several GPUs have EFA, whose numbers are not pinned yet.
  "rtx-pro-server-6000": [
    { type: "g7e.2xlarge", gpus: 1, efa: 0 },
    { type: "g7e.4xlarge", gpus: 1, efa: 0 },
    { type: "g7e.8xlarge", gpus: 1, efa: 0 },
    { type: "g7e.12xlarge", gpus: 2, efa: 0 },
    { type: "g7e.24xlarge", gpus: 4, efa: 0 },
    { type: "g7e.48xlarge", gpus: 8, efa: 0 },
  ],
  a100: [
    { type: "p4d.24xlarge", gpus: 8, efa: 4 },
    { type: "p4de.24xlarge", gpus: 8, efa: 4 },
  ],
  h100: [
    { type: "p5.4xlarge", gpus: 1, efa: 0 },
    { type: "p5.48xlarge", gpus: 8, efa: 32 },
  ],
  h200: [
    { type: "p5e.48xlarge", gpus: 8, efa: 32 },
    { type: "p5en.48xlarge", gpus: 8, efa: 16 },
  ],
  b200: [{ type: "p6-b200.48xlarge", gpus: 8, efa: 8 }],
  b300: [{ type: "p6-b300.48xlarge", gpus: 8, efa: 16 }],
} as const satisfies Readonly<Record<string, readonly GpuSize[]>>;

/** Names of the GPUs with a preset. */
export const GPU_NAMES: readonly GpuName[] = Object.keys(GPUS) as GpuName[];

/** @internal */
type Presets = typeof GPUS;
/** A GPU with a preset. */
export type GpuName = keyof Presets;
/** @internal */
type SizeOf<G extends GpuName> = Presets[G][number];
/** GPUs that one node of this kind can have. */
export type GpusPerNode<G extends GpuName> = SizeOf<G>["gpus"];
/** Instance types with this GPU. */
export type GpuInstanceType<G extends GpuName> = SizeOf<G>["type"];
/** GPUs with at least one instance type that has EFA. */
export type EfaGpuName = { [G in GpuName]: Exclude<SizeOf<G>["efa"], 0> extends never ? never : G }[GpuName];

export function isGpuName(name: string): name is GpuName {
  return Object.hasOwn(GPUS, name);
}
