"""Instances as EC2 shows them, DryRun for every action, and the errors and filters that MiniStack lacks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import ministack.services.ec2 as ec2

from emulator import ec2_cards, ec2_catalog, ec2_fleet, ec2_images, ec2_network, ec2_placement, ec2_reservations
from emulator.answers import tag
from emulator.settings import Settings

Parameters = dict[str, Any]
Action = Callable[[Parameters], Any]
_instance_xml = ec2._instance_xml
_matches_filters = ec2._matches_filters
_terminate = ec2._terminate_instances
_describe = ec2._describe_instances
_describe_templates = ec2._describe_launch_templates
_describe_interfaces = ec2._describe_network_interfaces
_create_interface = ec2._create_network_interface
_run = ec2._run_instances
TERMINATED = b"<code>48</code><name>terminated</name></currentState>"
SHUTTING_DOWN = b"<code>32</code><name>shutting-down</name></currentState>"


def _xml(instance: dict[str, Any]) -> str:
    """Adds the zone's id and the spot request, which Karpenter reads, and the placement group."""
    text = _instance_xml(instance)
    group = instance["Placement"].get("GroupName")
    if group:
        placed = tag("groupName", group) + tag("groupId", instance["Placement"]["GroupId"])
        text = text.replace("</availabilityZone>", "</availabilityZone>" + placed, 1)
    zone = ec2._subnets.get(instance["SubnetId"], {}).get("AvailabilityZoneId")
    if zone:
        text = text.replace("</availabilityZone>", "</availabilityZone>" + tag("availabilityZoneId", zone), 1)
    if instance.get("_spot"):
        request = tag("spotInstanceRequestId", "sir-" + instance["InstanceId"][2:10])
        text = text.replace("<hypervisor>", tag("instanceLifecycle", "spot") + request + "<hypervisor>", 1)
    return text


def _matches(instance: dict[str, Any], filters: dict[str, list[str]]) -> bool:
    """MiniStack ignores filters that it does not know, and so answers other clusters' instances."""
    fields = {"vpc-id": "VpcId", "subnet-id": "SubnetId", "instance-id": "InstanceId"}
    known = all(instance[fields[name]] in values for name, values in filters.items() if name in fields)
    return known and _matches_filters(instance, filters)


def _terminate_slowly(seconds: float) -> Action:
    """A real instance is shutting-down for half a minute, and Karpenter waits for its end."""

    def terminate(parameters: Parameters) -> Any:
        alive = [
            instance
            for name in ec2._parse_member_list(parameters, "InstanceId")
            if (instance := ec2._instances.get(name)) and instance["State"]["Code"] in (0, 16, 64, 80)
        ]
        status, headers, body = _terminate(parameters)
        if status >= 400 or not seconds:
            return status, headers, body
        for instance in alive:
            gone = time.time() + seconds
            instance.update(State={"Code": 32, "Name": "shutting-down"}, _gone=gone, _terminated_at=gone)
        return status, headers, body.replace(TERMINATED, SHUTTING_DOWN)

    return terminate


def _describe_after_shutdown(parameters: Parameters) -> Any:
    for instance in ec2._instances.values():
        if instance["State"]["Code"] == 32 and instance.get("_gone", 0) < time.time():
            instance["State"] = {"Code": 48, "Name": "terminated"}
    return _describe(parameters)


def _describe_launch_templates(parameters: Parameters) -> Any:
    """AWS fails for a name that is not there; MiniStack answers an empty list, and Karpenter then never makes it."""
    known = {template["LaunchTemplateName"] for template in ec2._launch_templates.values()}
    lost = set(ec2._parse_member_list(parameters, "LaunchTemplateName")) - known
    if lost:
        message = f"At least one of the launch templates specified in the request does not exist: {sorted(lost)}"
        return ec2._error("InvalidLaunchTemplateName.NotFoundException", message, 400)
    return _describe_templates(parameters)


def _describe_network_interfaces(parameters: Parameters) -> Any:
    """MiniStack answers every interface whatever the filters say."""
    fields = {
        "vpc-id": "VpcId",
        "subnet-id": "SubnetId",
        "status": "Status",
        "network-interface-id": "NetworkInterfaceId",
    }
    filters = ec2._parse_filters(parameters)
    everything = ec2._network_interfaces
    matching = {
        name: interface
        for name, interface in everything.items()
        if ec2._resource_matches_tag_filters(name, filters)
        and all(interface.get(fields[key]) in values for key, values in filters.items() if key in fields)
    }
    wanted = ec2._parse_member_list(parameters, "NetworkInterfaceId") or list(matching)
    narrowed = [name for name in wanted if name in matching]
    if not narrowed:
        return ec2._xml(200, "DescribeNetworkInterfacesResponse", "<networkInterfaceSet/>")
    named = {f"NetworkInterfaceId.{index}": [name] for index, name in enumerate(narrowed, start=1)}
    return _describe_interfaces(named)


def _create_network_interface(parameters: Parameters) -> Any:
    """MiniStack drops the tags."""
    before = set(ec2._network_interfaces)
    answer = _create_interface(parameters)
    for name in set(ec2._network_interfaces) - before:
        ec2._parse_tag_specs(parameters, "network-interface", name)
    return answer


def _run_instances(parameters: Parameters) -> Any:
    """MiniStack launches any name for a type, anywhere."""
    kind, subnet = ec2._p(parameters, "InstanceType"), ec2._p(parameters, "SubnetId")
    refused = ec2_catalog.cannot_launch(kind, subnet, elsewhere="Unsupported") if kind else None
    return ec2._error(*refused, 400) if refused else _run(parameters)


def _with_dry_run(action: Action) -> Action:
    """MiniStack ignores DryRun and really does what was only asked about."""

    def run(parameters: Parameters) -> Any:
        if ec2._p(parameters, "DryRun").lower() == "true":
            return ec2._error("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
        return action(parameters)

    return run


def install(settings: Settings) -> None:
    """Replaces and adds actions; DryRun comes around all of them."""
    ec2_cards.install()
    ec2_images.install()
    ec2_network.install()
    ec2_placement.install()
    ec2._instance_xml, ec2._matches_filters = _xml, _matches
    ec2._ACTION_MAP.update(ec2_catalog.ACTIONS)
    ec2._ACTION_MAP.update(ec2_images.ACTIONS)
    ec2._ACTION_MAP.update(ec2_network.ACTIONS)
    ec2._ACTION_MAP.update(ec2_placement.ACTIONS)
    ec2._ACTION_MAP.update(ec2_reservations.ACTIONS)
    ec2._ACTION_MAP.update(
        CreateNetworkInterface=_create_network_interface,
        RunInstances=_run_instances,
        CreateFleet=lambda parameters: ec2_fleet.create_fleet(parameters, settings.no_capacity_file),
        DescribeInstances=_describe_after_shutdown,
        TerminateInstances=_terminate_slowly(settings.shutdown_seconds),
        DescribeLaunchTemplates=_describe_launch_templates,
        DescribeNetworkInterfaces=_describe_network_interfaces,
    )
    for name, action in list(ec2._ACTION_MAP.items()):
        ec2._ACTION_MAP[name] = _with_dry_run(action)
