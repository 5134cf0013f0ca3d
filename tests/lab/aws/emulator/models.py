"""AWS's own models of its services, as botocore carries them: which operations there are, and what each takes."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from emulator.limits import LIMITS, OPEN

Shape = dict[str, Any]
# The names under which requests are signed, where botocore's folder has another one.
FOLDERS = {
    "servicequotas": "service-quotas",
    "tagging": "resourcegroupstaggingapi",
    "states": "stepfunctions",
    "elasticfilesystem": "efs",
}
PROTOCOLS = ("ec2", "query", "json", "rest-json", "rest-xml")


@dataclass(frozen=True)
class Model:
    """One service: the name that it is signed with, how it is spoken to, its operations and their shapes."""

    service: str
    protocol: str
    metadata: dict[str, Any]
    operations: dict[str, dict[str, Any]]
    shapes: dict[str, Shape]
    caches: dict[Any, Any] = field(default_factory=dict)

    def input_of(self, operation: str) -> str | None:
        """The name of the shape that an operation takes; nothing if it takes nothing."""
        name: str | None = self.operations[operation].get("input", {}).get("shape")
        return name


@lru_cache(maxsize=None)
def data_of(package: str) -> Path:
    """The data of a package, which is not imported: botocore alone takes a fifth of a second."""
    spec = find_spec(package)
    assert spec and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "data"


@lru_cache(maxsize=None)
def model_of(service: str) -> Model | None:
    """The newest model of a service, with limits of ours in it; nothing if botocore has none that can be read here."""
    folder = data_of("botocore") / FOLDERS.get(service, service)
    files = sorted(folder.glob("*/service-2.json.gz")) if service.replace("-", "").isalnum() else []
    if not files:
        return None
    data = json.loads(gzip.decompress(files[-1].read_bytes()))
    protocol = data["metadata"]["protocol"]
    if protocol not in PROTOCOLS:
        return None
    _open(service, data["shapes"])
    _limit(service, data["shapes"])
    return Model(service, protocol, data["metadata"], data["operations"], data["shapes"])


def _open(service: str, shapes: dict[str, Shape]) -> None:
    for shape in OPEN.get(service, {}):
        del shapes[shape]["enum"]


def _limit(service: str, shapes: dict[str, Shape]) -> None:
    """Puts limits into shapes. `Structure.Member` gets a shape of its own, as its shape is that of others, too."""
    for name, limit in LIMITS.get(service, {}).items():
        structure, _, member = name.partition(".")
        if not member:
            shapes[structure].update(limit)
            continue
        reference = shapes[structure]["members"][member]
        shapes[name] = {**shapes[reference["shape"]], **limit}
        reference["shape"] = name
