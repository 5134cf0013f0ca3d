"""Roles of EKS's add-ons: what CreateAddon refuses of them, what becomes of an add-on without one, and their pods' keys.

Nodes of the project hand no role on to pods (hop limit 1), so an add-on that calls AWS needs an association. Without
one most crash-loop, which CloudFormation waits for and rolls back; the agents of CloudWatch only stay silent. Both fail
here, as nothing else would tell.
"""

from __future__ import annotations

from typing import Any

import ministack.services.eks as eks
import ministack.services.iam as iam

from emulator import access, facts
from emulator.answers import body_of, eks_invalid

Properties = dict[str, Any]
WHAT = "AWS::EKS::Addon"


def _facts(name: str) -> dict[str, Any]:
    found: dict[str, Any] = facts.table("add-ons.json", "addOns").get(name, {})
    return found


def check(properties: Properties) -> None:
    """Whether its associations are for its own account and roles that its pods may take, and none is missing."""
    name, cluster = properties["AddonName"], properties["ClusterName"]
    given, role = properties.get("PodIdentityAssociations") or [], _facts(name).get("role")
    for each in given:
        _check_association(name, cluster, each)
    # Rights to one's own resources, like a bucket, are missed by who uses them and not by the add-on.
    if role and role["policies"] and not role["nodeRoleIsEnough"] and not given:
        raise ValueError(
            f"InsufficientNumberOfReplicas: The add-on {name} is unhealthy because it doesn't have the desired number of "
            f"replicas: {role['namespace']}/{role['serviceAccount']} has no role and its pods end with NoCredentialProviders"
        )


def _check_association(name: str, cluster: str, association: dict[str, str]) -> None:
    account, arn, role = association["ServiceAccount"], association["RoleArn"], _facts(name).get("role")
    if role is None or account != role["serviceAccount"]:
        raise eks_invalid(
            f"ServiceAccount `{account}` in pod identity configuration is not supported for addon `{name}`."
        )
    record = iam._roles.get(arn.rsplit("/", 1)[-1])
    if record is None or record["Arn"] != arn:
        raise eks_invalid(f"Role {arn} does not exist")
    cluster_arn = eks._clusters[cluster]["arn"]
    tags = {
        "eks-cluster-arn": cluster_arn,
        "eks-cluster-name": cluster,
        "kubernetes-namespace": _facts(name)["namespace"],
        "kubernetes-service-account": account,
        "kubernetes-pod-name": "pod",
        "kubernetes-pod-uid": "0",
    }
    if not access.trusts_pod_identity(arn, tags, cluster_arn):
        raise eks_invalid(
            f"Trust policy of {arn} does not let {access.POD_IDENTITY} assume and tag a session of {name}"
        )
    if not record["AttachedPolicies"] and not record["InlinePolicies"]:
        raise ValueError(f"InsufficientNumberOfReplicas: The add-on {name} is unhealthy: {arn} allows nothing")


def associate(cluster: str, name: str, associations: list[dict[str, str]]) -> None:
    """The add-on's own associations: in place of those that it had, and gone when it goes."""
    release(cluster, name)
    addon, made = eks._addons[f"{cluster}/{name}"], []
    for each in associations:
        body = {
            "namespace": _facts(name)["namespace"],
            "serviceAccount": each["ServiceAccount"],
            "roleArn": each["RoleArn"],
        }
        association = body_of(eks._create_pod_identity_association(cluster, body), WHAT)["association"]
        association_id = association["associationId"]
        eks._pod_identity_associations[eks._pia_key(cluster, association_id)]["ownerArn"] = addon["addonArn"]
        made.append(association["associationArn"])
    addon["podIdentityAssociations"] = made


def release(cluster: str, name: str) -> None:
    """Removes what the add-on owns."""
    owner = eks._addons.get(f"{cluster}/{name}", {}).get("addonArn")
    for key, each in list(eks._pod_identity_associations.items()):
        if owner and each["ownerArn"] == owner:
            eks._pod_identity_associations.pop(key)
