"""Service Quotas, which MiniStack does not have: the quotas that a plan of unitune can meet, with AWS's defaults."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from ministack.core.responses import get_account_id, get_region

from emulator.answers import Answer, json_answer, json_error


@dataclass(frozen=True)
class Quota:
    """One quota."""

    service: str
    code: str
    name: str
    value: float
    adjustable: bool = True


SERVICES = {
    "ec2": "Amazon Elastic Compute Cloud (Amazon EC2)",
    "vpc": "Amazon Virtual Private Cloud (Amazon VPC)",
    "eks": "Amazon Elastic Kubernetes Service (Amazon EKS)",
}
STANDARD = "Standard (A, C, D, H, I, M, R, T, Z)"
QUOTAS = (
    Quota("ec2", "L-1216C47A", f"Running On-Demand {STANDARD} instances", 512),
    Quota("ec2", "L-34B43A08", f"All {STANDARD} Spot Instance Requests", 512),
    Quota("ec2", "L-DB2E81BA", "Running On-Demand G and VT instances", 192),
    Quota("ec2", "L-3819A6DF", "All G and VT Spot Instance Requests", 192),
    Quota("ec2", "L-417A185B", "Running On-Demand P instances", 192),
    Quota("ec2", "L-7212CCBC", "All P4, P3 and P2 Spot Instance Requests", 192),
    Quota("ec2", "L-C4BD4855", "All P5 Spot Instance Requests", 192),
    Quota("ec2", "L-0263D0A3", "EC2-VPC Elastic IPs", 5),
    Quota("vpc", "L-F678F1CE", "VPCs per Region", 5),
    Quota("vpc", "L-FE5A380F", "NAT gateways per Availability Zone", 5),
    Quota("eks", "L-1194D53C", "Clusters", 100),
)


# What a test set; EC2 is held to it.
SET: dict[str, float] = {}
# By the letters that an instance type begins with: the codes of its quotas, on-demand and spot, both in vCPUs.
BUCKETS = {
    **{letter: ("L-1216C47A", "L-34B43A08") for letter in ("a", "c", "d", "h", "i", "m", "r", "t", "z")},
    **{letter: ("L-DB2E81BA", "L-3819A6DF") for letter in ("g", "gr", "vt")},
    "p": ("L-417A185B", "L-7212CCBC"),
}


def vcpu_limit(kind: str, spot: bool) -> tuple[str, float] | None:
    """The quota that counts an instance of this type, and its value; none for a type of no known quota."""
    letters = "".join(takewhile(str.isalpha, kind))
    if letters not in BUCKETS:
        return None
    code = "L-C4BD4855" if spot and kind.startswith("p5") else BUCKETS[letters][spot]
    return code, SET.get(code, next(quota.value for quota in QUOTAS if quota.code == code))


class Quotas:
    """The service; a test may set values by code through `/_lab/quotas`."""

    def __init__(self) -> None:
        self.set = SET

    def _shown(self, quota: Quota, default: bool) -> dict[str, Any]:
        value = quota.value if default else self.set.get(quota.code, quota.value)
        return {
            "ServiceCode": quota.service,
            "ServiceName": SERVICES[quota.service],
            "QuotaArn": f"arn:aws:servicequotas:{get_region()}:{get_account_id()}:{quota.service}/{quota.code}",
            "QuotaCode": quota.code,
            "QuotaName": quota.name,
            "Value": float(value),
            "Unit": "None",
            "Adjustable": quota.adjustable,
            "GlobalQuota": False,
        }

    def answer(self, action: str, body: bytes) -> Answer:
        """Answers one action."""
        asked = json.loads(body or b"{}")
        service, code = asked.get("ServiceCode", ""), asked.get("QuotaCode", "")
        of_service = [quota for quota in QUOTAS if quota.service == service]
        default = "Default" in action
        if action == "ListServices":
            return json_answer(
                200, {"Services": [{"ServiceCode": key, "ServiceName": SERVICES[key]} for key in SERVICES]}
            )
        if not of_service:
            return json_error(
                400, "NoSuchResourceException", f"The request failed because the service {service} is unknown."
            )
        if action in ("ListServiceQuotas", "ListAWSDefaultServiceQuotas"):
            return json_answer(200, {"Quotas": [self._shown(quota, default) for quota in of_service]})
        if action in ("GetServiceQuota", "GetAWSDefaultServiceQuota"):
            found = [quota for quota in of_service if quota.code == code]
            if found:
                return json_answer(200, {"Quota": self._shown(found[0], default)})
            return json_error(
                400, "NoSuchResourceException", f"The request failed because the quota {code} is unknown."
            )
        return json_error(400, "InvalidAction", f"This emulator does not have {action}")
