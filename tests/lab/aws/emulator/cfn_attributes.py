"""GetAtt values that CloudFormation documents and MiniStack leaves out, read from its EC2 records after each write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.ec2 as ec2

Attributes = dict[str, Any]


def _vpc(physical: str) -> Attributes:
    return {"CidrBlock": ec2._vpcs[physical]["CidrBlock"], "CidrBlockAssociations": [], "Ipv6CidrBlocks": []}


def _subnet(physical: str) -> Attributes:
    subnet = ec2._subnets[physical]
    return {
        "VpcId": subnet["VpcId"],
        "CidrBlock": subnet["CidrBlock"],
        "AvailabilityZoneId": subnet["AvailabilityZoneId"],
        "Ipv6CidrBlocks": [],
    }


ADDED: dict[str, Callable[[str], Attributes]] = {"AWS::EC2::VPC": _vpc, "AWS::EC2::Subnet": _subnet}


def _with(handler: Callable[..., Any], added: Callable[[str], Attributes]) -> Callable[..., Any]:
    def handle(*arguments: Any) -> Any:
        physical, attributes = handler(*arguments)
        return physical, {**added(physical), **attributes}

    return handle


def install() -> None:
    """Wraps create and update of each type."""
    for kind, added in ADDED.items():
        handlers = provisioners._RESOURCE_HANDLERS[kind]
        wrapped = {verb: _with(handlers[verb], added) for verb in ("create", "update") if verb in handlers}
        provisioners._RESOURCE_HANDLERS[kind] = {**handlers, **wrapped}
