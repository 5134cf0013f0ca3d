"""Which operation of a REST service a request means, and its members from path, query, headers and body."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.etree import ElementTree

from emulator.models import Model, Shape
from emulator.readers import Tree, read_json, read_xml, scalar
from emulator.shapes import TOP, Problem, Problems, unrecognized

LABEL = re.compile(r"\{(\w+)(\+?)\}")
# What SDKs put beside the parameters: the operation's name, and presigned signatures.
ASIDE = re.compile(r"x-id|X-Amz-.*", re.IGNORECASE)


@dataclass(frozen=True)
class Request:
    """What of an HTTP request says what is asked; the path is as it came, so that `%2F` is no slash."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Route:
    """An operation's method and path, and what of query and headers a request must have to mean it."""

    operation: str
    method: str
    path: re.Pattern[str]
    fixed: dict[str, str]
    wanted: frozenset[tuple[str, str]]
    deprecated: bool

    def takes(self, request: Request) -> re.Match[str] | None:
        """The match of the path, if the request may mean this operation."""
        if request.method != self.method:
            return None
        for name, value in self.fixed.items():
            if name not in request.query or (value and request.query[name] != [value]):
                return None
        for location, name in self.wanted:
            if name not in (request.query if location == "querystring" else request.headers):
                return None
        return self.path.fullmatch(request.path)

    @property
    def weight(self) -> int:
        """The more a request must have, the surer it means this operation. Some have a successor at the same place."""
        return len(self.fixed) * 100 + len(self.wanted) * 2 - self.deprecated


def routes_of(model: Model) -> list[Route]:
    """All routes of a service, the surest first."""
    routes: list[Route] = model.caches.setdefault("routes", [])
    if not routes:
        routes.extend(_route(model, name, operation) for name, operation in model.operations.items())
        routes.sort(key=lambda route: -route.weight)
    return routes


def _route(model: Model, name: str, operation: dict[str, Any]) -> Route:
    uri, _, query = operation["http"]["requestUri"].partition("?")
    parts = LABEL.split(uri.rstrip("/"))
    pattern = re.escape(parts[0])
    for label, greedy, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        pattern += f"(?P<{label}>{'.+' if greedy else '[^/]+'})" + re.escape(text)
    shape = model.shapes.get(model.input_of(name) or "", {})
    members = shape.get("members", {})
    required = [members[member] for member in shape.get("required", [])]
    wanted = {
        (
            member["location"],
            member["locationName"].lower() if member["location"] == "header" else member["locationName"],
        )
        for member in required
        # Only S3 tells operations apart by them; elsewhere a missing one is to be told by its name.
        if model.service == "s3" and member.get("location") in ("querystring", "header")
    }
    fixed = dict(parse_qsl(query, keep_blank_values=True))
    path, deprecated = re.compile(pattern + "/?"), bool(operation.get("deprecated"))
    return Route(name, operation["http"]["method"], path, fixed, frozenset(wanted), deprecated)


def find(model: Model, request: Request) -> tuple[Route, dict[str, str]] | None:
    """The route of the operation that a request means, and the labels of its path."""
    for route in routes_of(model):
        match = route.takes(request)
        if match:
            return route, {key: unquote(text) for key, text in match.groupdict().items()}
    return None


def read(model: Model, route: Route, labels: dict[str, str], request: Request, problems: Problems) -> Tree:
    """The parameters of a request."""
    name = model.input_of(route.operation)
    shape: Shape = model.shapes[name] if name else {"members": {}}
    value: Tree = {}
    for member, reference in shape["members"].items():
        found = _placed(model, reference, labels, request)
        if found is not None:
            value[member] = found
    names = {ref["locationName"] for ref in shape["members"].values() if ref.get("location") == "querystring"}
    for each in request.query.keys() - names - route.fixed.keys():
        if not ASIDE.fullmatch(each):
            problems.append(unrecognized((each,)))
    return value | _body(model, name, shape, request, problems)


def _placed(model: Model, reference: dict[str, Any], labels: dict[str, str], request: Request) -> Any:
    """A member's value from path, query or headers."""
    shape, wire = model.shapes[reference["shape"]], reference.get("locationName", "")
    match reference.get("location"):
        case "uri":
            return scalar(shape, labels[wire]) if wire in labels else None
        case "querystring" if wire in request.query and shape["type"] != "map":
            member = model.shapes[shape["member"]["shape"]] if shape["type"] == "list" else shape
            values = [scalar(member, text) for text in request.query[wire]]
            return values if shape["type"] == "list" else values[-1]
        case "header" if wire.lower() in request.headers:
            text = request.headers[wire.lower()]
            if shape["type"] == "list":
                return [part.strip() for part in text.split(",")]
            return None if shape["type"] == "timestamp" or reference.get("jsonvalue") else scalar(shape, text)
        case "headers":
            prefix = wire.lower()
            return {key[len(prefix) :]: text for key, text in request.headers.items() if key.startswith(prefix)}
    return None


def _body(model: Model, name: str | None, shape: Shape, request: Request, problems: Problems) -> Tree:
    payload = shape.get("payload")
    if payload:
        of = shape["members"][payload]["shape"]
        if model.shapes[of]["type"] != "structure":
            return {payload: "" if model.shapes[of]["type"] == "string" else b""} if request.body else {}
        read_body = _parsed(model, of, (payload,), request.body, problems)
        return {} if read_body is None else {payload: read_body}
    placed = {member for member, reference in shape["members"].items() if "location" in reference}
    if name is None or len(placed) == len(shape["members"]):
        return {}
    read_body = _parsed(model, name, TOP, request.body, problems)
    if isinstance(read_body, dict):
        return {key: each for key, each in read_body.items() if key not in placed}
    if read_body is not None:
        problems.append(Problem("type", TOP, "Unexpected value", read_body))
    return {}


def _parsed(model: Model, shape: str, path: tuple[Any, ...], body: bytes, problems: Problems) -> Any:
    """A body in JSON or XML; nothing if it is empty or cannot be read."""
    if not body.strip():
        return None
    try:
        if model.protocol == "rest-json":
            return read_json(model, shape, json.loads(body), path, problems)
        return read_xml(model, shape, ElementTree.fromstring(body), path, problems)
    except (ValueError, ElementTree.ParseError):
        problems.append(Problem("syntax", path, "The body cannot be read"))
        return None
