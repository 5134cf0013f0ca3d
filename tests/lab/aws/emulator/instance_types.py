"""The instance types that this EC2 offers, with their public sizes and rounded on-demand prices (us-west-2).

Karpenter picks by these numbers. A few of each kind, not the whole catalogue of EC2.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Gpu:
    """The GPUs of one instance."""

    name: str
    count: int
    mib: int


@dataclass(frozen=True)
class InstanceType:
    """One instance type; memory in MiB, price in USD an hour, local NVMe in GB."""

    name: str
    arch: str
    vcpus: int
    mib: int
    price: float
    interfaces: int
    addresses: int
    maker: str = "Intel"
    gpu: Gpu | None = None
    nvme_gb: int = 0
    efa: int = 0


GIB = 1024
SIZES = {"large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32}
NETWORK = {2: (3, 10), 4: (4, 15), 8: (4, 15), 16: (8, 30), 32: (8, 30)}
GIB_A_VCPU = {"c": 2, "m": 4, "r": 8}
PRICE_A_VCPU = {"c": 0.0425, "m": 0.048, "r": 0.063}
GENERATIONS = {
    "5": ("x86_64", "Intel", 1.0),
    "6g": ("arm64", "AWS", 0.8),
    "6i": ("x86_64", "Intel", 1.0),
    "7g": ("arm64", "AWS", 0.85),
    "7i": ("x86_64", "Intel", 1.05),
    "8g": ("arm64", "AWS", 0.94),
    "8i": ("x86_64", "Intel", 1.1),
}
# GPU, GPUs, MiB each, maker; then per size: vCPUs, GiB, price, GPUs, NVMe GB, EFA interfaces
ACCELERATED: dict[str, tuple[str, int, str, dict[str, tuple[int, int, float, int, int, int]]]] = {
    "g4dn": (
        "T4",
        15360,
        "Intel",
        {
            "xlarge": (4, 16, 0.526, 1, 125, 0),
            "2xlarge": (8, 32, 0.752, 1, 225, 0),
            "4xlarge": (16, 64, 1.204, 1, 225, 0),
            "8xlarge": (32, 128, 2.176, 1, 900, 1),
            "12xlarge": (48, 192, 3.912, 4, 900, 1),
        },
    ),
    "g5": (
        "A10G",
        22888,
        "AMD",
        {
            "xlarge": (4, 16, 1.006, 1, 250, 0),
            "2xlarge": (8, 32, 1.212, 1, 450, 0),
            "4xlarge": (16, 64, 1.624, 1, 600, 0),
            "8xlarge": (32, 128, 2.448, 1, 900, 1),
            "12xlarge": (48, 192, 5.672, 4, 3800, 1),
            "48xlarge": (192, 768, 16.288, 8, 7600, 1),
        },
    ),
    "g6": (
        "L4",
        22888,
        "AMD",
        {
            "xlarge": (4, 16, 0.8048, 1, 250, 0),
            "2xlarge": (8, 32, 0.9776, 1, 450, 0),
            "4xlarge": (16, 64, 1.3232, 1, 600, 0),
            "8xlarge": (32, 128, 2.0144, 1, 900, 1),
            "12xlarge": (48, 192, 4.6016, 4, 3760, 1),
            "48xlarge": (192, 768, 13.3504, 8, 7520, 1),
        },
    ),
    "g6e": (
        "L40S",
        45776,
        "AMD",
        {
            "xlarge": (4, 32, 1.861, 1, 250, 0),
            "2xlarge": (8, 64, 2.24208, 1, 450, 0),
            "4xlarge": (16, 128, 3.00424, 1, 600, 0),
            "8xlarge": (32, 256, 4.52856, 1, 900, 1),
            "12xlarge": (48, 384, 10.49264, 4, 3800, 1),
            "24xlarge": (96, 768, 15.06559, 4, 3800, 2),
            "48xlarge": (192, 1536, 30.13118, 8, 7600, 4),
        },
    ),
    "p4d": ("A100", 40960, "Intel", {"24xlarge": (96, 1152, 21.9576, 8, 8000, 4)}),
    "p5": ("H100", 81559, "AMD", {"48xlarge": (192, 2048, 55.04, 8, 30400, 32)}),
    "p5en": ("H200", 143771, "Intel", {"48xlarge": (192, 2048, 63.296, 8, 30400, 16)}),
    "p6-b200": ("B200", 183359, "Intel", {"48xlarge": (192, 2048, 113.9328, 8, 30400, 8)}),
}


def _general() -> list[InstanceType]:
    types = [
        InstanceType("t3.medium", "x86_64", 2, 4 * GIB, 0.0416, 3, 6),
        InstanceType("t3.large", "x86_64", 2, 8 * GIB, 0.0832, 3, 12),
        InstanceType("t4g.large", "arm64", 2, 8 * GIB, 0.0672, 3, 12, "AWS"),
    ]
    for family, gib in GIB_A_VCPU.items():
        for generation, (arch, maker, factor) in GENERATIONS.items():
            for size, vcpus in SIZES.items():
                price = round(PRICE_A_VCPU[family] * factor * vcpus, 5)
                name = f"{family}{generation}.{size}"
                types.append(InstanceType(name, arch, vcpus, vcpus * gib * GIB, price, *NETWORK[vcpus], maker))
    return types


def _accelerated() -> list[InstanceType]:
    types = []
    for family, (gpu, mib, maker, sizes) in ACCELERATED.items():
        for size, (vcpus, gib, price, count, nvme, efa) in sizes.items():
            interfaces = max(8 if vcpus >= 16 else 4, 2 * efa)
            held = Gpu(gpu, count, mib)
            name = f"{family}.{size}"
            types.append(InstanceType(name, "x86_64", vcpus, gib * GIB, price, interfaces, 30, maker, held, nvme, efa))
    return types


TYPES: dict[str, InstanceType] = {kind.name: kind for kind in [*_general(), *_accelerated()]}
