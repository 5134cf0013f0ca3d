"""Which versions of its add-ons EKS offers for which version of Kubernetes, as the catalogue has them."""

from __future__ import annotations

from typing import Any

import ministack.services.eks as eks

from emulator import facts

PROXY_SKEW = 3
"""Minor versions that kube-proxy may be older than the API server."""

_handle = eks._handle_request_sync


def _minor(kubernetes: str) -> int:
    return int(kubernetes.split(".")[1])


def _told(versions: dict[str, list[str]], kubernetes: str) -> list[str]:
    """Those of a version of Kubernetes; of one that no source tells, those of the newest that one tells."""
    own = versions.get(kubernetes)
    if own is None and "any" not in versions:
        older = [each for each in versions if _minor(each) < _minor(kubernetes)]
        own = versions[max(older, key=_minor)] if older else []
    return [*(own or []), *versions.get("any", [])]


def offered(name: str, kubernetes: str) -> tuple[str, ...]:
    """Newest first; none of what EKS does not have."""
    add_on = facts.table("add-ons.json", "addOns").get(name)
    supported = facts.table("eks.json", "versions")
    if not add_on or kubernetes not in supported:
        return ()
    versions = add_on["versions"]
    if name != "kube-proxy":
        return tuple(_told(versions, kubernetes))
    minor = _minor(kubernetes)
    older = [f"1.{each}" for each in range(minor, minor - PROXY_SKEW - 1, -1)]
    return tuple(version for each in older for version in versions.get(each, []))


def known(name: str) -> bool:
    """Whether EKS has such an add-on, also one without a known version."""
    return name in facts.table("add-ons.json", "addOns")


def _supported_versions(query: dict[str, Any]) -> Any:
    """DescribeAddonVersions of one add-on or all, for one version of Kubernetes or all."""

    def wanted(key: str) -> str | None:
        value = query.get(key)
        return value[0] if isinstance(value, list) else value

    name, kubernetes = wanted("addonName"), wanted("kubernetesVersion")
    listed = []
    for each in [name] if name else facts.table("add-ons.json", "addOns"):
        clusters: dict[str, list[str]] = {}
        for cluster in [kubernetes] if kubernetes else facts.table("eks.json", "versions"):
            for version in offered(each, cluster):
                clusters.setdefault(version, []).append(cluster)
        if clusters:
            listed.append({"addonName": each, "owner": "aws", "addonVersions": [*map(_shown, clusters.items())]})
    return eks._json_resp(200, {"addons": listed})


def _shown(item: tuple[str, list[str]]) -> dict[str, Any]:
    version, clusters = item
    return {"addonVersion": version, "compatibilities": [{"clusterVersion": cluster} for cluster in clusters]}


def install() -> None:
    """Adds DescribeAddonVersions."""

    def handle(method: str, path: str, headers: Any, body: Any, query: dict[str, Any]) -> Any:
        if method == "GET" and path == "/addons/supported-versions":
            return _supported_versions(query)
        return _handle(method, path, headers, body, query)

    eks._handle_request_sync = handle
