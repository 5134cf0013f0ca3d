"""CloudFormation types of EKS that MiniStack lacks, or whose properties it drops on the way to its EKS."""

from __future__ import annotations

from typing import Any

import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.eks as eks

from emulator import eks_releases, eks_roles, eks_versions
from emulator.answers import body_of

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]


def _camel(properties: Properties, *without: str) -> dict[str, Any]:
    """The API's spelling of a resource's properties, its tags as the map that the API takes."""
    kept = {key: value for key, value in properties.items() if key not in ("Tags", *without)}
    return {**provisioners._pascal_to_camel(kept), "tags": provisioners._tag_map(properties.get("Tags"))}


def _cluster_attributes(cluster: dict[str, Any]) -> dict[str, Any]:
    encryption = cluster.get("encryptionConfig") or []
    key = encryption[0].get("provider", {}).get("keyArn", "") if encryption else ""
    return {**provisioners._eks_cluster_attrs(cluster), "EncryptionConfigKeyArn": key, "Id": cluster["name"]}


def _cluster_create(logical: str, properties: Properties, stack: str) -> Created:
    """MiniStack's handler drops the network, encryption and access settings, so EKS is asked here."""
    name = properties.get("Name") or provisioners._physical_name(stack, logical, max_len=100)
    eks_versions.check_new_cluster(properties.get("Version"))
    body = {
        **_camel(properties, "Name", "Logging", "ResourcesVpcConfig", "AccessConfig", "BootstrapSelfManagedAddons"),
        **provisioners._eks_cluster_fields(properties),
        "name": name,
    }
    body["accessConfig"] = _access_config(properties)
    body_of(eks._create_cluster(body), "AWS::EKS::Cluster")
    eks._clusters[name]["_plain"] = not provisioners._cfn_bool(properties.get("BootstrapSelfManagedAddons", True))
    return name, _cluster_attributes(eks._clusters[name])


def _access_config(properties: Properties) -> dict[str, Any]:
    access = provisioners._pascal_to_camel(properties.get("AccessConfig") or {})
    bootstrap = "bootstrapClusterCreatorAdminPermissions"
    if bootstrap in access:
        access[bootstrap] = provisioners._cfn_bool(access[bootstrap])
    return access


def _cluster_update(physical: str, old: Properties, new: Properties, stack: str, logical: str | None) -> Created:
    eks_versions.check_cluster_update(physical, new.get("Version"))
    if old.get("KubernetesNetworkConfig") != new.get("KubernetesNetworkConfig"):
        raise ValueError(
            "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
            f"Rename {physical} and update the stack again."
        )
    updated, _ = provisioners._eks_cluster_update(physical, old, new, stack, logical)
    return updated, _cluster_attributes(eks._clusters[updated])


def _cluster_delete(physical: str, _properties: Properties) -> None:
    body_of(eks._delete_cluster(physical), "AWS::EKS::Cluster")


def _nodegroup_create(logical: str, properties: Properties, stack: str) -> Created:
    """MiniStack's handler drops the capacity type and makes fields up that a launch template would hold."""
    cluster = properties["ClusterName"]
    eks_versions.check_nodegroup(cluster, properties.get("Version"))
    eks_versions.check_nodes_can_join(cluster, eks._clusters.get(cluster, {}).get("_plain", False))
    eks_versions.check_instance_types(properties.get("InstanceTypes") or [], properties.get("Subnets") or [])
    eks_releases.check_release(properties)
    created = provisioners._eks_nodegroup_create(logical, properties, stack)
    group = eks._nodegroups[f"{properties['ClusterName']}/{created[0]}"]
    group["capacityType"] = properties.get("CapacityType", "ON_DEMAND")
    if properties.get("LaunchTemplate"):
        for absent in ("diskSize", "instanceTypes", "amiType"):
            if absent[0].upper() + absent[1:] not in properties:
                group.pop(absent, None)
    return created


def _nodegroup_update(physical: str, old: Properties, new: Properties, stack: str, logical: str | None) -> Created:
    eks_versions.check_nodegroup(new["ClusterName"], new.get("Version"))
    eks_versions.check_instance_types(new.get("InstanceTypes") or [], new.get("Subnets") or [])
    eks_releases.check_release(new)
    eks_releases.check_update(old, new)
    return provisioners._eks_nodegroup_update(physical, old, new, stack, logical)


def _nodegroup_delete(physical: str, properties: Properties) -> None:
    body_of(eks._delete_nodegroup(properties["ClusterName"], physical), "AWS::EKS::Nodegroup")


def _addon_create(_logical: str, properties: Properties, _stack: str) -> Created:
    cluster, name = properties["ClusterName"], properties["AddonName"]
    eks_versions.check_addon(properties)
    eks_roles.check(properties)
    addon = body_of(eks._create_addon(cluster, _camel(properties)), "AWS::EKS::Addon")["addon"]
    eks_roles.associate(cluster, name, properties.get("PodIdentityAssociations") or [])
    return f"{cluster}|{name}", {"Arn": addon["addonArn"]}


