"""The EKS data plane: in place of MiniStack's k3s container, the lab's own API server and its CA."""

from __future__ import annotations

import base64
import ipaddress
import time
from typing import Any

import ministack.services.ec2 as ec2
import ministack.services.eks as eks
from ministack.core.responses import get_region, new_uuid

from emulator.settings import Settings

_create_cluster = eks._create_cluster
_delete_cluster = eks._delete_cluster
NO_CONTROL_PLANE = {"cac1-az3", "use1-az3", "usw1-az2"}
NO_ENDPOINT_CA = (
    b"-----BEGIN CERTIFICATE-----\nthis emulator was started without --eks-ca-file\n-----END CERTIFICATE-----\n"
)


def install(settings: Settings) -> None:
    """Replaces CreateCluster and DeleteCluster, and takes Docker away."""

    def create(body: dict[str, Any], creator_arn: str | None = None) -> Any:
        answer = _create_cluster(body, creator_arn)
        if answer[0] >= 400:
            return answer
        cluster = eks._clusters[body["name"]]
        network = body.get("kubernetesNetworkConfig", {})
        refusal = _place_in_vpc(cluster) or _refused_range(network.get("serviceIpv4Cidr"), cluster)
        if refusal:
            eks._delete_cluster(cluster["name"])
            return refusal
        _give_endpoint(cluster, settings)
        cluster["kubernetesNetworkConfig"]["serviceIpv4Cidr"] = network.get("serviceIpv4Cidr", "172.20.0.0/16")
        cluster["platformVersion"] = "eks.1"
        cluster["status"] = "ACTIVE"
        return eks._json_resp(200, {"cluster": eks._sanitize(cluster)})

    eks._get_docker = lambda: None
    eks._create_cluster = create
    eks._delete_cluster = delete


def _place_in_vpc(cluster: dict[str, Any]) -> Any:
    """MiniStack invents the VPC and the cluster's security group; AWS takes the subnets' VPC and makes a real group."""
    config = cluster["resourcesVpcConfig"]
    for subnet in config.get("subnetIds") or []:
        if subnet not in ec2._subnets:
            return eks._error(400, "InvalidParameterException", f"The subnet ID '{subnet}' does not exist")
        config["vpcId"] = ec2._subnets[subnet]["VpcId"]
    refusal = _refused_zones([ec2._subnets[subnet]["AvailabilityZoneId"] for subnet in config.get("subnetIds") or []])
    if refusal:
        return refusal
    before = set(ec2._security_groups)
    name = f"eks-cluster-sg-{cluster['name']}-{int(time.time())}"
    ec2._create_security_group(
        {"GroupName": [name], "GroupDescription": ["EKS created security group"], "VpcId": [config["vpcId"]]}
    )
    made = set(ec2._security_groups) - before
    if not made:
        return eks._error(400, "InvalidParameterException", f"Cannot make {name} in {config['vpcId']}")
    group = made.pop()
    config["clusterSecurityGroupId"] = cluster["_security_group"] = group
    owned = {"Key": f"kubernetes.io/cluster/{cluster['name']}", "Value": "owned"}
    ec2._tags[group] = [
        {"Key": "Name", "Value": name},
        owned,
        {"Key": "aws:eks:cluster-name", "Value": cluster["name"]},
    ]
    return None


def _refused_zones(zone_ids: list[str]) -> Any:
    """EKS wants two zones, and has some that it puts no control plane in."""
    refused = sorted(set(zone_ids) & NO_CONTROL_PLANE)
    if refused:
        message = f"EKS does not support creating control plane instances in {refused[0]}, the targeted availability zone"
        return eks._error(400, "UnsupportedAvailabilityZoneException", message)
    if len(set(zone_ids)) == 1:
        return eks._error(400, "InvalidParameterException", "Subnets specified must be in at least two different AZs")
    return None


PRIVATE = [ipaddress.ip_network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


def _refused_range(text: str | None, cluster: dict[str, Any]) -> Any:
    """KubernetesNetworkConfigRequest of EKS's API reference: private, /24 to /12, none of the VPC's addresses."""
    if text is None:
        return None
    try:
        block = ipaddress.ip_network(text)
    except ValueError:
        return eks._error(400, "InvalidParameterException", f"The CIDR block '{text}' is not valid")
    if not 12 <= block.prefixlen <= 24 or not any(block.subnet_of(private) for private in PRIVATE):
        message = f"The service CIDR block {text} must be a private block between /24 and /12"
        return eks._error(400, "InvalidParameterException", message)
    vpc = ec2._vpcs[cluster["resourcesVpcConfig"]["vpcId"]]["CidrBlock"]
    if block.overlaps(ipaddress.ip_network(vpc)):
        message = f"The service CIDR block {text} overlaps with the VPC CIDR block {vpc}"
        return eks._error(400, "InvalidParameterException", message)
    return None


def _give_endpoint(cluster: dict[str, Any], settings: Settings) -> None:
    identity = new_uuid().replace("-", "").upper()
    cluster["endpoint"] = settings.eks_endpoint or f"https://{identity}.gr7.{get_region()}.eks.amazonaws.com"
    authority = settings.eks_ca_file.read_bytes() if settings.eks_ca_file else NO_ENDPOINT_CA
    cluster["certificateAuthority"] = {"data": base64.b64encode(authority).decode()}
    cluster["identity"] = {"oidc": {"issuer": f"https://oidc.eks.{get_region()}.amazonaws.com/id/{identity}"}}


def delete(name: str) -> Any:
    """AWS refuses while node groups stand; MiniStack drops them. The security group goes with the cluster."""
    groups = [key for key in eks._nodegroups if key.startswith(f"{name}/")]
    if groups:
        return eks._error(409, "ResourceInUseException", "Cluster has nodegroups attached")
    cluster = eks._clusters.get(name)
    answer = _delete_cluster(name)
    if cluster:
        ec2._security_groups.pop(cluster.get("_security_group"), None)
        ec2._tags.pop(cluster.get("_security_group"), None)
        for key in [key for key in eks._addons if key.startswith(f"{name}/")]:
            eks._addons.pop(key, None)
    return answer
