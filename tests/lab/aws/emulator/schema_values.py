"""The keywords of JSON Schema that need no other schema: types, enums, patterns, formats, sizes, names of properties.

The words are those of CloudFormation (`#/Tags/0/Key: expected maxLength: 128, actual: 130`). As there, text that reads
as a number or a boolean is one, and both are text where text is wanted. Patterns may match anywhere.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

import regex

from emulator.shapes import pattern_of

Schema = dict[str, Any]
Found = list[str]
Check = Callable[[Any, str, Found], None]
TYPES = {
    "object": "JSONObject",
    "array": "JSONArray",
    "string": "String",
    "integer": "Integer",
    "number": "Number",
    "boolean": "Boolean",
}
INTEGER, NUMBER = regex.compile(r"[+-]?\d+"), regex.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
ARN = r"arn:aws[a-z-]*:"
HEX = r"([0-9a-f]{8}|[0-9a-f]{17})"
# Formats that cfn-lint's schemas name, as the services' references describe them.
FORMATS = {
    "AWS::EC2::Image.Id": regex.compile("ami-" + HEX),
    "AWS::EC2::SecurityGroup.Id": regex.compile("sg-" + HEX),
    "AWS::EC2::SecurityGroup.Name": regex.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}"),
    "AWS::EC2::Subnet.Id": regex.compile("subnet-" + HEX),
    "AWS::EC2::VPC.Id": regex.compile("vpc-" + HEX),
    "AWS::IAM::Role.Arn": regex.compile(ARN + r"iam::\d{12}:role/.+"),
    "AWS::KMS::Alias.AliasName": regex.compile(r"alias/[a-zA-Z0-9:/_-]+"),
    "AWS::KMS::Key.Arn": regex.compile(ARN + r"kms:[a-z0-9-]+:\d{12}:(key|alias)/.+"),
    "AWS::KMS::Key.Id": regex.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}"),
    "AWS::Lambda::Function.Arn": regex.compile(ARN + r"lambda:[a-z0-9-]+:\d{12}:function:.+"),
    "AWS::Logs::LogGroup.Name": regex.compile(r"[.\-_/#A-Za-z0-9]{1,512}"),
    "AWS::S3::Bucket.Name": regex.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
}


def text_of(value: Any) -> str:
    """A scalar as CloudFormation writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _scalar(value: Any) -> bool:
    return isinstance(value, (str, int, float))


def _is(kind: str, value: Any) -> bool:
    match kind:
        case "object":
            return isinstance(value, dict)
        case "array":
            return isinstance(value, list)
        case "string":
            return _scalar(value)
        case "boolean":
            return isinstance(value, bool) or text_of(value).lower() in ("true", "false")
        case "integer":
            return _scalar(value) and not isinstance(value, bool) and bool(INTEGER.fullmatch(text_of(value)))
        case "number":
            return _scalar(value) and not isinstance(value, bool) and bool(NUMBER.fullmatch(text_of(value)))
    return value is None


def _type(schema: Schema) -> Check:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    wanted = TYPES.get(kinds[0], kinds[0])

    def check(value: Any, path: str, found: Found) -> None:
        if not any(_is(kind, value) for kind in kinds):
            found.append(f"{path}: expected type: {wanted}, found: {_name(value)}")

    return check


def _name(value: Any) -> str:
    names = {dict: "JSONObject", list: "JSONArray", bool: "Boolean", int: "Integer", float: "Double", str: "String"}
    return names.get(type(value), "Null")


def _enum(schema: Schema) -> Check:
    values = {text_of(each) for each in schema.get("enum", [schema.get("const")])}
    return when(_scalar, lambda value: None if text_of(value) in values else f"{value} is not a valid enum value")


def _enum_in_any_case(schema: Schema) -> Check:
    values = {str(each).lower() for each in schema["enumCaseInsensitive"]}
    return when(
        _scalar, lambda value: None if text_of(value).lower() in values else f"{value} is not a valid enum value"
    )


def when(applies: Callable[[Any], bool], judge: Callable[[Any], str | None]) -> Check:
    """A check of the values that it applies to."""

    def check(value: Any, path: str, found: Found) -> None:
        text = judge(value) if applies(value) else None
        if text:
            found.append(f"{path}: {text}")

    return check


def _pattern(schema: Schema) -> Check | None:
    pattern = pattern_of(schema["pattern"])
    if pattern is None:
        return None
    failed = "failed validation constraint for keyword [pattern]"
    return when(_scalar, lambda value: None if pattern.search(text_of(value)) else failed)


