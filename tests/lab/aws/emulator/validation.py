"""Requests held to AWS's own models: an unknown operation, a member too many or too few, a value of no use.

Only signed requests of services that botocore knows are looked at, in the protocol that their model names first.
"""

from __future__ import annotations

import json
from typing import Any, Protocol
from urllib.parse import parse_qsl

from emulator import filters, refusals, routes
from emulator.answers import Answer
from emulator.models import Model, model_of
from emulator.readers import read_form, read_json, tree_of
from emulator.routes import Request
from emulator.shapes import TOP, Problem, Problems, checker, unrecognized


class Asked(Protocol):
    """What of a call is looked at."""

    @property
    def service(self) -> str: ...
    @property
    def request(self) -> Request: ...


def refusal(call: Asked) -> Answer | None:
    """What AWS answers to a request that its model does not allow; nothing to one that it does."""
    model = model_of(call.service) if call.service else None
    if model is None or _speaks_otherwise(model, call.request):
        return None
    _, problems = understand(call.service, call.request)
    return refusals.refuse(model, problems) if problems else None


def understand(service: str, request: Request) -> tuple[str, Problems]:
    """The operation that a request means, and what is wrong with it."""
    model = model_of(service)
    assert model, service
    problems: Problems = []
    operation, value = _read(model, request, problems)
    if operation and not problems:
        _check(model, operation, value, problems)
    return operation, problems


def _speaks_otherwise(model: Model, request: Request) -> bool:
    """Whether an older or newer protocol than the model's first is spoken, as AWS goes on to allow."""
    if model.protocol == "json":
        return "x-amz-target" not in request.headers
    return "smithy-protocol" in request.headers or "x-amz-target" in request.headers


def _check(model: Model, operation: str, value: Any, problems: Problems) -> None:
    name = model.input_of(operation)
    if name:
        checker(model, name)(value, TOP, problems)
        filters.check(model, operation, value, problems)


def _read(model: Model, request: Request, problems: Problems) -> tuple[str, Any]:
    match model.protocol:
        case "ec2" | "query":
            return _read_form(model, request, problems)
        case "json":
            return _read_json(model, request, problems)
    found = routes.find(model, request)
    if found is None:
        problems.append(
            Problem("operation", TOP, f"No operation of {model.service} has {request.method} {request.path}")
        )
        return "", {}
    route, labels = found
    return route.operation, routes.read(model, route, labels, request, problems)


def _read_form(model: Model, request: Request, problems: Problems) -> tuple[str, Any]:
    pairs = [(name, text) for name, values in request.query.items() for text in values]
    pairs += parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True)
    given = dict(pairs)
    operation, version = given.get("Action", ""), given.get("Version", "")
    # EC2 goes on to speak its older versions.
    if operation not in model.operations or (model.protocol == "query" and version != model.metadata["apiVersion"]):
        text = f"Could not find operation {operation} for version {version}"
        if model.protocol == "ec2":
            text = f"The action {operation} is not valid for this web service."
        problems.append(Problem("operation", TOP, text))
        return "", {}
    name, tree = model.input_of(operation), tree_of(pairs)
    if name is None:
        problems.extend(unrecognized((each,)) for each in tree)
        return operation, {}
    return operation, read_form(model, name, tree, TOP, problems)


def _read_json(model: Model, request: Request, problems: Problems) -> tuple[str, Any]:
    prefix, _, operation = request.headers["x-amz-target"].rpartition(".")
    # Some SDKs leave out the package of a service's name.
    if _bare(prefix) != _bare(model.metadata["targetPrefix"]) or operation not in model.operations:
        problems.append(Problem("operation", TOP, f"No operation of {model.service} is {prefix}.{operation}"))
        return "", {}
    try:
        node = json.loads(request.body or b"{}")
    except ValueError as error:
        problems.append(Problem("syntax", TOP, str(error)))
        return operation, {}
    name = model.input_of(operation)
    return operation, read_json(model, name, node, TOP, problems) if name else {}


def _bare(prefix: str) -> str:
    return prefix.rpartition(".")[2]
