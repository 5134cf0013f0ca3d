"""Releases of a node group's image, and what CloudFormation changes of a group in one update."""

from __future__ import annotations

import re
from typing import Any

from emulator import facts
from emulator.answers import eks_invalid

RELEASE = re.compile(r"(\d+\.\d+\.\d+)-([0-9a-f]{8})")
VERSIONS = ("Version", "ReleaseVersion", "LaunchTemplate")
CONFIGURATION = ("ScalingConfig", "Labels", "Taints", "UpdateConfig", "Tags")


def _builds() -> dict[str, str]:
    return facts.table("bottlerocket-builds.json", "builds")


def image_version(release: str) -> str:
    """What SSM calls a release of Bottlerocket: with its build, where that is known."""
    build = _builds().get(release)
    return f"{release}-{build}" if build else release


def check_release(properties: dict[str, Any]) -> None:
    """EKS takes a release with its build, and no other build than the release has."""
    release = properties.get("ReleaseVersion")
    if not release or not properties.get("AmiType", "").startswith("BOTTLEROCKET"):
        return
    match, version = RELEASE.fullmatch(release), properties.get("Version")
    images = facts.table("amis.json", "bottlerocket").get(version, {}).get("releases", [])
    if not match or match[1] not in images or _builds().get(match[1], match[2]) != match[2]:
        raise eks_invalid(f"Requested release version {release} is not valid for kubernetes version {version}.")


def check_update(old: dict[str, Any], new: dict[str, Any]) -> None:
    """A group's image and its configuration are two updates of EKS, of which CloudFormation runs one; and none goes back."""
    changed = {key for key in (*VERSIONS, *CONFIGURATION) if old.get(key) != new.get(key)}
    if changed.intersection(VERSIONS) and changed.intersection(CONFIGURATION):
        raise ValueError("Version and ReleaseVersion updates cannot be combined with other updates")
    before, after = RELEASE.fullmatch(old.get("ReleaseVersion") or ""), RELEASE.fullmatch(new.get("ReleaseVersion") or "")
    if before and after and _numbers(after[1]) < _numbers(before[1]):
        raise eks_invalid(f"Nodegroup cannot be rolled back from release version {before[0]} to {after[0]}")


def _numbers(release: str) -> list[int]:
    return [int(part) for part in release.split(".")]
