"""CloudFormation's resource schemas, from the data of cfn-lint: the types of a region, what each takes and gives.

They are read when a stack first needs a type, and kept.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import regex

from emulator.json_schema import Compiler
from emulator.limits import RESOURCE_LIMITS
from emulator.models import data_of
from emulator.schema_values import Check, Found

CUSTOM = "AWS::CloudFormation::CustomResource"
# The region whose types stand for those of a region that the data do not have.
DEFAULT_REGION = "us-east-1"
# Types that give each property as an attribute, too: those whose reference says so, of the ones that stacks here use.
GIVE_PROPERTIES = (
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::EC2::VPC",
    "AWS::EKS::Nodegroup",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::SSM::Parameter",
)


@dataclass(frozen=True)
class ResourceType:
    """One type of resource."""

    name: str
    check: Check
    read_only: frozenset[str]
    attributes: regex.Pattern[str]

    def problems(self, properties: dict[str, Any]) -> Found:
        """What stands against these properties, each once."""
        found: Found = [f"#: extraneous key [{key}] is not permitted" for key in properties if key in self.read_only]
        self.check(properties, "#", found)
        return list(dict.fromkeys(found))


def _schemas() -> Path:
    return data_of("cfnlint") / "schemas"


@lru_cache(maxsize=None)
def _types(region: str) -> dict[str, str]:
    """The types of a region, and the file of each one's schema."""
    file = _schemas() / "providers" / f"{region}.json"
    if not file.exists():
        file = file.with_name(f"{DEFAULT_REGION}.json")
    types: dict[str, str] = json.loads(file.read_text())
    return types


def _known_as(kind: str) -> str:
    return CUSTOM if kind.startswith("Custom::") else kind


def unknown(kinds: list[str], region: str) -> list[str]:
    """Those that CloudFormation does not have in the region."""
    return sorted({kind for kind in kinds if _known_as(kind) not in _types(region)})


def type_of(kind: str, region: str) -> ResourceType | None:
    """A type as the region has it."""
    file = _types(region).get(_known_as(kind))
    return _read(file) if file else None


@lru_cache(maxsize=None)
def _read(file: str) -> ResourceType:
    schema = json.loads((_schemas() / "resources" / f"{file}.json").read_text())
    name = schema["typeName"]
    for path, limit in RESOURCE_LIMITS.get(name, {}).items():
        _at(schema, path).update(limit)
    given = [pointer.removeprefix("/properties/") for pointer in schema.get("readOnlyProperties", [])]
    top = frozenset(pointer for pointer in given if "/" not in pointer)
    attributes = [regex.escape(pointer).replace("/", r"\.") for pointer in given]
    if name in GIVE_PROPERTIES:
        attributes += [regex.escape(each) + r"(\..+)?" for each in schema["properties"]]
    if name == "AWS::CloudFormation::Stack":
        attributes.append(r"Outputs\..+")
    everything = ".*" if name == CUSTOM else "|".join(attributes)
    return ResourceType(name, Compiler(schema).compile(schema), top, regex.compile(everything))


def _at(schema: dict[str, Any], path: str) -> dict[str, Any]:
    """The schema of a property, with dots between names."""
    node = schema
    for part in path.split("."):
        node = node["properties"][part]
    return node
