"""How large policies may be. IAM counts characters without white space (IAM User Guide, "IAM and STS quotas")."""

from __future__ import annotations

import json
import re
from typing import Any

MANAGED = 6_144
INLINE_OF_ROLE = 10_240
TRUST = 2_048


def size(document: Any) -> int:
    """What IAM counts of a policy."""
    text = document if isinstance(document, str) else json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    return len(re.sub(r"\s", "", text))


def check(kind: str, properties: dict[str, Any]) -> None:
    """Refuses a resource whose policies are too large."""
    match kind:
        case "AWS::IAM::ManagedPolicy":
            _refuse("Cannot exceed quota for PolicySize: {}", MANAGED, size(properties["PolicyDocument"]))
        case "AWS::IAM::Policy":
            _refuse("Maximum policy size of {} bytes exceeded", INLINE_OF_ROLE, size(properties["PolicyDocument"]))
        case "AWS::IAM::Role":
            trust = size(properties["AssumeRolePolicyDocument"])
            _refuse("Cannot exceed quota for ACLSizePerRole: {}", TRUST, trust)
            inline = sum(size(policy["PolicyDocument"]) for policy in properties.get("Policies", []))
            _refuse("Maximum policy size of {} bytes exceeded", INLINE_OF_ROLE, inline)


def _refuse(text: str, limit: int, found: int) -> None:
    if found > limit:
        raise ValueError(f"{text.format(limit)} (found {found}, error code LimitExceeded)")
