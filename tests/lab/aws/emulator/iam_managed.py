"""Policies that roles name: AWS attaches none that does not exist, MiniStack any."""

from __future__ import annotations

import re
from typing import Any

import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.iam as iam
from ministack.core.responses import get_account_id

from emulator import facts

ARN = re.compile(r"arn:[^:]+:iam::(aws|\d{12}):policy(/(?:.*/)?)([^/]+)")
ROLE = "AWS::IAM::Role"


def _exists(arn: str) -> bool:
    found = ARN.fullmatch(arn)
    if not found:
        return False
    owner, path, name = found.groups()
    if owner == "aws":
        return name in facts.table("managed-policies.json", "policies").get(path, [])
    # One of another account could not be attached; an example's account is nobody's.
    return owner != get_account_id() or arn in iam._policies


def _check(properties: dict[str, Any]) -> None:
    for arn in properties.get("ManagedPolicyArns") or []:
        if not _exists(arn):
            raise ValueError(f"Policy {arn} does not exist or is not attachable. (Service: Iam, Status Code: 404)")


def install() -> None:
    """Wraps CloudFormation's handlers of roles."""
    handlers = provisioners._RESOURCE_HANDLERS[ROLE]
    create, update = handlers["create"], handlers["update"]

    def checked_create(logical: str, properties: dict[str, Any], stack: str) -> Any:
        _check(properties)
        return create(logical, properties, stack)

    def checked_update(physical: str, old: dict[str, Any], new: dict[str, Any], *rest: Any) -> Any:
        _check(new)
        return update(physical, old, new, *rest)

    provisioners._RESOURCE_HANDLERS[ROLE] = {**handlers, "create": checked_create, "update": checked_update}
