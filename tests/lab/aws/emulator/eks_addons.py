"""Which versions of its add-ons EKS offers for which version of Kubernetes: a few of each, as its user guide lists them."""

from __future__ import annotations

from typing import Any

import ministack.services.eks as eks

KUBERNETES = {
    "1.34": {
        "kube-proxy": ("v1.34.6-eksbuild.21", "v1.34.1-eksbuild.2"),
        "coredns": ("v1.12.4-eksbuild.29", "v1.12.3-eksbuild.1"),
    },
    "1.35": {
        "kube-proxy": ("v1.35.3-eksbuild.21", "v1.35.0-eksbuild.2"),
        "coredns": ("v1.13.2-eksbuild.21", "v1.13.1-eksbuild.1"),
    },
    "1.36": {
        "kube-proxy": ("v1.36.0-eksbuild.21",),
        "coredns": ("v1.14.3-eksbuild.16", "v1.14.2-eksbuild.4"),
    },
}
ALL = {
    "vpc-cni": ("v1.22.4-eksbuild.3", "v1.21.1-eksbuild.3", "v1.20.4-eksbuild.1"),
    "eks-pod-identity-agent": ("v1.3.10-eksbuild.3", "v1.3.10-eksbuild.2", "v1.3.9-eksbuild.3"),
    "amazon-cloudwatch-observability": ("v4.7.0-eksbuild.1", "v4.3.1-eksbuild.1"),
    "aws-ebs-csi-driver": ("v1.54.0-eksbuild.1",),
    "aws-efs-csi-driver": ("v2.1.15-eksbuild.1",),
    "metrics-server": ("v0.8.0-eksbuild.6",),
}
PROXY_SKEW = 3
"""Minor versions that kube-proxy may be older than the API server."""

_handle = eks._handle_request_sync


def offered(name: str, kubernetes: str) -> tuple[str, ...]:
    """Newest first; none of what EKS does not have."""
    if kubernetes not in KUBERNETES:
        return ()
    if name == "kube-proxy":
        minor = int(kubernetes.split(".")[1])
        older = [f"1.{each}" for each in range(minor, minor - PROXY_SKEW - 1, -1) if f"1.{each}" in KUBERNETES]
        return tuple(version for each in older for version in KUBERNETES[each][name])
    return KUBERNETES[kubernetes].get(name) or ALL.get(name, ())


def _supported_versions(query: dict[str, Any]) -> Any:
    """DescribeAddonVersions of one add-on or all, for one version of Kubernetes or all."""

    def wanted(key: str) -> str | None:
        value = query.get(key)
        return value[0] if isinstance(value, list) else value

    name, kubernetes = wanted("addonName"), wanted("kubernetesVersion")
    listed = []
    for each in [name] if name else ["kube-proxy", "coredns", *ALL]:
        clusters: dict[str, list[str]] = {}
        for cluster in [kubernetes] if kubernetes else KUBERNETES:
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
