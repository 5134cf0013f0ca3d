/**
 * The parts that Bottlerocket can divide a GPU into (Multi-Instance GPU), by family of instance types: Bottlerocket's
 * name for the GPU, and for each profile the number of parts. From `sources/nvidia-migmanager/src/mig_profile.rs` of
 * bottlerocket-core-kit and bottlerocket-kernel-kit, September 2026. Bottlerocket accepts any other profile without an
 * error and does not divide the GPU.
 */
interface MigGpu {
  /** As `settings.kubelet-device-plugins.nvidia.mig.profile` names it. */
  readonly model: string;
  readonly parts: Readonly<Record<string, number>>;
}

const OF_80_GB = { "1g.10gb": 7, "1g.20gb": 4, "2g.20gb": 3, "3g.40gb": 2 };
const OF_141_GB = { "1g.18gb": 7, "1g.35gb": 4, "2g.35gb": 3, "3g.71gb": 2 };

const BY_FAMILY: Readonly<Record<string, MigGpu>> = {
  "p4d": { model: "a100.40gb", parts: { "1g.5gb": 7, "1g.10gb": 4, "2g.10gb": 3, "3g.20gb": 2 } },
  "p4de": { model: "a100.80gb", parts: OF_80_GB },
  "p5": { model: "h100.80gb", parts: OF_80_GB },
  "p5e": { model: "h200.141gb", parts: OF_141_GB },
  "p5en": { model: "h200.141gb", parts: OF_141_GB },
  "p6-b200": { model: "b200.180gb", parts: { "1g.23gb": 7, "1g.45gb": 4, "2g.45gb": 3, "3g.90gb": 2 } },
};

/** The GPUs of an instance type, if Bottlerocket can divide them. */
export function migGpu(type: string): MigGpu | undefined {
  return BY_FAMILY[type.split(".")[0]!];
}
