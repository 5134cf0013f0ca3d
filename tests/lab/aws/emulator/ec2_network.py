"""Zones and the surroundings of a subnet, as far as AWS tells more of them than MiniStack: which zones a region has,
how many addresses a subnet has, a route whose NAT gateway is gone, an endpoint's private DNS.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.ec2 as ec2
from ministack.core.responses import get_region

from emulator import facts
from emulator.answers import group, items, tag

Parameters = dict[str, Any]

UNSEEN = {"ap-northeast-1": "3", "us-west-1": "2"}
"""Zones that this account does not have, by the number of their id: not every account has all of a region's zones."""

RESERVED = 5
"""Addresses of a subnet that AWS keeps."""

_create_subnet = ec2._create_subnet
_describe_route_tables = ec2._describe_route_tables
_describe_endpoints = ec2._describe_vpc_endpoints
_create_endpoint = ec2._create_vpc_endpoint
_endpoint_xml = ec2._vpce_fields_xml


def zones() -> dict[str, str]:
    """The region's zones by name, with their ids: a name's letter stands for the number of its id."""
    region = get_region()
    seen = [each for each in facts.zone_ids(region) if each[-1] not in UNSEEN.get(region, "")]
    return {f"{region}{chr(ord('a') + int(each[-1]) - 1)}": each for each in seen}


def _name_of(zone_id: str) -> str | None:
    return next((name for name, each in zones().items() if each == zone_id), None)


def _describe_zones(parameters: Parameters) -> Any:
    wanted = ec2._parse_filters(parameters).get("zone-type", ["availability-zone"])
    listed = [
        tag("zoneName", name)
        + tag("zoneState", "available")
        + tag("regionName", get_region())
        + tag("zoneId", zone_id)
        + tag("groupName", f"{get_region()}-zg-1")
        + tag("networkBorderGroup", get_region())
        + tag("optInStatus", "opt-in-not-required")
        + tag("zoneType", "availability-zone")
        for name, zone_id in zones().items()
        if "availability-zone" in wanted
    ]
    return ec2._xml(200, "DescribeAvailabilityZonesResponse", items("availabilityZoneInfo", listed))


def refusal(name: str, zone_id: str) -> str | None:
    """What AWS says of a zone that the region does not have."""
    names, ids = [*zones()], [*zones().values()]
    for value, field, known in ((name, "availabilityZone", names), (zone_id, "availabilityZoneId", ids)):
        if value and value not in known:
            return (
                f"Value ({value}) for parameter {field} is invalid. Subnets can currently only be created in the "
                f"following availability zones: {', '.join(known)}."
            )
    return None


def _size(subnet: dict[str, Any]) -> None:
    subnet["AvailableIpAddressCount"] = ipaddress.ip_network(subnet["CidrBlock"]).num_addresses - RESERVED


def _create(parameters: Parameters) -> Any:
    message = refusal(ec2._p(parameters, "AvailabilityZone"), ec2._p(parameters, "AvailabilityZoneId"))
    if message:
        return ec2._error("InvalidParameterValue", message, 400)
    before = set(ec2._subnets)
    answer = _create_subnet(parameters)
    for made in set(ec2._subnets) - before:
        _size(ec2._subnets[made])
    return answer


def _provision(handler: Callable[..., Any], at: int) -> Callable[..., Any]:
    """The properties are the handler's argument number `at`."""

    def handle(*arguments: Any) -> Any:
        properties = arguments[at]
        message = refusal(properties.get("AvailabilityZone", ""), properties.get("AvailabilityZoneId", ""))
        if message:
            raise ValueError(f"{message} (Service: Ec2, Status Code: 400)")
        physical, attributes = handler(*arguments)
        _size(ec2._subnets[physical])
        return physical, attributes

    return handle


def _describe_tables(parameters: Parameters) -> Any:
    """A route to a NAT gateway that is gone leads nowhere."""
    for table in ec2._route_tables.values():
        for route in table.get("Routes", []):
            gateway = route.get("NatGatewayId")
            if gateway and ec2._nat_gateways.get(gateway, {}).get("State") in (None, "deleted"):
                route["State"] = "blackhole"
    return _describe_route_tables(parameters)


def _create_vpc_endpoint(parameters: Parameters) -> Any:
    before = set(ec2._vpc_endpoints)
    _create_endpoint(parameters)
    made = ec2._vpc_endpoints[next(iter(set(ec2._vpc_endpoints) - before))]
    interface = made["VpcEndpointType"] == "Interface"
    made["PrivateDnsEnabled"] = interface and ec2._p(parameters, "PrivateDnsEnabled").lower() != "false"
    return ec2._xml(200, "CreateVpcEndpointResponse", _with_dns(made, "vpcEndpoint"))


def _with_dns(endpoint: dict[str, Any], tag_name: str = "item") -> str:
    private = "true" if endpoint.get("PrivateDnsEnabled") in (True, "true") else "false"
    head = _endpoint_xml(endpoint, tag_name).rsplit(f"</{tag_name}>", 1)[0]
    return f"{head}{tag('privateDnsEnabled', private)}</{tag_name}>"


def _describe_vpc_endpoints(parameters: Parameters) -> Any:
    wanted = ec2._parse_filters(parameters).get("vpc-id")
    named = ec2._parse_member_list(parameters, "VpcEndpointId")
    listed = [
        _with_dns(endpoint)
        for endpoint in ec2._vpc_endpoints.values()
        if (not wanted or endpoint["VpcId"] in wanted) and (not named or endpoint["VpcEndpointId"] in named)
    ]
    return ec2._xml(200, "DescribeVpcEndpointsResponse", group("vpcEndpointSet", *listed))


ACTIONS: dict[str, Callable[[Parameters], Any]] = {
    "CreateSubnet": _create,
    "CreateVpcEndpoint": _create_vpc_endpoint,
    "DescribeAvailabilityZones": _describe_zones,
    "DescribeRouteTables": _describe_tables,
    "DescribeVpcEndpoints": _describe_vpc_endpoints,
}


def install() -> None:
    """Gives every region its own zones, and CloudFormation's subnets the checks of CreateSubnet."""
    ec2._zone_name_for_az_id = _name_of
    handlers = provisioners._RESOURCE_HANDLERS["AWS::EC2::Subnet"]
    wrapped = {verb: _provision(handlers[verb], at) for verb, at in (("create", 1), ("update", 2)) if verb in handlers}
    provisioners._RESOURCE_HANDLERS["AWS::EC2::Subnet"] = {**handlers, **wrapped}
