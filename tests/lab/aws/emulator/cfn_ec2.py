"""CloudFormation types of EC2 that MiniStack lacks, backed by its own EC2 records so that EC2's API shows them."""

from __future__ import annotations

from typing import Any

import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.ec2 as ec2
from ministack.core.responses import get_account_id, new_uuid

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]
Handlers = dict[str, Any]


def _apply_tags(resource: str, new: Properties, old: Properties | None = None) -> None:
    """Sets the template's tags; tags made through EC2's API stay."""
    provisioners._ec2_apply_tags(resource, new, old)


def _eip_create(_logical: str, properties: Properties, _stack: str) -> Created:
    before = set(ec2._addresses)
    ec2._allocate_address({"Domain": [properties.get("Domain", "vpc")]})
    allocation = next(iter(set(ec2._addresses) - before))
    _apply_tags(allocation, properties)
    public_ip = ec2._addresses[allocation]["PublicIp"]
    return public_ip, {"AllocationId": allocation, "PublicIp": public_ip}


def _eip_find(public_ip: str) -> str:
    found = [key for key, address in ec2._addresses.items() if address["PublicIp"] == public_ip]
    if not found:
        raise ValueError(f"The address {public_ip} does not exist (InvalidAddress.NotFound)")
    return found[0]


def _eip_update(physical: str, old: Properties, new: Properties, _stack: str) -> Created:
    allocation = _eip_find(physical)
    _apply_tags(allocation, new, old)
    return physical, {"AllocationId": allocation, "PublicIp": physical}


def _eip_delete(physical: str, _properties: Properties) -> None:
    allocation = _eip_find(physical)
    ec2._addresses.pop(allocation)
    ec2._tags.pop(allocation, None)


def _nat_create(_logical: str, properties: Properties, _stack: str) -> Created:
    connectivity = properties.get("ConnectivityType", "public")
    allocation, subnet = properties.get("AllocationId", ""), properties.get("SubnetId", "")
    if connectivity == "public" and allocation not in ec2._addresses:
        raise ValueError(
            f"Elastic IP address {allocation} could not be associated with this NAT gateway "
            "(InvalidElasticIpID.NotFound)"
        )
    if subnet not in ec2._subnets:
        raise ValueError(f"The subnet ID '{subnet}' does not exist (InvalidSubnetID.NotFound)")
    before = set(ec2._nat_gateways)
    ec2._create_nat_gateway({"SubnetId": [subnet], "AllocationId": [allocation], "ConnectivityType": [connectivity]})
    gateway = next(iter(set(ec2._nat_gateways) - before))
    _apply_tags(gateway, properties)
    return gateway, {"NatGatewayId": gateway}


def _nat_update(physical: str, old: Properties, new: Properties, _stack: str) -> Created:
    _apply_tags(physical, new, old)
    return physical, {"NatGatewayId": physical}


def _nat_delete(physical: str, _properties: Properties) -> None:
    ec2._delete_nat_gateway({"NatGatewayId": [physical]})


def _flow_log_create(_logical: str, properties: Properties, _stack: str) -> Created:
    before = set(ec2._flow_logs)
    ec2._create_flow_logs(
        {
            "ResourceId.1": [properties["ResourceId"]],
            "ResourceType": [properties.get("ResourceType", "VPC")],
            "TrafficType": [properties.get("TrafficType", "ALL")],
            "LogDestinationType": [properties.get("LogDestinationType", "cloud-watch-logs")],
            "LogDestination": [properties.get("LogDestination", "")],
            "LogGroupName": [properties.get("LogGroupName", "")],
        }
    )
    flow_log = next(iter(set(ec2._flow_logs) - before))
    _apply_tags(flow_log, properties)
    return flow_log, {"Id": flow_log}


def _flow_log_update(physical: str, old: Properties, new: Properties, _stack: str) -> Created:
    _apply_tags(physical, new, old)
    return physical, {"Id": physical}


def _flow_log_delete(physical: str, _properties: Properties) -> None:
    ec2._delete_flow_logs({"FlowLogId.1": [physical]})


def _permission(properties: Properties) -> dict[str, Any]:
    """The rule as EC2's record has it; peers without an owner belong to this account."""
    permission = provisioners._ec2_sg_permissions([{**properties, "IpProtocol": str(properties["IpProtocol"])}])[0]
    for pair in permission["UserIdGroupPairs"]:
        pair.setdefault("UserId", get_account_id())
    return permission


def _rule(store: str) -> Handlers:
    """The handlers of a rule of a security group: `IpPermissions` or `IpPermissionsEgress`."""

    def create(_logical: str, properties: Properties, _stack: str) -> Created:
        security_group = ec2._security_groups.get(properties.get("GroupId"))
        if security_group is None:
            raise ValueError(f"The security group '{properties.get('GroupId')}' does not exist (InvalidGroup.NotFound)")
        rule = "sgr-" + new_uuid().replace("-", "")[:17]
        security_group.setdefault(store, []).append({**_permission(properties), "SecurityGroupRuleId": rule})
        return rule, {"Id": rule}

    def delete(physical: str, properties: Properties) -> None:
        security_group = ec2._security_groups.get(properties.get("GroupId"))
        if security_group:
            kept = [rule for rule in security_group.get(store, []) if rule.get("SecurityGroupRuleId") != physical]
            security_group[store] = kept

    def update(physical: str, old: Properties, new: Properties, stack: str) -> Created:
        created = create("", new, stack)
        delete(physical, old)
        return created

    return {"create": create, "update": update, "delete": delete}


HANDLERS: dict[str, Handlers] = {
    "AWS::EC2::EIP": {"create": _eip_create, "update": _eip_update, "delete": _eip_delete},
    "AWS::EC2::NatGateway": {"create": _nat_create, "update": _nat_update, "delete": _nat_delete},
    "AWS::EC2::FlowLog": {"create": _flow_log_create, "update": _flow_log_update, "delete": _flow_log_delete},
    "AWS::EC2::SecurityGroupIngress": _rule("IpPermissions"),
    "AWS::EC2::SecurityGroupEgress": _rule("IpPermissionsEgress"),
}
