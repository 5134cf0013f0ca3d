"""EC2 held to its quotas: the vCPUs of what runs, by kind of instance, on-demand and spot apart."""

from __future__ import annotations

import ministack.services.ec2 as ec2

from emulator.instance_types import here
from emulator.quotas import vcpu_limit


def over_quota(kind: str, spot: bool) -> tuple[str, str] | None:
    """An error's code and message when such an instance, with those that run, would exceed its quota."""
    limit, known = vcpu_limit(kind, spot), here()
    if not limit or kind not in known:
        return None
    code, allowed = limit
    running = [
        instance["InstanceType"]
        for instance in ec2._instances.values()
        if instance["State"]["Name"] in ("pending", "running") and bool(instance.get("_spot")) == spot
    ]
    counted = [other for other in running if other in known and (vcpu_limit(other, spot) or ("", 0))[0] == code]
    if sum(known[each].vcpus for each in [*counted, kind]) <= allowed:
        return None
    if spot:
        return "MaxSpotInstanceCountExceeded", "Max spot instance count exceeded"
    return (
        "VcpuLimitExceeded",
        f"You have requested more vCPU capacity than your current vCPU limit of {allowed:.0f} allows for the instance "
        "bucket that the specified instance type belongs to. Please visit "
        "http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
    )
