"""What EKS refuses about versions and about the order of things, as the rules of CloudFormation's types of EKS."""

from __future__ import annotations

import re
from typing import Any

import ministack.services.ec2 as ec2
import ministack.services.eks as eks
from ministack.core.responses import get_region

from emulator import ec2_catalog, eks_addons, facts
from emulator.answers import eks_invalid

VERSION = re.compile(r"(\d+)\.(\d+)")
# Without the first no node gets a network, without the second the first does not reach the API server. The third is
# the lab's own demand: a node is Ready without it, but its pods have no roles.
BEFORE_NODES = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")
# Deployments: their pods need a node.
AFTER_NODES = ("coredns",)


def _minor(version: str) -> int:
    found = VERSION.fullmatch(version)
    if not found:
        raise eks_invalid(f"unsupported Kubernetes version {version}")
    return int(found[2])


def check_new_cluster(version: str | None) -> None:
    """EKS creates clusters of the versions that it supports."""
    if version is not None and version not in facts.table("eks.json", "versions"):
        raise eks_invalid(f"unsupported Kubernetes version {version}")


def check_cluster_update(name: str, version: str | None) -> None:
    """One minor version up, or none at all; measured by the cluster and not by the template before."""
    deployed = eks._clusters[name]["version"]
    if version is None or version == deployed:
        return
    if _minor(version) - _minor(deployed) != 1 or version not in facts.table("eks.json", "versions"):
        raise eks_invalid(f"unsupported Kubernetes minor version update from {deployed} to {version}")


def check_nodegroup(cluster: str, version: str | None) -> None:
    """Nodes are never newer than their cluster."""
    deployed = eks._clusters[cluster]["version"] if cluster in eks._clusters else None
    if version and deployed and _minor(version) > _minor(deployed):
        raise eks_invalid(f"Nodegroup version {version} must not be newer than the cluster's version {deployed}")


def check_instance_types(kinds: list[str], subnets: list[str]) -> None:
    """The region has every type, and one of the subnets' zones has one of them."""
    message = ec2_catalog.unknown(kinds)
    if message:
        raise eks_invalid(message)
    zones = {ec2._subnets[each].get("AvailabilityZoneId", "") for each in subnets if each in ec2._subnets}
    places = [(kind, zone) for kind in kinds for zone in zones]
    if places and not any(facts.offered_in_zone(kind, get_region(), zone) for kind, zone in places):
        raise ValueError(
            f"AsgInstanceLaunchFailures: Your requested instance type ({', '.join(kinds)}) is not supported in your "
            f"requested Availability Zone ({', '.join(sorted(zones))})."
        )


def check_nodes_can_join(cluster: str, plain: bool) -> None:
    """Nodes of a cluster without self-managed add-ons wait for those of its stack, in vain if these come later."""
    missing = [name for name in BEFORE_NODES if f"{cluster}/{name}" not in eks._addons]
    if plain and missing:
        raise ValueError(
            "NodeCreationFailure: Instances failed to join the kubernetes cluster: "
            f"{cluster} has no add-on {', '.join(missing)}"
        )


def check_addon(properties: dict[str, Any]) -> None:
    """Whether EKS offers the version for this cluster, and that there are nodes for what needs them."""
    cluster, name = properties["ClusterName"], properties["AddonName"]
    version = properties.get("AddonVersion")
    if not eks_addons.known(name):
        raise eks_invalid(f"Addon {name} specified is not supported")
    if version and cluster in eks._clusters:
        known = eks_addons.offered(name, eks._clusters[cluster]["version"])
        if version not in known:
            raise eks_invalid(f"Addon version specified is not supported: {version}")
    if name in AFTER_NODES and not any(key.startswith(f"{cluster}/") for key in eks._nodegroups):
        raise ValueError(f"InsufficientNumberOfReplicas: The add-on {name} is unhealthy: {cluster} has no nodes")
