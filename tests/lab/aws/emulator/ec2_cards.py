"""Network cards: which kinds of interface an instance type's cards take. MiniStack keeps neither card nor kind of what a
launch template asks for, and launches anything.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import ministack.services.ec2 as ec2

from emulator.instance_types import InstanceType

_parse_lt_data = ec2._parse_lt_data


def _parse(parameters: dict[str, Any], prefix: str = "LaunchTemplateData") -> dict[str, Any]:
    data: dict[str, Any] = _parse_lt_data(parameters, prefix)
    for number, interface in enumerate(data.get("NetworkInterfaces", []), start=1):
        asked = f"{prefix}.NetworkInterface.{number}."
        interface["InterfaceType"] = ec2._p(parameters, asked + "InterfaceType") or "interface"
        interface["NetworkCardIndex"] = int(ec2._p(parameters, asked + "NetworkCardIndex") or 0)
    return data


def refusal(kind: InstanceType, data: dict[str, Any]) -> str | None:
    """What stands against a template's network interfaces on this type; the wording is the lab's own."""
    interfaces = data.get("NetworkInterfaces") or []
    cards = kind.each_card
    for interface in interfaces:
        index, wanted = interface.get("NetworkCardIndex", 0), interface.get("InterfaceType", "interface")
        if index >= len(cards):
            return f"{kind.name} has {len(cards)} network cards: there is no card {index}"
        place = interface.get("DeviceIndex", 0)
        if place >= cards[index].interfaces:
            return f"network card {index} of {kind.name} takes {cards[index].interfaces} interfaces: there is no {place}"
        if wanted not in cards[index].kinds:
            return f"network card {index} of {kind.name} takes no interface of type {wanted}"
    return _together(kind, interfaces) if interfaces else None


def _together(kind: InstanceType, interfaces: list[dict[str, Any]]) -> str | None:
    """What stands against the interfaces beside each other: EC2's user guide, "Maximize network bandwidth"."""
    places = Counter((each.get("NetworkCardIndex", 0), each.get("DeviceIndex", 0)) for each in interfaces)
    for (card, place), count in places.items():
        if count > 1:
            return f"{count} interfaces are on place {place} of network card {card}"
    first = [each for each in interfaces if (each.get("NetworkCardIndex", 0), each.get("DeviceIndex", 0)) == (0, 0)]
    if not first or first[0].get("InterfaceType") == "efa-only":
        return "the primary interface, on place 0 of network card 0, has an address"
    with_efa = [each for each in interfaces if each.get("InterfaceType", "").startswith("efa")]
    if len(with_efa) > kind.efa:
        return f"{kind.name} takes {kind.efa} EFA interfaces, not {len(with_efa)}"
    [(card, most)] = Counter(each.get("NetworkCardIndex", 0) for each in with_efa).most_common(1) or [(0, 0)]
    return f"network card {card} of {kind.name} takes one EFA interface" if most > 1 else None


def install() -> None:
    """Keeps card and kind of a launch template's interfaces."""
    ec2._parse_lt_data = _parse
