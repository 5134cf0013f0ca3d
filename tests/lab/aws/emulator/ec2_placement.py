"""Placement groups: what a launch template says of them, who is in them, and the errors that MiniStack lacks.

Errors and rules: EC2's API reference and the user guide's "Placement strategies": a group of the cluster strategy lies in
one zone, and no group is deleted while an instance is in it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.ec2 as ec2
from ministack.core.responses import new_uuid

Parameters = dict[str, Any]
Group = dict[str, Any]
Parse = Callable[[Parameters, str], dict[str, Any]]

_delete = ec2._delete_placement_group
_describe = ec2._describe_placement_groups


def _template_data(parse: Parse, parameters: Parameters, prefix: str = "LaunchTemplateData") -> dict[str, Any]:
    """MiniStack leaves out the placement."""
    data = parse(parameters, prefix)
    placement = {name: ec2._p(parameters, f"{prefix}.Placement.{name}") for name in ("GroupId", "GroupName")}
    if any(placement.values()):
        data["Placement"] = {name: value for name, value in placement.items() if value}
    return data


def _named(placement: dict[str, Any]) -> Group | None:
    for group in ec2._placement_groups.values():
        if placement.get("GroupId") == group["GroupId"] or placement.get("GroupName") == group["GroupName"]:
            return group
    return None


def _members(group: Group) -> list[dict[str, Any]]:
    """The instances in a group, until they are terminated."""
    return [
        instance
        for instance in ec2._instances.values()
        if instance["Placement"].get("GroupId") == group["GroupId"] and instance["State"]["Code"] != 48
    ]


def problem(data: dict[str, Any], zone: str) -> tuple[str, str] | None:
    """Why a launch template's instance cannot be put into its group, in a zone."""
    placement = data.get("Placement")
    if not placement:
        return None
    group = _named(placement)
    if group is None:
        asked = placement.get("GroupId") or placement.get("GroupName")
        return "InvalidPlacementGroup.Unknown", f"The Placement Group '{asked}' is unknown."
    zones = {instance["Placement"]["AvailabilityZone"] for instance in _members(group)}
    if group["Strategy"] == "cluster" and zones and zone not in zones:
        return (
            "InsufficientInstanceCapacity",
            f"We currently do not have sufficient capacity in the Availability Zone you requested ({zone}): the "
            f"instances of {group['GroupName']} are in {', '.join(sorted(zones))}.",
        )
    return None


def join(instance: dict[str, Any], data: dict[str, Any]) -> None:
    """Puts a launched instance into its launch template's group."""
    group = _named(data.get("Placement") or {})
    if group:
        instance["Placement"].update(GroupId=group["GroupId"], GroupName=group["GroupName"])


def _delete_placement_group(parameters: Parameters) -> Any:
    group = ec2._placement_groups.get(ec2._p(parameters, "GroupName"))
    if group and _members(group):
        message = f"The placement group '{group['GroupName']}' is in use and may not be deleted."
        return ec2._error("InvalidPlacementGroup.InUse", message, 400)
    return _delete(parameters)


def _describe_placement_groups(parameters: Parameters) -> Any:
    """AWS fails for an id that does not exist, as for a name."""
    known = {group["GroupId"] for group in ec2._placement_groups.values()}
    for identity in ec2._parse_member_list(parameters, "GroupId"):
        if identity not in known:
            return ec2._error("InvalidPlacementGroup.Unknown", f"The Placement Group '{identity}' is unknown.", 400)
    return _describe(parameters)


def _create_resource(logical: str, properties: Parameters, stack: str) -> tuple[str, dict[str, Any]]:
    name = f"{stack}-{logical}-{new_uuid().replace('-', '')[:12].upper()}"
    asked = {"GroupName": [name], "Strategy": [properties.get("Strategy", "cluster")]}
    if "PartitionCount" in properties:
        asked["PartitionCount"] = [str(properties["PartitionCount"])]
    ec2._create_placement_group(asked)
    identity = ec2._placement_groups[name]["GroupId"]
    provisioners._ec2_apply_tags(identity, properties)
    return name, {"GroupName": name, "GroupId": identity}


def _delete_resource(physical: str, _properties: Parameters) -> None:
    status, _, body = _delete_placement_group({"GroupName": [physical]})
    if status >= 400 and b"Unknown" not in body:
        raise ValueError(f"The placement group '{physical}' is in use and may not be deleted.")


HANDLERS: dict[str, dict[str, Any]] = {
    "AWS::EC2::PlacementGroup": {"create": _create_resource, "delete": _delete_resource}
}

ACTIONS: dict[str, Callable[[Parameters], Any]] = {
    "DeletePlacementGroup": _delete_placement_group,
    "DescribePlacementGroups": _describe_placement_groups,
}


def install() -> None:
    """Launch templates keep their placement."""
    ec2._parse_lt_data = partial(_template_data, ec2._parse_lt_data)
