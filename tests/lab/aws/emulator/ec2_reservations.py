"""Capacity reservations: declared by the lab (`PUT /_lab/reservations`), told by DescribeCapacityReservations.

Fields and errors: EC2's API reference and botocore's model of EC2. MiniStack answers with an empty list.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import ministack.services.ec2 as ec2
from ministack.core.responses import get_account_id, get_region

from emulator.answers import items, tag

Parameters = dict[str, Any]

ID = re.compile(r"cr-[0-9a-f]{8,17}")
STATES = {
    *("active", "expired", "cancelled", "pending", "failed", "scheduled", "payment-pending", "payment-failed"),
    *("assessing", "delayed", "unsupported", "unavailable"),
}
DEFAULTS = {
    "state": "active",
    "instancePlatform": "Linux/UNIX",
    "totalInstanceCount": 1,
    "instanceMatchCriteria": "targeted",
    "reservationType": "default",
    "tenancy": "default",
    "startDate": "2026-01-01T00:00:00.000Z",
    "endDate": "",
}
TOLD = (
    *("ownerId", "instanceType", "instancePlatform", "availabilityZone", "availabilityZoneId", "tenancy", "state"),
    *("totalInstanceCount", "availableInstanceCount", "startDate", "endDate", "instanceMatchCriteria"),
    "reservationType",
)
FILTERS: dict[str, str] = {
    "instance-type": "instanceType",
    "owner-id": "ownerId",
    "instance-platform": "instancePlatform",
    "availability-zone": "availabilityZone",
    "tenancy": "tenancy",
    "state": "state",
    "instance-match-criteria": "instanceMatchCriteria",
}

_declared: dict[str, dict[str, Any]] = {}


def declare(reservations: list[dict[str, Any]]) -> None:
    """The account's reservations from now on, each by its id, instance type and zone, and what differs from DEFAULTS."""
    made = {}
    for given in reservations:
        one = {**DEFAULTS, "ownerId": get_account_id(), **given}
        one.setdefault("availableInstanceCount", one["totalInstanceCount"])
        one["availabilityZone"] = ec2._zone_name_for_az_id(one["availabilityZoneId"])
        if not ID.fullmatch(one["id"]) or one["state"] not in STATES or not one["availabilityZone"]:
            raise ValueError(f"no reservation of {get_region()}: {given}")
        made[one["id"]] = one
    _declared.clear()
    _declared.update(made)


def _xml(one: dict[str, Any]) -> str:
    arn = f"arn:aws:ec2:{get_region()}:{one['ownerId']}:capacity-reservation/{one['id']}"
    head = tag("capacityReservationId", one["id"]) + tag("capacityReservationArn", arn)
    tags = [tag("key", key) + tag("value", value) for key, value in one.get("tags", {}).items()]
    body = "".join(tag(field, str(one[field])) for field in TOLD if one[field] != "")
    end = tag("endDateType", "limited" if one["endDate"] else "unlimited")
    return head + body + end + items("tagSet", tags)


def _matches(one: dict[str, Any], name: str, values: list[str]) -> bool:
    if name == "tag-key":
        return any(key in one.get("tags", {}) for key in values)
    if name.startswith("tag:"):
        return one.get("tags", {}).get(name[4:]) in values
    return one[FILTERS[name]] in values


def _describe(parameters: Parameters) -> Any:
    ids = ec2._parse_member_list(parameters, "CapacityReservationId")
    filters = ec2._parse_filters(parameters)
    if ids and ec2._p(parameters, "MaxResults"):
        message = "The parameter MaxResults cannot be used with the parameter CapacityReservationIds"
        return ec2._error("InvalidParameterCombination", message, 400)
    unknown = [name for name in filters if name not in FILTERS and name != "tag-key" and not name.startswith("tag:")]
    if unknown:
        return ec2._error("InvalidParameterValue", f"The filter '{unknown[0]}' is invalid", 400)
    for one in ids:
        if not ID.fullmatch(one):
            return ec2._error("InvalidCapacityReservationId.Malformed", f"Invalid id: \"{one}\"", 400)
        if one not in _declared:
            message = f"The capacity reservation ID '{one}' does not exist"
            return ec2._error("InvalidCapacityReservationId.NotFound", message, 400)
    found = [
        _xml(one)
        for one in _declared.values()
        if (not ids or one["id"] in ids) and all(_matches(one, name, values) for name, values in filters.items())
    ]
    return ec2._xml(200, "DescribeCapacityReservationsResponse", items("capacityReservationSet", found))


ACTIONS: dict[str, Callable[[Parameters], Any]] = {"DescribeCapacityReservations": _describe}