def _addon_update(physical: str, old: Properties, new: Properties, stack: str) -> Created:
    cluster, name = new["ClusterName"], new["AddonName"]
    if physical != f"{cluster}|{name}":
        created = _addon_create("", new, stack)
        _addon_delete(physical, old)
        return created
    eks_versions.check_addon(new)
    eks_roles.check(new)
    body_of(eks._update_addon(cluster, name, _camel(new)), "AWS::EKS::Addon")
    eks_roles.associate(cluster, name, new.get("PodIdentityAssociations") or [])
    addon = eks._addons[f"{cluster}/{name}"]
    provisioners._reconcile_tag_map(addon["tags"], old, new)
    return physical, {"Arn": addon["addonArn"]}


def _addon_delete(physical: str, _properties: Properties) -> None:
    cluster, name = physical.split("|", 1)
    eks_roles.release(cluster, name)
    body_of(eks._delete_addon(cluster, name), "AWS::EKS::Addon")


def _entry_create(_logical: str, properties: Properties, _stack: str) -> Created:
    cluster, principal = properties["ClusterName"], properties["PrincipalArn"]
    what = "AWS::EKS::AccessEntry"
    entry = body_of(eks._create_access_entry(cluster, _camel(properties, "AccessPolicies")), what)["accessEntry"]
    for policy in properties.get("AccessPolicies") or []:
        body_of(eks._associate_access_policy(cluster, principal, provisioners._pascal_to_camel(policy)), what)
    return f"{principal}|{cluster}", {"AccessEntryArn": entry["accessEntryArn"]}


def _entry_update(physical: str, old: Properties, new: Properties, stack: str) -> Created:
    if any(old.get(key) != new.get(key) for key in ("ClusterName", "PrincipalArn", "Type")):
        _entry_delete(physical, old)
        return _entry_create("", new, stack)
    cluster, principal, what = new["ClusterName"], new["PrincipalArn"], "AWS::EKS::AccessEntry"
    entry = body_of(eks._update_access_entry(cluster, principal, _camel(new)), what)["accessEntry"]
    wanted = {policy["PolicyArn"]: policy for policy in new.get("AccessPolicies") or []}
    for policy in old.get("AccessPolicies") or []:
        if policy["PolicyArn"] not in wanted:
            eks._disassociate_access_policy(cluster, principal, policy["PolicyArn"])
    for policy in wanted.values():
        body_of(eks._associate_access_policy(cluster, principal, provisioners._pascal_to_camel(policy)), what)
    provisioners._reconcile_tag_map(entry["tags"], old, new)
    return physical, {"AccessEntryArn": entry["accessEntryArn"]}


def _entry_delete(_physical: str, properties: Properties) -> None:
    answer = eks._delete_access_entry(properties["ClusterName"], properties["PrincipalArn"])
    body_of(answer, "AWS::EKS::AccessEntry")


def _association_create(_logical: str, properties: Properties, _stack: str) -> Created:
    answer = eks._create_pod_identity_association(properties["ClusterName"], _camel(properties))
    association = body_of(answer, "AWS::EKS::PodIdentityAssociation")["association"]
    return association["associationArn"], _association_attributes(association)


def _association_attributes(association: dict[str, Any]) -> dict[str, Any]:
    return {"AssociationArn": association["associationArn"], "AssociationId": association["associationId"]}


def _association_update(physical: str, old: Properties, new: Properties, stack: str) -> Created:
    if any(old.get(key) != new.get(key) for key in ("ClusterName", "Namespace", "ServiceAccount")):
        created = _association_create("", new, stack)
        _association_delete(physical, old)
        return created
    answer = eks._update_pod_identity_association(new["ClusterName"], physical.rsplit("/", 1)[-1], _camel(new))
    association = body_of(answer, "AWS::EKS::PodIdentityAssociation")["association"]
    provisioners._reconcile_tag_map(association["tags"], old, new)
    return physical, _association_attributes(association)


def _association_delete(physical: str, properties: Properties) -> None:
    answer = eks._delete_pod_identity_association(properties["ClusterName"], physical.rsplit("/", 1)[-1])
    body_of(answer, "AWS::EKS::PodIdentityAssociation")


HANDLERS: dict[str, dict[str, Any]] = {
    "AWS::EKS::Cluster": {
        "create": _cluster_create,
        "update": _cluster_update,
        "delete": _cluster_delete,
        "update_with_logical_id": True,
    },
    "AWS::EKS::Nodegroup": {
        "create": _nodegroup_create,
        "update": _nodegroup_update,
        "delete": _nodegroup_delete,
        "update_with_logical_id": True,
    },
    "AWS::EKS::Addon": {"create": _addon_create, "update": _addon_update, "delete": _addon_delete},
    "AWS::EKS::AccessEntry": {"create": _entry_create, "update": _entry_update, "delete": _entry_delete},
    "AWS::EKS::PodIdentityAssociation": {
        "create": _association_create,
        "update": _association_update,
        "delete": _association_delete,
    },
}
