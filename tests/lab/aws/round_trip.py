"""Sends every operation of the services that unitune and its tools speak to, as botocore writes it, to the validation.

It says how many operations it asked, and ends with an error if one was not understood as it was meant.
"""

from __future__ import annotations

import datetime
import sys
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode

import botocore.serialize
import botocore.session
from botocore.model import OperationModel, Shape

from emulator import models, validation
from emulator.models import Model
from emulator.routes import Request
from emulator.shapes import Problem, Problems

SERVICES = (
    "ec2 eks iam sts s3 ecr ssm sqs cloudformation logs kms events lambda pricing servicequotas "
    "fsx elasticfilesystem budgets arc-zonal-shift sns dynamodb autoscaling"
).split()
# Operations that share method and path with the one that took their place, or that only another host has.
ELSEWHERE = {
    "GetBucketLifecycle": "GetBucketLifecycleConfiguration",
    "GetBucketNotification": "GetBucketNotificationConfiguration",
    "PutBucketLifecycle": "PutBucketLifecycleConfiguration",
    "PutBucketNotification": "PutBucketNotificationConfiguration",
    "ListDirectoryBuckets": "ListBuckets",
}


@dataclass(frozen=True)
class Sample:
    """Makes a value of a shape, with every member that does not lead back to its own shape."""

    model: Model

    def of(self, shape: Shape, above: tuple[str, ...] = (), member: str = "") -> Any:
        """The value; limits of ours are those of the member that holds it."""
        own = self.model.shapes.get(f"{above[-1]}.{member}") if member else None
        limits = own or self.model.shapes[shape.name]
        below = (*above, shape.name)
        match shape.type_name:
            case "structure":
                members = {key: each for key, each in shape.members.items() if not _leads_back(each, below)}
                if shape.metadata.get("union"):
                    members = dict(list(members.items())[:1])
                return {name: self.of(member, below, name) for name, member in members.items()}
            case "list":
                return [self.of(shape.member, below)] * max(limits.get("min", 1), 1)
            case "map":
                keys = [self.of(shape.key, below) + "a" * index for index in range(max(limits.get("min", 1), 1))]
                return {key: self.of(shape.value, below) for key in keys}
            case "string":
                return limits["enum"][0] if "enum" in limits else "a" * max(limits.get("min", 1), 1)
            case "integer" | "long":
                return limits.get("among", [max(limits.get("min", 0), min(1, limits.get("max", 1)))])[0]
            case "float" | "double":
                return float(limits.get("min", 1))
            case "boolean":
                return True
            case "blob":
                return b"a" * max(limits.get("min", 1), 1)
        return datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


def _leads_back(shape: Shape, above: tuple[str, ...]) -> bool:
    while shape.type_name == "list":
        shape = shape.member
    return shape.name in above or len(above) > 12


def ask(service: str, serialized: dict[str, Any]) -> tuple[str, Problems]:
    """What the validation makes of a request: the operation that it understands, and what it finds wrong with it."""
    body = serialized["body"]
    if isinstance(body, dict):
        body = urlencode(body)
    path, _, text = serialized["url_path"].partition("?")
    query = parse_qs(text, keep_blank_values=True)
    for key, value in (serialized["query_string"] or {}).items():
        query[key] = [str(each) for each in value] if isinstance(value, list) else [str(value)]
    headers = {
        key.lower(): value.decode() if isinstance(value, bytes) else str(value)
        for key, value in serialized["headers"].items()
    }
    request = Request(
        serialized["method"], path, query, headers, body.encode() if isinstance(body, str) else bytes(body or b"")
    )
    return validation.understand(service, request)


def differs(service: str, model: Model, operation: OperationModel) -> str | None:
    """How the validation misunderstands an operation, if so. No sample fits a pattern or names a filter."""
    serializer = botocore.serialize.create_serializer(model.protocol, include_validation=False)
    value = Sample(model).of(operation.input_shape) if operation.input_shape else {}
    understood, problems = ask(service, serializer.serialize_to_request(value, operation))
    if understood != ELSEWHERE.get(operation.name, operation.name):
        return f"{service} {operation.name} is taken for {understood or 'nothing'}"
    if operation.name in ELSEWHERE:
        return None
    shown: list[Problem] = [problem for problem in problems if problem.kind not in ("pattern", "filter")]
    return f"{service} {operation.name}: {shown[:3]}" if shown else None


def main() -> int:
    """Asks for everything."""
    session = botocore.session.get_session()
    asked, wrong = 0, []
    for service in SERVICES:
        model = models.model_of(service)
        assert model, service
        described = session.get_service_model(models.FOLDERS.get(service, service))
        for name in described.operation_names:
            asked += 1
            wrong.append(differs(service, model, described.operation_model(name)))
    found = [each for each in wrong if each]
    print(f"{asked} operations, {len(found)} misunderstood", *found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
