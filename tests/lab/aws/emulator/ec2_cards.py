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
    cards = [card for card in kind.cards for _ in range(card.count)]
    for interface in interfaces:
        index, wanted = interface.get("NetworkCardIndex", 0), interface.get("InterfaceType", "interface")
        if index >= len(cards):
            return f"{kind.name} has {len(cards)} network cards: there is no card {index}"
        if wanted not in cards[index].kinds:
            return f"network card {index} of {kind.name} takes no interface of type {wanted}"
    full = Counter(interface.get("NetworkCardIndex", 0) for interface in interfaces)
    crowded = [index for index, count in full.items() if count > cards[index].interfaces]
    if crowded:
        return f"network card {crowded[0]} of {kind.name} takes {cards[crowded[0]].interfaces} interfaces"
    efa = sum(interface.get("InterfaceType", "").startswith("efa") for interface in interfaces)
    return f"{kind.name} takes {kind.efa} EFA interfaces, not {efa}" if efa > kind.efa else None


def install() -> None:
    """Keeps card and kind of a launch template's interfaces."""
    ec2._parse_lt_data = _parse
