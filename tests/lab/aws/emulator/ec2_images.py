"""The AMIs of EKS: SSM's public parameters lead to images, and EC2 describes those images. MiniStack has neither.

An image id is a hash of its parameter's name, so it is the same in every run.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ministack.services.ec2 as ec2
import ministack.services.ssm as ssm

EKS_OWNER = "602401143452"
AL2023_RELEASE, BOTTLEROCKET_RELEASE = "20261101", "1.50.0"
AL2023 = re.compile(
    r"/aws/service/eks/optimized-ami/(?P<k8s>[\d.]+)/amazon-linux-2023/(?P<arch>x86_64|arm64)/"
    r"(?P<variant>standard|nvidia|neuron)/(?P<release>[^/]+)(?:/(?P<field>\w+))?$"
)
BOTTLEROCKET = re.compile(
    r"/aws/service/bottlerocket/aws-k8s-(?P<k8s>[\d.]+)(?P<variant>-\w+)?/(?P<arch>x86_64|arm64)/"
    r"(?P<release>[^/]+)(?:/(?P<field>\w+))$"
)
_describe_images = ec2._describe_images
_stub_image_view = ec2._stub_image_view


@dataclass(frozen=True)
class Image:
    """One AMI."""

    id: str
    name: str
    arch: str
    release: str


KNOWN: dict[str, Image] = {}


def _image_of(name: str) -> tuple[Image, str] | None:
    """The image that a parameter's name leads to, and which of its fields."""
    match = AL2023.match(name)
    if match:
        if match["variant"] == "neuron" and match["arch"] == "arm64":
            return None
        release = AL2023_RELEASE if match["release"] == "recommended" else match["release"].rsplit("-v", 1)[-1]
        full = f"amazon-eks-node-al2023-{match['arch']}-{match['variant']}-{match['k8s']}-v{release}"
        version = f"{match['k8s']}-{release}"
    else:
        match = BOTTLEROCKET.match(name)
        if not match:
            return None
        release = BOTTLEROCKET_RELEASE if match["release"] == "latest" else match["release"]
        full = f"bottlerocket-aws-k8s-{match['k8s']}{match['variant'] or ''}-{match['arch']}-v{release}"
        version = release
    image = Image("ami-" + hashlib.sha1(full.encode()).hexdigest()[:17], full, match["arch"], version)
    KNOWN[image.id] = image
    return image, match["field"] or ""


class _Parameters(dict[str, str]):
    """MiniStack's table of public parameters, with EKS's names worked out when they are asked for."""

    def get(self, name: str, default: Any = None) -> Any:
        if name in self:
            return self[name]
        found = _image_of(name or "")
        if not found:
            return default
        image, field = found
        fields = {
            "image_id": image.id,
            "image_name": image.name,
            "release_version": image.release,
            "image_version": image.release,
            "": json.dumps({"image_id": image.id, "image_name": image.name, "release_version": image.release}),
        }
        return fields.get(field, default)


def _describe(parameters: dict[str, Any]) -> Any:
    kept = ec2._STUB_AMIS
    ours = [(image.id, image.name, image.name, "", "/dev/xvda", EKS_OWNER, "amazon") for image in KNOWN.values()]
    ec2._STUB_AMIS = [*kept, *ours]
    try:
        status, headers, body = _describe_images(parameters)
    finally:
        ec2._STUB_AMIS = kept
    created = b"<creationDate>2026-11-01T00:00:00.000Z</creationDate><imageState>"
    return status, headers, body.replace(b"<imageState>", created)


def _view(image: str, *rest: Any) -> dict[str, Any]:
    view = _stub_image_view(image, *rest)
    if image in KNOWN:
        view["Architecture"] = KNOWN[image].arch
    return view


def install() -> None:
    """Replaces SSM's table and EC2's view of images."""
    ssm._PUBLIC_AMI_PARAMETERS = _Parameters(ssm._PUBLIC_AMI_PARAMETERS)
    ec2._stub_image_view = _view


ACTIONS: dict[str, Callable[[dict[str, Any]], Any]] = {"DescribeImages": _describe}