def _format(schema: Schema) -> Check | None:
    kind = schema["format"]
    failed = f"[{kind}] is the format, and the value does not have it"
    if kind in ("ipv4-network", "ipv6-network"):
        return when(_scalar, lambda value: None if _network(str(value), int(kind[3])) else failed)
    pattern = FORMATS.get(kind)
    if pattern is None:
        return None
    return when(_scalar, lambda value: None if pattern.fullmatch(text_of(value)) else failed)


def _network(text: str, version: int) -> bool:
    try:
        return ipaddress.ip_network(text, strict=False).version == version
    except ValueError:
        return False


def _bound(keyword: str, applies: Callable[[Any], bool], measure: Callable[[Any], float], text: str) -> Any:
    """A check of a size: `text` is told with the bound and with what there is."""
    upper = keyword.startswith("max")

    def make(schema: Schema) -> Check:
        bound = float(schema[keyword])

        def judge(value: Any) -> str | None:
            size = measure(value)
            fits = size <= bound if upper else size >= bound
            return None if fits else text.format(bound=schema[keyword], size=size)

        return when(applies, judge)

    return make


def _list(value: Any) -> bool:
    return isinstance(value, list)


def _dict(value: Any) -> bool:
    return isinstance(value, dict)


def _numeric(value: Any) -> bool:
    return _is("number", value)


def _unique(schema: Schema) -> Check | None:
    if not schema["uniqueItems"]:
        return None
    return when(
        _list,
        lambda value: (
            "array items are not unique" if any(each in value[:at] for at, each in enumerate(value)) else None
        ),
    )


def _required(schema: Schema) -> Check:
    names = schema["required"]

    def check(value: Any, path: str, found: Found) -> None:
        if isinstance(value, dict):
            found.extend(f"{path}: required key [{name}] not found" for name in names if name not in value)

    return check


def _dependent(keyword: str, missing: bool) -> Any:
    """Properties that come together, and those that never do."""

    def make(schema: Schema) -> Check:
        def judge(value: Schema) -> str | None:
            for name, others in schema[keyword].items():
                for other in others if name in value and isinstance(others, list) else ():
                    if missing and other not in value:
                        return f"property [{other}] is required"
                    if not missing and other in value:
                        return f"extraneous key [{other}] is not permitted with [{name}]"
            return None

        return when(_dict, judge)

    return make


def _one_of_keys(keyword: str, fits: Callable[[int], bool]) -> Any:
    def make(schema: Schema) -> Check:
        names = schema[keyword]
        text = f"required key [{'] or ['.join(names)}] not found"
        return when(_dict, lambda value: None if fits(sum(name in value for name in names)) else text)

    return make


def _length(value: Any) -> float:
    return len(text_of(value))


KEYWORDS: dict[str, Callable[[Schema], Check | None]] = {
    "type": _type,
    "enum": _enum,
    "const": _enum,
    "enumCaseInsensitive": _enum_in_any_case,
    "pattern": _pattern,
    "format": _format,
    "minLength": _bound("minLength", _scalar, _length, "expected minLength: {bound}, actual: {size}"),
    "maxLength": _bound("maxLength", _scalar, _length, "expected maxLength: {bound}, actual: {size}"),
    "minimum": _bound("minimum", _numeric, float, "{size:g} is not greater or equal to {bound}"),
    "maximum": _bound("maximum", _numeric, float, "{size:g} is not less or equal to {bound}"),
    "minItems": _bound("minItems", _list, len, "expected minimum item count: {bound}, found: {size}"),
    "maxItems": _bound("maxItems", _list, len, "expected maximum item count: {bound}, found: {size}"),
    "minProperties": _bound("minProperties", _dict, len, "minimum size: [{bound}], found: [{size}]"),
    "maxProperties": _bound("maxProperties", _dict, len, "maximum size: [{bound}], found: [{size}]"),
    "uniqueItems": _unique,
    "required": _required,
    "requiredOr": _one_of_keys("requiredOr", lambda count: count > 0),
    "requiredXor": _one_of_keys("requiredXor", lambda count: count == 1),
    "dependentRequired": _dependent("dependentRequired", missing=True),
    "dependencies": _dependent("dependencies", missing=True),
    "dependentExcluded": _dependent("dependentExcluded", missing=False),
}
