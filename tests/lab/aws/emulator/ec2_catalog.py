"""What EC2 and Pricing say about instance types. MiniStack knows a dozen types, no offerings and no prices, and
Karpenter's controller ends at its start without DescribeInstanceTypeOfferings.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import ministack.services.ec2 as ec2
from ministack.core.responses import get_region

from emulator.answers import Answer, group, items, json_answer, tag
from emulator.ec2_network import zones
from emulator.instance_types import TYPES, InstanceType

Parameters = dict[str, Any]
METAL = {"m7g.metal": 2.6112}


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _wanted(parameters: Parameters) -> list[InstanceType]:
    names = ec2._parse_member_list(parameters, "InstanceType")
    filters = ec2._parse_filters(parameters)
    patterns, archs = filters.get("instance-type"), filters.get("processor-info.supported-architecture")
    return [
        kind
        for kind in TYPES.values()
        if (not names or kind.name in names)
        and (not archs or kind.arch in archs)
        and (not patterns or any(ec2._glob_match(pattern, kind.name) for pattern in patterns))
    ]


def _network(kind: InstanceType) -> str:
    cards = max(1, kind.efa)
    per_card = [
        tag("networkCardIndex", index) + tag("maximumNetworkInterfaces", kind.interfaces // cards)
        for index in range(cards)
    ]
    return group(
        "networkInfo",
        tag("maximumNetworkInterfaces", kind.interfaces),
        tag("maximumNetworkCards", cards),
        tag("defaultNetworkCardIndex", 0),
        items("networkCards", per_card),
        tag("ipv4AddressesPerInterface", kind.addresses),
        tag("ipv6AddressesPerInterface", kind.addresses),
        tag("ipv6Supported", "true"),
        tag("enaSupport", "required"),
        tag("encryptionInTransitSupported", "true"),
        tag("efaSupported", _flag(kind.efa > 0)),
        group("efaInfo", tag("maximumEfaInterfaces", kind.efa)) if kind.efa else "",
    )


def _storage_and_gpu(kind: InstanceType) -> str:
    text = tag("instanceStorageSupported", _flag(kind.nvme_gb > 0))
    if kind.nvme_gb:
        text += group("instanceStorageInfo", tag("totalSizeInGB", kind.nvme_gb), tag("nvmeSupport", "required"))
    if kind.gpu:
        gpu = "".join(
            [
                tag("name", kind.gpu.name),
                tag("manufacturer", "NVIDIA"),
                tag("count", kind.gpu.count),
                group("memoryInfo", tag("sizeInMiB", kind.gpu.mib)),
            ]
        )
        text += group("gpuInfo", items("gpus", [gpu]), tag("totalGpuMemoryInMiB", kind.gpu.count * kind.gpu.mib))
    return text


def _instance_type(kind: InstanceType) -> str:
    return "".join(
        [
            tag("instanceType", kind.name),
            tag("currentGeneration", "true"),
            items("supportedUsageClasses", ["on-demand", "spot"]),
            items("supportedRootDeviceTypes", ["ebs"]),
            items("supportedVirtualizationTypes", ["hvm"]),
            tag("bareMetal", "false"),
            tag("hypervisor", "nitro"),
            group(
                "processorInfo",
                items("supportedArchitectures", [kind.arch]),
                tag("sustainedClockSpeedInGhz", "2.6"),
                tag("manufacturer", kind.maker),
            ),
            group(
                "vCpuInfo",
                tag("defaultVCpus", kind.vcpus),
                tag("defaultCores", max(1, kind.vcpus // 2)),
                tag("defaultThreadsPerCore", 2),
            ),
            group("memoryInfo", tag("sizeInMiB", kind.mib)),
            group(
                "ebsInfo",
                tag("ebsOptimizedSupport", "default"),
                tag("encryptionSupport", "supported"),
                tag("nvmeSupport", "required"),
                group("ebsOptimizedInfo", tag("maximumBandwidthInMbps", 10000)),
            ),
            _network(kind),
            _storage_and_gpu(kind),
        ]
    )


def _describe_instance_types(parameters: Parameters) -> Answer:
    wanted = _wanted(parameters)
    unknown = [name for name in ec2._parse_member_list(parameters, "InstanceType") if name not in TYPES]
    if unknown:
        message = f"The following supplied instance types do not exist: [{', '.join(unknown)}]"
        return ec2._error("InvalidInstanceType", message, 400)
    listed = items("instanceTypeSet", [_instance_type(kind) for kind in wanted])
    return ec2._xml(200, "DescribeInstanceTypesResponse", listed)


def _describe_offerings(parameters: Parameters) -> Answer:
    kind_of_place = ec2._p(parameters, "LocationType") or "region"
    places = {"availability-zone": [*zones()], "availability-zone-id": [*zones().values()]}
    listed = places.get(kind_of_place, [get_region()])
    only = ec2._parse_filters(parameters).get("location")
    return ec2._xml(
        200,
        "DescribeInstanceTypeOfferingsResponse",
        items(
            "instanceTypeOfferingSet",
            [
                tag("instanceType", kind.name) + tag("locationType", kind_of_place) + tag("location", place)
                for kind in _wanted(parameters)
                for place in listed
                if not only or place in only
            ],
        ),
    )


def _describe_spot_prices(parameters: Parameters) -> Answer:
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    return ec2._xml(
        200,
        "DescribeSpotPriceHistoryResponse",
        items(
            "spotPriceHistorySet",
            [
                tag("instanceType", kind.name)
                + tag("productDescription", "Linux/UNIX")
                + tag("spotPrice", f"{kind.price * 0.4:.4f}")
                + tag("timestamp", now)
                + tag("availabilityZone", zone)
                for kind in _wanted(parameters)
                for zone in zones()
            ],
        ),
    )


def price_list(body: bytes) -> Answer:
    """Pricing's GetProducts, a service that MiniStack does not have."""
    filters = {each["Field"]: each["Value"] for each in json.loads(body or b"{}").get("Filters", [])}
    metal = "bare metal" in filters.get("productFamily", "")
    prices = METAL if metal else {kind.name: kind.price for kind in TYPES.values()}
    listed = [
        {
            "product": {"attributes": {"instanceType": name}},
            "terms": {"OnDemand": {"term": {"priceDimensions": {"rate": {"pricePerUnit": {"USD": str(price)}}}}}},
        }
        for name, price in prices.items()
    ]
    return json_answer(200, {"FormatVersion": "aws_v1", "PriceList": [json.dumps(each) for each in listed]})


ACTIONS: dict[str, Callable[[Parameters], Any]] = {
    "DescribeInstanceTypes": _describe_instance_types,
    "DescribeInstanceTypeOfferings": _describe_offerings,
    "DescribeSpotPriceHistory": _describe_spot_prices,
}
