"""CreateFleet as Karpenter uses it: one instance, the cheapest override that has capacity and is within its quota.

MiniStack launches, but takes overrides in turn, puts every instance into zone a with a random address, forgets the
security groups of a launch template's network interfaces, and answers without the override that it took.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ministack.services.ec2 as ec2
from ministack.core.responses import get_region

from emulator import ec2_cards, ec2_catalog, ec2_placement, facts
from emulator.answers import group, items, tag
from emulator.ec2_quotas import over_quota
from emulator.instance_types import here

Parameters = dict[str, Any]
OVERRIDE = re.compile(r"LaunchTemplateConfigs\.(\d+)\.Overrides\.(\d+)\.InstanceType$")
UNPRICED = 1e6
_create_fleet = ec2._create_fleet


@dataclass(frozen=True, order=True)
class Override:
    """One instance type in one subnet that the caller would take; sorted by price, then by the caller's order."""

    price: float
    number: int
    config: str
    kind: str
    subnet: str
    zone: str
    image: str


def _overrides(parameters: Parameters) -> list[Override]:
    found, prices = [], facts.prices(get_region())
    for key in parameters:
        match = OVERRIDE.match(key)
        if not match:
            continue
        prefix = f"LaunchTemplateConfigs.{match[1]}.Overrides.{match[2]}."
        kind, subnet = ec2._p(parameters, prefix + "InstanceType"), ec2._p(parameters, prefix + "SubnetId")
        zone = ec2._subnets.get(subnet, {}).get("AvailabilityZone", "")
        price = prices.get(kind, UNPRICED)
        found.append(
            Override(price, int(match[2]), match[1], kind, subnet, zone, ec2._p(parameters, prefix + "ImageId"))
        )
    return sorted(found)


def _full(file: Path | None) -> set[tuple[str, str]]:
    """Pairs of type and zone ("*": all zones) without capacity now."""
    if not file or not file.exists():
        return set()
    return {(words[0], words[1]) for line in file.read_text().splitlines() if len(words := line.split()) == 2}


def _unfit(override: Override, parameters: Parameters, full: set[tuple[str, str]]) -> tuple[str, str] | None:
    """Why EC2 launches no such instance there, as an error's code and message."""
    kind, zone = override.kind, override.zone
    refused = ec2_catalog.cannot_launch(kind, override.subnet, elsewhere="InvalidFleetConfiguration")
    if refused:
        return refused
    _, data = _template(parameters, override.config)
    cards = ec2_cards.refusal(here()[kind], data)
    if cards:
        return "Unsupported", f"The requested configuration is currently not supported: {cards}."
    misplaced = ec2_placement.problem(data, zone)
    if misplaced:
        return misplaced
    if {(kind, "*"), (kind, zone)} & full:
        what = f"We currently do not have sufficient {kind} capacity in the Availability Zone you requested ({zone})."
        return "InsufficientInstanceCapacity", what
    return None


def _errors(refused: dict[Override, tuple[str, str]], lifecycle: str) -> str:
    listed = []
    for each, (code, message) in refused.items():
        overrides = group(
            "overrides",
            tag("instanceType", each.kind),
            tag("subnetId", each.subnet),
            tag("availabilityZone", each.zone),
        )
        listed.append(
            tag("errorCode", code)
            + tag("errorMessage", message)
            + group("launchTemplateAndOverrides", overrides)
            + tag("lifecycle", lifecycle)
        )
    return items("errorSet", listed)


def _template(parameters: Parameters, config: str) -> tuple[str, dict[str, Any]]:
    """The launch template of a config: its name and its newest data."""
    prefix = f"LaunchTemplateConfigs.{config}.LaunchTemplateSpecification.LaunchTemplate"
    name, identity = ec2._p(parameters, prefix + "Name"), ec2._p(parameters, prefix + "Id")
    for template in ec2._launch_templates.values():
        if name in (template["LaunchTemplateName"],) or identity == template["LaunchTemplateId"]:
            return template["LaunchTemplateName"], template["Versions"][-1]["LaunchTemplateData"]
    return name, {}


