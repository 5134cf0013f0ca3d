/**
 * GPU presets: the instance types of each GPU, with the number of GPUs and EFA interfaces per node.
 *
 * Source: `ec2:DescribeInstanceTypes`, recorded in `tests/facts/instance-types.json`; a test compares every type.
 * Not included: bare-metal sizes, which take many minutes to boot; and g6f and gr6f, which have a part of an L4: EC2
 * counts no GPU there, so Karpenter offers no `nvidia.com/gpu` and never places a pod that requests one on them.
 */
export interface GpuSize {
  readonly type: string;
  readonly gpus: number;
  readonly efa: number;
}

/** @internal */
const A100_40GB = [{ type: "p4d.24xlarge", gpus: 8, efa: 4 }] as const;
/** @internal */
const A100_80GB = [{ type: "p4de.24xlarge", gpus: 8, efa: 4 }] as const;

export const GPUS = {
  t4: [
    { type: "g4dn.xlarge", gpus: 1, efa: 0 },
    { type: "g4dn.2xlarge", gpus: 1, efa: 0 },
    { type: "g4dn.4xlarge", gpus: 1, efa: 0 },
    { type: "g4dn.8xlarge", gpus: 1, efa: 1 },
    { type: "g4dn.16xlarge", gpus: 1, efa: 1 },
    { type: "g4dn.12xlarge", gpus: 4, efa: 1 },
  ],
  a10g: [
    { type: "g5.xlarge", gpus: 1, efa: 0 },
    { type: "g5.2xlarge", gpus: 1, efa: 0 },
    { type: "g5.4xlarge", gpus: 1, efa: 0 },
    { type: "g5.8xlarge", gpus: 1, efa: 1 },
    { type: "g5.16xlarge", gpus: 1, efa: 1 },
    { type: "g5.12xlarge", gpus: 4, efa: 1 },
    { type: "g5.24xlarge", gpus: 4, efa: 1 },
    { type: "g5.48xlarge", gpus: 8, efa: 1 },
  ],
  l4: [
    { type: "g6.xlarge", gpus: 1, efa: 0 },
    { type: "g6.2xlarge", gpus: 1, efa: 0 },
    { type: "g6.4xlarge", gpus: 1, efa: 0 },
    { type: "gr6.4xlarge", gpus: 1, efa: 0 },
    { type: "g6.8xlarge", gpus: 1, efa: 1 },
    { type: "gr6.8xlarge", gpus: 1, efa: 1 },
    { type: "g6.16xlarge", gpus: 1, efa: 1 },
    { type: "g6.12xlarge", gpus: 4, efa: 1 },
    { type: "g6.24xlarge", gpus: 4, efa: 1 },
    { type: "g6.48xlarge", gpus: 8, efa: 1 },
  ],
  l40s: [
    { type: "g6e.xlarge", gpus: 1, efa: 0 },
    { type: "g6e.2xlarge", gpus: 1, efa: 0 },
    { type: "g6e.4xlarge", gpus: 1, efa: 0 },
    { type: "g6e.8xlarge", gpus: 1, efa: 1 },
    { type: "g6e.16xlarge", gpus: 1, efa: 1 },
    { type: "g6e.12xlarge", gpus: 4, efa: 1 },
    { type: "g6e.24xlarge", gpus: 4, efa: 2 },
    { type: "g6e.48xlarge", gpus: 8, efa: 4 },
  ],
  "rtx-pro-4500": [
    { type: "g7.2xlarge", gpus: 1, efa: 0 },
    { type: "g7.4xlarge", gpus: 1, efa: 0 },
    { type: "g7.8xlarge", gpus: 1, efa: 1 },
    { type: "g7.12xlarge", gpus: 2, efa: 1 },
    { type: "g7.24xlarge", gpus: 4, efa: 1 },
    { type: "g7.48xlarge", gpus: 8, efa: 2 },
  ],
  "rtx-pro-server-6000": [
    { type: "g7e.2xlarge", gpus: 1, efa: 0 },
    { type: "g7e.4xlarge", gpus: 1, efa: 0 },
    { type: "g7e.8xlarge", gpus: 1, efa: 1 },
    { type: "g7e.12xlarge", gpus: 2, efa: 1 },
    { type: "g7e.24xlarge", gpus: 4, efa: 2 },
    { type: "g7e.48xlarge", gpus: 8, efa: 4 },
  ],
  a100: [...A100_40GB, ...A100_80GB],
  "a100-40gb": A100_40GB,
  "a100-80gb": A100_80GB,
  h100: [
    { type: "p5.4xlarge", gpus: 1, efa: 1 },
    { type: "p5.48xlarge", gpus: 8, efa: 32 },
  ],
  h200: [
    { type: "p5e.48xlarge", gpus: 8, efa: 32 },
    { type: "p5en.48xlarge", gpus: 8, efa: 16 },
  ],
  b200: [{ type: "p6-b200.48xlarge", gpus: 8, efa: 8 }],
  b300: [{ type: "p6-b300.48xlarge", gpus: 8, efa: 16 }],
} as const satisfies Readonly<Record<string, readonly GpuSize[]>>;

/** Memory of one GPU in MiB, as EC2 reports it; several values where a name stands for several GPUs. */
export const GPU_MEMORY: Readonly<Record<GpuName, readonly number[]>> = {
  "t4": [16_384],
  "a10g": [22_888],
  "l4": [22_888],
  "l40s": [45_776],
  "rtx-pro-4500": [32_768],
  "rtx-pro-server-6000": [98_304],
  "a100": [40_960, 81_920],
  "a100-40gb": [40_960],
  "a100-80gb": [81_920],
  "h100": [81_920],
  "h200": [144_384],
  "b200": [183_359],
  "b300": [275_040],
};

/** Names of the GPUs with a preset. */
export const GPU_NAMES: readonly GpuName[] = Object.keys(GPUS) as GpuName[];

/** @internal */
type Presets = typeof GPUS;
/** A GPU with a preset. */
export type GpuName = keyof Presets;
/** @internal */
type SizeOf<G extends GpuName> = Presets[G][number];
/** Numbers of this GPU that one node can have. */
export type GpusPerNode<G extends GpuName> = SizeOf<G>["gpus"];
/** Instance types with this GPU. */
export type GpuInstanceType<G extends GpuName> = SizeOf<G>["type"];
/** Instance types with this GPU and EFA. */
export type EfaInstanceType<G extends GpuName> = Exclude<SizeOf<G>, { readonly efa: 0 }>["type"];

/** Karpenter's name for the GPU, as in the node label `karpenter.k8s.aws/instance-gpu-name`, without the memory size. */
export function karpenterName(gpu: GpuName): string {
  return gpu.replace(/^(a100)-(?:40|80)gb$/, "$1");
}
