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

from emulator import facts
from emulator.answers import Answer, group, items, json_answer, tag
from emulator.ec2_network import zones
from emulator.instance_types import InstanceType, here, of_region

Parameters = dict[str, Any]

SPOT_SHARE = 0.4
"""Of the on-demand price: spot prices change by the minute, no catalogue holds them."""


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _wanted(parameters: Parameters) -> list[InstanceType]:
    names = ec2._parse_member_list(parameters, "InstanceType")
    filters = ec2._parse_filters(parameters)
    patterns, archs = filters.get("instance-type"), filters.get("processor-info.supported-architecture")
    return [
        kind
        for kind in here().values()
        if (not names or kind.name in names)
        and (not archs or kind.arch in archs)
        and (not patterns or any(ec2._glob_match(pattern, kind.name) for pattern in patterns))
    ]


def _cards(kind: InstanceType) -> list[str]:
    return [
        tag("networkCardIndex", index)
        + tag("maximumNetworkInterfaces", card.interfaces)
        + tag("baselineBandwidthInGbps", card.gbps)
        + items("interfaceTypeSet", list(card.kinds))
        for index, card in enumerate(kind.each_card)
    ]


def _network(kind: InstanceType) -> str:
    cards = _cards(kind)
    return group(
        "networkInfo",
        tag("maximumNetworkInterfaces", kind.interfaces),
        tag("maximumNetworkCards", len(cards)),
        tag("defaultNetworkCardIndex", kind.default_card),
        items("networkCards", cards),
        tag("ipv4AddressesPerInterface", kind.addresses),
        tag("ipv6AddressesPerInterface", kind.addresses),
        tag("ipv6Supported", "true"),
        tag("enaSupport", "required"),
        tag("encryptionInTransitSupported", _flag(kind.encryption_in_transit)),
        tag("efaSupported", _flag(kind.efa > 0)),
        group("efaInfo", tag("maximumEfaInterfaces", kind.efa)) if kind.efa else "",
    )


def _storage(kind: InstanceType) -> str:
    text = tag("instanceStorageSupported", _flag(bool(kind.disks)))
    if kind.disks:
        total = sum(count * size for count, size in kind.disks)
        disks = [tag("sizeInGB", size) + tag("count", count) + tag("type", "ssd") for count, size in kind.disks]
        support = "required" if kind.nvme_gb else "unsupported"
        listed = items("disks", disks)
        text += group("instanceStorageInfo", tag("totalSizeInGB", total), listed, tag("nvmeSupport", support))
    return text


def _accelerators(kind: InstanceType) -> str:
    text = ""
    if kind.gpu:
        gpu = group(
            "item",
            tag("name", kind.gpu.name),
            tag("manufacturer", kind.gpu.maker),
            tag("count", kind.gpu.count),
            tag("gpuPartitionSize", kind.gpu.partition),
            group("memoryInfo", tag("sizeInMiB", kind.gpu.mib)),
        )
        total = max(1, kind.gpu.count) * kind.gpu.mib
        text += group("gpuInfo", group("gpus", gpu), tag("totalGpuMemoryInMiB", total))
    if kind.neuron:
        cores = group("coreInfo", tag("count", kind.neuron.cores))
        device = tag("name", kind.neuron.name) + tag("count", kind.neuron.count) + cores
        text += group("neuronInfo", items("neuronDevices", [device]))
    return text