def _launch(parameters: Parameters, chosen: Override) -> tuple[Any, list[str]]:
    """Lets MiniStack launch exactly the chosen override."""
    kept = {key: value for key, value in parameters.items() if not key.startswith("LaunchTemplateConfigs.")}
    theirs = f"LaunchTemplateConfigs.{chosen.config}.LaunchTemplateSpecification."
    ours = "LaunchTemplateConfigs.1.LaunchTemplateSpecification."
    spec = {key.replace(theirs, ours): value for key, value in parameters.items() if key.startswith(theirs)}
    override = {
        "LaunchTemplateConfigs.1.Overrides.1.InstanceType": [chosen.kind],
        "LaunchTemplateConfigs.1.Overrides.1.SubnetId": [chosen.subnet],
    }
    before = set(ec2._instances)
    answer = _create_fleet({**kept, **spec, **override})
    return answer, sorted(set(ec2._instances) - before)


def _free_address(subnet: str) -> str:
    """The first address of the subnet that no instance has; AWS keeps the first four for itself."""
    network = ipaddress.ip_network(ec2._subnets.get(subnet, {}).get("CidrBlock", "10.0.0.0/16"))
    taken = {instance["PrivateIpAddress"] for instance in ec2._instances.values() if instance["SubnetId"] == subnet}
    return next(str(network[index]) for index in range(10, network.num_addresses) if str(network[index]) not in taken)


def dns_name(address: str) -> str:
    """The private DNS name that EC2 gives by default, which is also the node's name."""
    suffix = "ec2.internal" if get_region() == "us-east-1" else f"{get_region()}.compute.internal"
    return f"ip-{address.replace('.', '-')}.{suffix}"


def _complete(instance: dict[str, Any], chosen: Override, data: dict[str, Any], spot: bool) -> None:
    """Writes what MiniStack's record lacks."""
    instance["Placement"]["AvailabilityZone"] = chosen.zone
    instance["_spot"] = spot
    ec2_placement.join(instance, data)
    instance["Architecture"] = here()[chosen.kind].arch
    if chosen.image:
        instance["ImageId"] = chosen.image
    instance["PrivateIpAddress"] = ""
    instance["PrivateIpAddress"] = _free_address(chosen.subnet)
    instance["PrivateDnsName"] = dns_name(instance["PrivateIpAddress"])
    of_interfaces = [each["Groups"] for each in data.get("NetworkInterfaces") or [] if each.get("Groups")]
    groups = of_interfaces[0] if of_interfaces else data.get("SecurityGroupIds") or []
    if groups:
        known = ec2._security_groups
        instance["SecurityGroups"] = [
            {"GroupId": each, "GroupName": known.get(each, {}).get("GroupName", each)} for each in groups
        ]


def create_fleet(parameters: Parameters, no_capacity: Path | None) -> Any:
    """CreateFleet of type instant."""
    overrides = _overrides(parameters)
    if not overrides:
        return _create_fleet(parameters)
    spot = ec2._p(parameters, "TargetCapacitySpecification.DefaultTargetCapacityType") == "spot"
    lifecycle = "spot" if spot else "on-demand"
    full = _full(no_capacity)
    refused = {
        each: reason for each in overrides if (reason := _unfit(each, parameters, full) or over_quota(each.kind, spot))
    }
    errors = _errors(refused, lifecycle)
    fleet = tag("fleetId", "fleet-" + ec2.new_uuid())
    if len(refused) == len(overrides):
        return ec2._xml(200, "CreateFleetResponse", fleet + "<fleetInstanceSet/>" + errors)
    chosen = next(each for each in overrides if each not in refused)
    answer, launched = _launch(parameters, chosen)
    if answer[0] >= 400:
        return answer
    name, data = _template(parameters, chosen.config)
    for instance in launched:
        _complete(ec2._instances[instance], chosen, data, spot)
    taken = group(
        "launchTemplateAndOverrides",
        group("launchTemplateSpecification", tag("launchTemplateName", name), tag("version", "$Latest")),
        group(
            "overrides",
            tag("instanceType", chosen.kind),
            tag("subnetId", chosen.subnet),
            tag("availabilityZone", chosen.zone),
            tag("imageId", chosen.image),
        ),
    )
    made = taken + tag("lifecycle", lifecycle) + items("instanceIds", launched) + tag("instanceType", chosen.kind)
    return ec2._xml(200, "CreateFleetResponse", fleet + items("fleetInstanceSet", [made]) + errors)
