"""Who holds an access key, and what its policies and its session policy allow."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import ministack.core.iam_evaluator as evaluator
import ministack.services.ecr as ecr
import ministack.services.iam as iam
import ministack.services.sts as sts
from ministack.core.responses import get_account_id, get_region

POD_IDENTITY = "pods.eks.amazonaws.com"


@dataclass(frozen=True)
class Holder:
    """The principal behind an access key at one moment."""

    key: str
    arn: str
    session_policy: str | None
    principal: evaluator.PrincipalInfo


def holder_of(access_key: str) -> Holder | None:
    """The principal of a key, or nothing for a key that is unknown or has expired."""
    principal = evaluator.resolve_principal(access_key, get_account_id())
    if isinstance(principal, evaluator.AuthError):
        return None
    policies = (sts._sessions.get(access_key) or {}).get("SessionPolicies") or {}
    return Holder(access_key, principal.arn, policies.get("Policy") or None, principal)


def allows(holder: Holder, action: str, resource: str, context: dict[str, Any] | None = None) -> bool:
    """Whether the policies allow it: root may everything, a session what its role and its own policy allow.

    The resource's tags count; MiniStack's own evaluation does not know those of repositories. A session that has ended
    keeps its last rights: a token of ECR is valid for 12 hours, whatever session asked for it.
    """
    principal = evaluator.resolve_principal(holder.key, get_account_id())
    if isinstance(principal, evaluator.AuthError):
        principal = holder.principal
    if principal.policies is None:
        return True
    known = {key.lower(): value for key, value in (context or {}).items()}
    repository = ecr._find_repo_by_arn(resource) or {}
    for each in repository.get("tags", []):
        known.setdefault(f"aws:resourcetag/{each['Key']}".lower(), each["Value"])
    request = evaluator.EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=principal.account,
        action=action,
        resource_arn=resource,
        region=get_region(),
        service_context=known,
        principal_keys=principal.keys,
    )
    return evaluator.evaluate(request, principal.policies, *principal.limits).decision == "Allow"


def trusts_pod_identity(role: str, tags: dict[str, str], source_arn: str) -> bool:
    """Whether a role's trust policy lets EKS Pod Identity assume and tag a session, under these request tags.

    MiniStack's evaluator knows no service principals, so statements are read here; its conditions are used.
    """
    record = iam._roles.get_scoped(role.split(":")[4], None, role.rsplit("/", 1)[-1])
    if not record:
        return False
    document = record.get("AssumeRolePolicyDocument", "{}")
    statements = (json.loads(document) if isinstance(document, str) else document).get("Statement", [])
    return all(
        any(_trusts(each, action, role, tags, source_arn) for each in statements)
        for action in ("sts:AssumeRole", "sts:TagSession")
    )


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def admits(statement: dict[str, Any], principal: str, action: str) -> bool:
    """Whether a statement of a resource's policy names the principal or its account, and the action; without conditions."""
    named = statement.get("Principal")
    account = principal.split(":")[4]
    who = ["*"] if named == "*" else _listed(named.get("AWS")) if isinstance(named, dict) else []
    if statement.get("Effect") != "Allow" or statement.get("Condition"):
        return False
    if not {"*", principal, account, f"arn:aws:iam::{account}:root"} & set(who):
        return False
    return evaluator._action_matches(action, _listed(statement.get("Action")), [])


def _trusts(statement: dict[str, Any], action: str, role: str, tags: dict[str, str], source_arn: str) -> bool:
    principal = statement.get("Principal")
    services = _listed(principal.get("Service")) if isinstance(principal, dict) else []
    if statement.get("Effect") != "Allow" or POD_IDENTITY not in services:
        return False
    if not evaluator._action_matches(action, _listed(statement.get("Action")), []):
        return False
    request = evaluator.EvalContext(
        principal_arn=POD_IDENTITY,
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=role,
        region=get_region(),
        request_tags=tags,
        tag_keys=list(tags),
        service_context={"aws:sourcearn": source_arn, "aws:sourceaccount": source_arn.split(":")[4]},
    )
    return evaluator._conditions_met(statement.get("Condition", {}), request)
