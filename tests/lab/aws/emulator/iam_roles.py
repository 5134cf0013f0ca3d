"""Service-linked roles under the names that AWS gives them; MiniStack capitalizes the service's name instead."""

from __future__ import annotations

from typing import Any

import ministack.services.iam as iam

NAMES = {
    "spot.amazonaws.com": "AWSServiceRoleForEC2Spot",
    "eks.amazonaws.com": "AWSServiceRoleForAmazonEKS",
    "eks-nodegroup.amazonaws.com": "AWSServiceRoleForAmazonEKSNodegroup",
}
_create = iam._create_service_linked_role


def create(parameters: dict[str, Any]) -> Any:
    """CreateServiceLinkedRole."""
    service = iam._p(parameters, "AWSServiceName")
    name = NAMES.get(service)
    if not name:
        return _create(parameters)
    if name in iam._roles:
        message = f"Service role name {name} has been taken in this account, please try a different suffix."
        return iam._error(400, "InvalidInput", message, ns="iam")
    before = set(iam._roles)
    answer = _create(parameters)
    if answer[0] >= 400:
        return answer
    made = (set(iam._roles) - before).pop()
    role = iam._roles.pop(made)
    role["RoleName"], role["Arn"] = name, role["Arn"].removesuffix(made) + name
    iam._roles[name] = role
    xml = f"<CreateServiceLinkedRoleResult><Role>{iam._role_xml(name)}</Role></CreateServiceLinkedRoleResult>"
    return iam._xml(200, "CreateServiceLinkedRoleResponse", xml, ns="iam")


def install() -> None:
    """Replaces the action."""
    iam._IAM_HANDLERS["CreateServiceLinkedRole"] = create
