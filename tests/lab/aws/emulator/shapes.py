"""What a model says of values: required members, types, lengths, bounds, patterns and enums, compiled once per shape.

Botocore's own validator knows types, required members and lower bounds only.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import regex

from emulator.models import Model, Shape

Kind = Literal["operation", "syntax", "unknown", "missing", "type", "enum", "length", "range", "pattern", "filter"]
Path = tuple[Any, ...]
TOP: Path = ()


@dataclass(frozen=True)
class Problem:
    """What is wrong at one place of a request. `text` is what AWS says of it."""

    kind: Kind
    path: Path
    text: str
    value: Any = None
    shape: str = ""


Problems = list[Problem]
Check = Callable[[Any, Path, Problems], None]


def unrecognized(path: Path) -> Problem:
    """A member that the model does not have."""
    return Problem("unknown", path, "is not recognized")


def checker(model: Model, name: str) -> Check:
    """The check of a shape. Shapes that hold themselves find their check when it is called."""
    checks: dict[str, Check] = model.caches.setdefault("checks", {})
    if name not in checks:
        checks[name] = lambda value, path, problems: checks[name](value, path, problems)
        checks[name] = _compile(model, name, model.shapes[name])
    return checks[name]


def _compile(model: Model, name: str, shape: Shape) -> Check:
    match shape["type"]:
        case "structure":
            return _structure(model, shape)
        case "list":
            return _list(model, shape)
        case "map":
            return _map(model, shape)
        case "string":
            return _string(name, shape)
        case "integer" | "long" | "float" | "double":
            return _number(shape)
        case "boolean":
            return _boolean
        case "blob":
            return _blob(shape)
    return _timestamp


def _structure(model: Model, shape: Shape) -> Check:
    if shape.get("document") or shape.get("eventstream"):
        return lambda _value, _path, _problems: None
    union = shape.get("union", False)
    required = shape.get("required", [])
    members = {name: checker(model, member["shape"]) for name, member in shape["members"].items()}

    def check(value: Any, path: Path, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.append(Problem("type", path, "Expected null", value))
            return
        if union and len(value) != 1:
            problems.append(Problem("type", path, "Exactly one member must be set", value))
        for name in required:
            if name not in value:
                problems.append(Problem("missing", (*path, name), "Member must not be null"))
        for name, each in value.items():
            members[name](each, (*path, name), problems)

    return check


def _list(model: Model, shape: Shape) -> Check:
    member, bounds = checker(model, shape["member"]["shape"]), _bounds(shape)

    def check(value: Any, path: Path, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.append(Problem("type", path, "Expected list or null", value))
            return
        bounds(len(value), value, path, problems)
        for index, each in enumerate(value):
            member(each, (*path, index), problems)

    return check


def _map(model: Model, shape: Shape) -> Check:
    keys, values = checker(model, shape["key"]["shape"]), checker(model, shape["value"]["shape"])
    bounds = _bounds(shape)

    def check(value: Any, path: Path, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.append(Problem("type", path, "Expected map or null", value))
            return
        bounds(len(value), value, path, problems)
        for key, each in value.items():
            keys(key, (*path, key), problems)
            values(each, (*path, key), problems)

    return check


# What lies beyond 16 bits, as Java's patterns spell it, and as Python does.
SURROGATES = (r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")


def pattern_of(text: str) -> regex.Pattern[str] | None:
    """AWS's patterns are Java's and match a whole value. The few that only Java can read check nothing."""
    try:
        return regex.compile(text.replace(*SURROGATES), regex.VERSION1)
    except regex.error:
        return None


def _string(name: str, shape: Shape) -> Check:
    bounds = _bounds(shape, name)
    enum = frozenset(shape["enum"]) if "enum" in shape else None
    listed = ", ".join(shape.get("enum", []))
    pattern = pattern_of(shape["pattern"]) if "pattern" in shape else None

    def check(value: Any, path: Path, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.append(Problem("type", path, _cannot(value, "a String"), value))
            return
        bounds(len(value), value, path, problems)
        if enum is not None and value not in enum:
            problems.append(Problem("enum", path, f"Member must satisfy enum value set: [{listed}]", value, name))
        if pattern and not pattern.fullmatch(value):
            text = f"Member must satisfy regular expression pattern: {shape['pattern']}"
            problems.append(Problem("pattern", path, text, value, name))

    return check


def _bounds(shape: Shape, name: str = "") -> Callable[[int, Any, Path, Problems], None]:
    low, high = shape.get("min", 0), shape.get("max", float("inf"))

    def check(length: int, value: Any, path: Path, problems: Problems) -> None:
        if length < low:
            text = f"Member must have length greater than or equal to {low}"
            problems.append(Problem("length", path, text, value, name))
        if length > high:
            text = f"Member must have length less than or equal to {high}"
            problems.append(Problem("length", path, text, value, name))

    return check


WHOLE = {"integer": 2**31, "long": 2**63}


def _number(shape: Shape) -> Check:
    limit = WHOLE.get(shape["type"])
    low, high, among = shape.get("min"), shape.get("max"), shape.get("among")
    wanted = {"integer": "an Integer", "long": "a Long"}.get(shape["type"], "a Double")

    def fits(value: Any) -> bool:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return limit is None and value in ("NaN", "Infinity", "-Infinity")
        return limit is None or (float(value).is_integer() and -limit <= value < limit)

    def check(value: Any, path: Path, problems: Problems) -> None:
        if not fits(value):
            problems.append(Problem("type", path, _cannot(value, wanted), value))
        elif isinstance(value, str):
            return
        elif low is not None and value < low:
            text = f"Member must have value greater than or equal to {low}"
            problems.append(Problem("range", path, text, value))
        elif high is not None and value > high:
            text = f"Member must have value less than or equal to {high}"
            problems.append(Problem("range", path, text, value))
        elif among and value not in among:
            problems.append(Problem("enum", path, f"Member must satisfy enum value set: {among}", value))

    return check


def _boolean(value: Any, path: Path, problems: Problems) -> None:
    if not isinstance(value, bool):
        problems.append(Problem("type", path, _cannot(value, "a Boolean"), value))


def _blob(shape: Shape) -> Check:
    bounds = _bounds(shape)

    def check(value: Any, path: Path, problems: Problems) -> None:
        try:
            data = base64.b64decode(value, validate=True)
        except (binascii.Error, TypeError, ValueError):
            problems.append(Problem("type", path, _cannot(value, "a Blob"), value))
            return
        bounds(len(data), value, path, problems)

    return check


# Seconds since 1970, ISO 8601, and HTTP's own.
TIME = regex.compile(
    r"\d+(\.\d+)?|\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)|\w{3}, \d\d \w{3} \d{4} .*GMT"
)


def _timestamp(value: Any, path: Path, problems: Problems) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number and not (isinstance(value, str) and TIME.fullmatch(value)):
        problems.append(Problem("type", path, _cannot(value, "a Timestamp"), value))


def _cannot(value: Any, wanted: str) -> str:
    """What AWS's JSON reader says of a value of another type."""
    match value:
        case bool():
            return f"{str(value).upper()}_VALUE can not be converted to {wanted}"
        case int() | float():
            return f"NUMBER_VALUE can not be converted to {wanted}"
        case str():
            return f"STRING_VALUE can not be converted to {wanted}"
        case list():
            return "Start of list found where not expected"
    return "Start of structure or map found where not expected."
