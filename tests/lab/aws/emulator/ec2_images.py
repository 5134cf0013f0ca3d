"""The AMIs of EKS: SSM's public parameters lead to images, and EC2 describes those images. MiniStack has neither.

There are parameters for the releases of the catalogue alone: one for a release before a variant's first, of another
architecture or with a misspelt date does not exist, as on AWS. An image id is a hash of its image's name, so it is the
same in every run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import ministack.services.ec2 as ec2
import ministack.services.ssm as ssm

from emulator import eks_releases, facts

EKS_OWNER = "602401143452"
PUBLIC = "/aws/service/"
NAMED = {"x86_64": "x86_64", "arm64": "aarch64"}
"""What Bottlerocket's names of images call an architecture."""

PAGE = 10
"""Parameters of one page at most, as SSM has it."""

_describe_images = ec2._describe_images
_stub_image_view = ec2._stub_image_view
_parameters_by_path = ssm._get_parameters_by_path


@dataclass(frozen=True)
class Image:
    """One AMI."""

    id: str
    name: str
    arch: str
    release: str


def _image(name: str, arch: str, release: str) -> Image:
    return Image("ami-" + hashlib.sha1(name.encode()).hexdigest()[:17], name, arch, release)


def _al2023() -> Iterator[tuple[str, Image]]:
    """Each path below which an image's parameters lie, and the image."""
    for kubernetes, entry in facts.table("amis.json", "al2023").items():
        for arch, variants in entry["variants"].items():
            for variant in variants:
                base = f"{PUBLIC}eks/optimized-ami/{kubernetes}/amazon-linux-2023/{arch}/{variant}"
                name = f"amazon-eks-node-al2023-{arch}-{variant}-{kubernetes}-v"
                for release in entry["releases"]:
                    image = _image(f"{name}{release}", arch, f"{kubernetes}-{release}")
                    yield f"{base}/{image.name}", image
                    if release == entry["newest"]:
                        yield f"{base}/recommended", image


def _bottlerocket() -> Iterator[tuple[str, Image]]:
    for kubernetes, entry in facts.table("amis.json", "bottlerocket").items():
        for variant in entry["variants"]:
            full = f"aws-k8s-{kubernetes}{'-' if variant else ''}{variant}"
            for arch in entry["archs"]:
                base = f"{PUBLIC}bottlerocket/{full}/{arch}"
                for release in entry["releases"]:
                    image = _image(f"bottlerocket-{full}-{NAMED[arch]}-v{release}", arch, release)
                    yield f"{base}/{release}", image
                    if release == entry["newest"]:
                        yield f"{base}/latest", image


@cache
def _parameters() -> dict[str, str]:
    """Name → value of every public parameter of EKS's images, in the order of the names."""
    found: dict[str, str] = {}
    for path, image in _al2023():
        fields = {"image_id": image.id, "image_name": image.name, "release_version": image.release}
        found[path] = json.dumps(fields)
        found.update({f"{path}/{key}": value for key, value in fields.items()})
    for path, image in _bottlerocket():
        found[f"{path}/image_id"] = image.id
        found[f"{path}/image_version"] = eks_releases.image_version(image.release)
    return dict(sorted(found.items()))


@cache
def _images() -> dict[str, Image]:
    """By id."""
    return {image.id: image for source in (_al2023, _bottlerocket) for _, image in source()}


class _Public(dict[str, str]):
    """MiniStack's table of public parameters, with EKS's."""

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else _parameters().get(name, default)


def _by_path(asked: dict[str, Any]) -> Any:
    """MiniStack looks for the account's own parameters only."""
    path = asked.get("Path", "/").rstrip("/") + "/"
    if not path.startswith(PUBLIC):
        return _parameters_by_path(asked)
    recursive, start = asked.get("Recursive", False), int(asked.get("NextToken") or 0)
    below = [
        name
        for name in _parameters()
        if name.startswith(path) and (recursive or "/" not in name.removeprefix(path))
    ]
    end = start + min(asked.get("MaxResults", PAGE), PAGE)
    answer: dict[str, Any] = {"Parameters": [ssm._public_parameter(name) for name in below[start:end]]}
    if end < len(below):
        answer["NextToken"] = str(end)
    return ssm.json_response(answer)


def _describe(parameters: dict[str, Any]) -> Any:
    kept = ec2._STUB_AMIS
    asked = ec2._parse_member_list(parameters, "ImageId")
    images = [_images()[each] for each in asked if each in _images()] if asked else [*_images().values()]
    ours = [(image.id, image.name, image.name, "", "/dev/xvda", EKS_OWNER, "amazon") for image in images]
    ec2._STUB_AMIS = [*kept, *ours]
    try:
        status, headers, body = _describe_images(parameters)
    finally:
        ec2._STUB_AMIS = kept
    created = b"<creationDate>2026-11-01T00:00:00.000Z</creationDate><imageState>"
    return status, headers, body.replace(b"<imageState>", created)


def _view(image: str, *rest: Any) -> dict[str, Any]:
    view = _stub_image_view(image, *rest)
    if image in _images():
        view["Architecture"] = _images()[image].arch
    return view


def install() -> None:
    """Replaces SSM's table and EC2's view of images."""
    ssm._PUBLIC_AMI_PARAMETERS = _Public(ssm._PUBLIC_AMI_PARAMETERS)
    ssm._get_parameters_by_path = _by_path
    ec2._stub_image_view = _view


ACTIONS: dict[str, Callable[[dict[str, Any]], Any]] = {"DescribeImages": _describe}
