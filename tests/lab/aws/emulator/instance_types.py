"""The instance types of EC2, as the catalogue has them. Karpenter picks by these numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from ministack.core.responses import get_region

from emulator import facts

ARCHITECTURES = {"amd64": "x86_64", "arm64": "arm64"}
MAKERS = {"intel": "Intel", "amd": "AMD", "aws": "AWS", "apple": "Apple"}


@dataclass(frozen=True)
class Cards:
    """Network cards in a row that are alike, with the kinds of interface that each takes."""

    count: int
    interfaces: int
    kinds: tuple[str, ...]
    gbps: float


@dataclass(frozen=True)
class Gpus:
    """The GPUs of one instance; a count of 0 is a share of one."""

    name: str
    maker: str
    count: int
    mib: int
    partition: float = 1.0


@dataclass(frozen=True)
class Neuron:
    """The Neuron devices of one instance, with the cores of each."""

    name: str
    count: int
    cores: int


@dataclass(frozen=True)
class InstanceType:
    """One instance type; memory in MiB, local NVMe in GB."""

    name: str
    arch: str
    vcpus: int
    cores: int
    mib: int
    maker: str
    interfaces: int
    addresses: int
    default_card: int
    cards: tuple[Cards, ...]
    usage: tuple[str, ...]
    gpu: Gpus | None
    neuron: Neuron | None
    disks: tuple[tuple[int, int], ...]
    nvme_gb: int
    efa: int
    ebs_mbps: int
    clock_ghz: float
    hypervisor: str
    bare_metal: bool
    current: bool
    encryption_in_transit: bool

    @property
    def each_card(self) -> list[Cards]:
        """The network cards one by one, in the order of their numbers."""
        return [alike for alike in self.cards for _ in range(alike.count)]


def _gpus(entry: dict[str, Any]) -> Gpus | None:
    if "gpu" not in entry:
        return None
    share = entry.get("gpuPartition", 1.0)
    return Gpus(entry["gpu"].upper(), entry["gpuManufacturer"].upper(), entry["gpus"], entry["gpuMemoryMiB"], share)


def _neuron(entry: dict[str, Any]) -> Neuron | None:
    if "acceleratorCores" not in entry:
        return None
    return Neuron(entry["accelerator"].capitalize(), entry["accelerators"], entry["acceleratorCores"])


def _instance_type(name: str, entry: dict[str, Any]) -> InstanceType:
    cards = tuple(Cards(**{**each, "kinds": tuple(each["kinds"])}) for each in entry["networkCards"])
    return InstanceType(
        name=name,
        arch=ARCHITECTURES[entry["arch"]],
        vcpus=entry["cpu"],
        cores=entry["cores"],
        mib=entry["memoryMiB"],
        maker=MAKERS.get(entry["cpuManufacturer"], entry["cpuManufacturer"]),
        interfaces=entry["interfaces"],
        addresses=entry["ipv4PerInterface"],
        default_card=entry["defaultNetworkCard"],
        cards=cards,
        usage=tuple(entry["usage"]),
        gpu=_gpus(entry),
        neuron=_neuron(entry),
        disks=tuple((count, size) for count, size in entry.get("disks", [])),
        nvme_gb=entry.get("localNvmeGiB", 0),
        efa=entry.get("efa", 0),
        ebs_mbps=entry.get("ebsMbps", 0),
        clock_ghz=entry.get("clockGhz", 0),
        hypervisor=entry.get("hypervisor", ""),
        bare_metal=entry.get("bareMetal", False),
        current=not entry.get("previousGeneration", False),
        encryption_in_transit=entry["encryptionInTransit"],
    )


@cache
def known() -> dict[str, InstanceType]:
    """All of them, by name."""
    return {name: _instance_type(name, entry) for name, entry in facts.table("instance-types.json", "types").items()}


@cache
def of_region(region: str) -> dict[str, InstanceType]:
    """Those that a region has."""
    return {name: kind for name, kind in known().items() if name in facts.offered(region)}


def here() -> dict[str, InstanceType]:
    """Those that the request's region has."""
    return of_region(get_region())
