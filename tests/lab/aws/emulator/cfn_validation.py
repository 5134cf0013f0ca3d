"""Resources held to CloudFormation's schemas before anything is made of them, and templates to what they refer to.

A type that the region does not have, and a reference that leads nowhere, make the template invalid. A property that is
unknown, missing or of the wrong shape makes its resource fail, as does an attribute that no type of its kind has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import ministack.services.cloudformation.engine as engine
import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.cloudformation.stacks as stacks
from ministack.core.responses import get_region

from emulator import cfn_schemas, iam_sizes

Properties = dict[str, Any]
# What a resource of a template may have.
POLICIES = ("CreationPolicy", "DeletionPolicy", "UpdatePolicy", "UpdateReplacePolicy")
PARTS = frozenset(("Type", "Properties", "DependsOn", "Condition", "Metadata", *POLICIES))
# What CloudFormation puts on resources itself.
OWN_TAGS = "aws:cloudformation:"


def check_properties(kind: str, logical: str, properties: Properties) -> None:
    """Refuses properties that CloudFormation refuses, with values in the place of functions."""
    of = cfn_schemas.type_of(kind, get_region())
    if of is None:
        raise ValueError(f"Template format error: Unrecognized resource types: [{kind}]")
    given = {name: _templates_own(name, value) for name, value in properties.items()}
    problems = of.problems(given)
    if problems:
        raise ValueError(f"Properties validation failed for resource {logical} with message:\n" + "\n".join(problems))
    iam_sizes.check(kind, given)


def _templates_own(name: str, value: Any) -> Any:
    """A property without the tags that CloudFormation adds. Other tags under `aws:` are refused."""
    if name == "Tags" and isinstance(value, dict):
        kept = {key: each for key, each in value.items() if not key.startswith(OWN_TAGS)}
        _refuse_reserved(kept)
        return kept
    if isinstance(value, list) and all(isinstance(each, dict) and "Key" in each for each in value):
        tags = [each for each in value if not str(each["Key"]).startswith(OWN_TAGS)]
        _refuse_reserved(str(each["Key"]) for each in tags)
        return tags
    return value


def _refuse_reserved(keys: Iterable[str]) -> None:
    for key in keys:
        if key.lower().startswith("aws:"):
            raise ValueError(f"aws: prefixed tag key names are not allowed for external use: {key}")


def known_attributes(kind: str, attributes: dict[str, Any]) -> dict[str, Any]:
    """The attributes that CloudFormation has for a type: Fn::GetAtt of another fails."""
    of = cfn_schemas.type_of(kind, get_region())
    return (
        attributes if of is None else {key: value for key, value in attributes.items() if of.attributes.fullmatch(key)}
    )


def check_template(template: dict[str, Any]) -> None:
    """Refuses what CloudFormation refuses before a stack is there."""
    if template.get("Transform"):
        return  # what it becomes is looked at when it has become it
    resources = {name: each for name, each in (template.get("Resources") or {}).items() if isinstance(each, dict)}
    _check_types(resources)
    for name, each in resources.items():
        for part in each:
            if part not in PARTS:
                raise ValueError(f"Invalid template resource property '{part}'")
        if not isinstance(each.get("Properties", {}), dict):
            raise ValueError(f"Template format error: [/Resources/{name}/Properties] must be an object")
    for section in ("Resources", "Outputs"):
        _check_references(template, resources, section)


def _check_types(resources: dict[str, Any]) -> None:
    missing = [name for name, each in resources.items() if "Type" not in each]
    if missing:
        raise ValueError(
            f"Template format error: [/Resources/{missing[0]}] Every Resources object must contain a Type member."
        )
    unknown = cfn_schemas.unknown([each["Type"] for each in resources.values()], get_region())
    if unknown:
        raise ValueError(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")


def _check_references(template: dict[str, Any], resources: dict[str, Any], section: str) -> None:
    names = set(resources) | set(template.get("Parameters") or {})
    missing = [name for name in _named(template.get(section)) if name not in names and not name.startswith("AWS::")]
    if missing:
        listed = ", ".join(dict.fromkeys(missing))
        raise ValueError(
            f"Template format error: Unresolved resource dependencies [{listed}] in the {section} block of the template"
        )


def _named(section: Any) -> Iterator[str]:
    """The names that a section refers to."""
    for each in (section or {}).values():
        if not isinstance(each, dict):
            continue
        yield from (name for name, _ in engine._intrinsic_references({**each, "Metadata": None}))
        depends = each.get("DependsOn") or []
        yield from [depends] if isinstance(depends, str) else depends


def install() -> None:
    """Wraps the check of templates, and create, update and import, which two modules hold by name."""
    statics, provision, update = (
        engine._validate_template_statics,
        provisioners._provision_resource,
        provisioners._update_resource,
    )
    adopt = provisioners._import_resource

    def validate(template: dict[str, Any]) -> None:
        statics(template)
        check_template(template)

    def create(kind: str, logical: str, properties: Properties, stack: str) -> Any:
        check_properties(kind, logical, properties)
        physical, attributes = provision(kind, logical, properties, stack)
        return physical, known_attributes(kind, attributes)

    def change(kind: str, physical: str, old: Properties, new: Properties, stack: str, *more: Any) -> Any:
        if old != new:
            check_properties(kind, str(more[0]) if more and more[0] else physical, new)
        changed, attributes = update(kind, physical, old, new, stack, *more)
        return changed, known_attributes(kind, attributes)

    def take(kind: str, identifier: dict[str, str]) -> Any:
        physical, attributes = adopt(kind, identifier)
        return physical, known_attributes(kind, attributes)

    engine._validate_template_statics = validate
    for module in (provisioners, stacks):
        module._provision_resource, module._update_resource, module._import_resource = create, change, take