def _instance_type(kind: InstanceType) -> str:
    return "".join(
        [
            tag("instanceType", kind.name),
            tag("currentGeneration", _flag(kind.current)),
            items("supportedUsageClasses", list(kind.usage)),
            items("supportedRootDeviceTypes", ["ebs"]),
            items("supportedVirtualizationTypes", ["hvm"]),
            tag("bareMetal", _flag(kind.bare_metal)),
            tag("hypervisor", kind.hypervisor) if kind.hypervisor else "",
            group(
                "processorInfo",
                items("supportedArchitectures", [kind.arch]),
                tag("sustainedClockSpeedInGhz", kind.clock_ghz) if kind.clock_ghz else "",
                tag("manufacturer", kind.maker),
            ),
            group(
                "vCpuInfo",
                tag("defaultVCpus", kind.vcpus),
                tag("defaultCores", kind.cores),
                tag("defaultThreadsPerCore", max(1, kind.vcpus // kind.cores)),
            ),
            group("memoryInfo", tag("sizeInMiB", kind.mib)),
            group(
                "ebsInfo",
                tag("ebsOptimizedSupport", "default"),
                tag("encryptionSupport", "supported"),
                tag("nvmeSupport", "required"),
                group("ebsOptimizedInfo", tag("maximumBandwidthInMbps", kind.ebs_mbps)) if kind.ebs_mbps else "",
            ),
            _network(kind),
            _storage(kind),
            _accelerators(kind),
        ]
    )


def unknown(names: list[str]) -> str | None:
    """What EC2 says of instance types that the region does not have."""
    lost = [name for name in names if name not in here()]
    return f"The following supplied instance types do not exist: [{', '.join(lost)}]" if lost else None


def cannot_launch(kind: str, subnet: str, elsewhere: str) -> tuple[str, str] | None:
    """Why no instance of a type starts in a subnet, as an error's code and message.

    `elsewhere` is the code of a type that the subnet's zone does not have: each action has its own.
    """
    if kind not in here():
        return "InvalidParameterValue", f"Invalid value '{kind}' for InstanceType."
    place = ec2._subnets.get(subnet)
    if place is None or facts.offered_in_zone(kind, get_region(), place.get("AvailabilityZoneId", "")):
        return None
    where = f"is not supported in your requested Availability Zone ({place['AvailabilityZone']})."
    return elsewhere, f"Your requested instance type ({kind}) {where}"


def _describe_instance_types(parameters: Parameters) -> Answer:
    message = unknown(ec2._parse_member_list(parameters, "InstanceType"))
    if message:
        return ec2._error("InvalidInstanceType", message, 400)
    listed = items("instanceTypeSet", [_instance_type(kind) for kind in _wanted(parameters)])
    return ec2._xml(200, "DescribeInstanceTypesResponse", listed)


def _describe_offerings(parameters: Parameters) -> Answer:
    kind_of_place = ec2._p(parameters, "LocationType") or "region"
    # A place as the answer names it → the zone's id, none of the region itself.
    places: dict[str, dict[str, str | None]] = {
        "availability-zone": {**zones()},
        "availability-zone-id": {zone_id: zone_id for zone_id in zones().values()},
    }
    listed = places.get(kind_of_place, {get_region(): None})
    only = ec2._parse_filters(parameters).get("location")
    return ec2._xml(
        200,
        "DescribeInstanceTypeOfferingsResponse",
        items(
            "instanceTypeOfferingSet",
            [
                tag("instanceType", kind.name) + tag("locationType", kind_of_place) + tag("location", place)
                for kind in _wanted(parameters)
                for place, zone_id in listed.items()
                if (not only or place in only)
                and (zone_id is None or facts.offered_in_zone(kind.name, get_region(), zone_id))
            ],
        ),
    )


def _describe_spot_prices(parameters: Parameters) -> Answer:
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    prices = facts.prices(get_region())
    return ec2._xml(
        200,
        "DescribeSpotPriceHistoryResponse",
        items(
            "spotPriceHistorySet",
            [
                tag("instanceType", kind.name)
                + tag("productDescription", "Linux/UNIX")
                + tag("spotPrice", f"{prices[kind.name] * SPOT_SHARE:.4f}")
                + tag("timestamp", now)
                + tag("availabilityZone", zone)
                for kind in _wanted(parameters)
                if "spot" in kind.usage and kind.name in prices
                for zone, zone_id in zones().items()
                if facts.offered_in_zone(kind.name, get_region(), zone_id)
            ],
        ),
    )


def price_list(body: bytes) -> Answer:
    """Pricing's GetProducts, a service that MiniStack does not have: the region is a filter, not the endpoint's."""
    filters = {each["Field"]: each["Value"] for each in json.loads(body or b"{}").get("Filters", [])}
    metal = "bare metal" in filters.get("productFamily", "")
    region = filters.get("regionCode") or get_region()
    prices, currency = facts.prices(region), "CNY" if region.startswith("cn-") else "USD"
    listed = [
        {
            "product": {"attributes": {"instanceType": kind.name}},
            "terms": {"OnDemand": {"term": {"priceDimensions": {"rate": {"pricePerUnit": price}}}}},
        }
        for kind in of_region(region).values()
        if kind.bare_metal == metal and kind.name in prices
        for price in [{currency: str(prices[kind.name])}]
    ]
    return json_answer(200, {"FormatVersion": "aws_v1", "PriceList": [json.dumps(each) for each in listed]})


ACTIONS: dict[str, Callable[[Parameters], Any]] = {
    "DescribeInstanceTypes": _describe_instance_types,
    "DescribeInstanceTypeOfferings": _describe_offerings,
    "DescribeSpotPriceHistory": _describe_spot_prices,
}
