"""How each service says no: the code, the status and the words of what a request does wrong.

Sources, besides the services' lists of common errors:
- query (IAM, CloudFormation): `ValidationError`, "1 validation error detected: Value 'x' at 'roleName' failed to
  satisfy constraint: Member must …" (serverless/examples#405, aws-toolkit-vscode#1427);
- EC2: `UnknownParameter`, "The parameter Description is not recognized" (aws-sdk-cpp#327), `MissingParameter`;
- ECR: `InvalidParameterException`, "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy
  regular expression '…''" (jenkins-x/jx#1344, aws-dotnet-deploy#549);
- EKS: `InvalidParameterException` (surajincloud/kubectl-eks#72, aws-cdk#30632);
- Lambda: `ValidationException` (aws-cli#3229);
- wrong types in JSON: `SerializationException` (aws-cdk#27087, floci-io/floci#2686).
Members that a model does not have are refused everywhere. Of AWS only EC2 does so; other services ignore them, and a
misspelt one has no effect without a word.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from emulator.answers import Answer, group, json_error, tag
from emulator.models import Model
from emulator.shapes import Path, Problem


@dataclass(frozen=True)
class Codes:
    """The codes of one service: of an unknown operation, of a wrong type, of a member that is missing, of the rest.

    The status is 400, but for an unknown operation of some.
    """

    operation: str
    syntax: str
    missing: str
    value: str
    unknown: str
    operation_status: int = 400


JSON = Codes(
    operation="UnknownOperationException",
    syntax="SerializationException",
    missing="ValidationException",
    value="ValidationException",
    unknown="ValidationException",
)
INVALID = Codes(
    operation="UnknownOperationException",
    syntax="SerializationException",
    missing="InvalidParameterException",
    value="InvalidParameterException",
    unknown="InvalidParameterException",
)
QUERY = Codes(
    operation="InvalidAction",
    syntax="MalformedInput",
    missing="ValidationError",
    value="ValidationError",
    unknown="ValidationError",
)
BY_SERVICE: dict[str, Codes] = {
    "ec2": Codes(
        "InvalidAction", "InvalidParameterValue", "MissingParameter", "InvalidParameterValue", "UnknownParameter"
    ),
    "s3": Codes("MethodNotAllowed", "MalformedXML", "InvalidRequest", "InvalidArgument", "InvalidArgument", 405),
    "sqs": Codes(
        "AWS.SimpleQueueService.UnsupportedOperation",
        "SerializationException",
        "MissingParameter",
        "InvalidParameterValue",
        "InvalidParameterValue",
    ),
    "ecr": INVALID,
    "logs": INVALID,
    "eks": replace(INVALID, operation_status=404),
    "lambda": replace(JSON, operation_status=404),
}
BY_PROTOCOL = {"query": QUERY, "ec2": BY_SERVICE["ec2"], "rest-xml": BY_SERVICE["s3"]}
# Shapes whose wrong values have a code of their own.
BY_SHAPE = {
    ("s3", "CreateBucketRequest.Bucket"): "InvalidBucketName",
    ("s3", "BucketLocationConstraint"): "InvalidLocationConstraint",
    ("ec2", "CreateLaunchTemplateRequest.LaunchTemplateName"): "InvalidLaunchTemplateName.MalformedException",
    ("sqs", "QueueAttributeName"): "InvalidAttributeName",
}
# One kind is told at a time, in this order.
ORDER = ("operation", "syntax", "unknown", "type", "missing", "length", "range", "pattern", "enum", "filter")


def refuse(model: Model, problems: Sequence[Problem]) -> Answer:
    """The answer to a request with problems."""
    first = min(problems, key=lambda problem: ORDER.index(problem.kind))
    codes = BY_SERVICE.get(model.service) or BY_PROTOCOL.get(model.protocol, JSON)
    status = codes.operation_status if first.kind == "operation" else 400
    return envelope(model, status, _code(model, codes, first), _message(model, first, problems))


def _code(model: Model, codes: Codes, problem: Problem) -> str:
    own = BY_SHAPE.get((model.service, problem.shape))
    if model.service == "s3" and len(problem.path) > 1 and not own:
        return codes.syntax  # in the body
    match problem.kind:
        case "operation":
            return codes.operation
        case "syntax" | "type":
            return codes.syntax
        case "unknown":
            return codes.unknown
        case "missing":
            return codes.missing
    return own or codes.value


def _message(model: Model, first: Problem, problems: Sequence[Problem]) -> str:
    if first.kind in ("operation", "syntax"):
        return first.text
    if first.kind == "unknown":
        return f"The parameter {_dotted(first.path)} is not recognized"
    where = _dotted(first.path) if model.protocol == "ec2" else _place(first.path)
    if model.protocol == "ec2":
        return _ec2_message(where, first)
    if first.kind == "type":
        return first.text
    if model.service == "ecr":
        constraint = first.text.replace("Member ", "").replace("regular expression pattern: ", "regular expression ")
        return f"Invalid parameter at '{where}' failed to satisfy constraint: '{constraint}'"
    told = [each for each in problems if each.kind not in ("unknown", "type")]
    count = f"{len(told)} validation error{'s' if len(told) > 1 else ''} detected: "
    return count + "; ".join(
        f"Value {_shown(each)} at '{_place(each.path)}' failed to satisfy constraint: {each.text}" for each in told
    )


def _ec2_message(where: str, problem: Problem) -> str:
    if problem.kind == "missing":
        return f"The request must contain the parameter {where}"
    if problem.kind == "filter":
        return problem.text
    return f"Value ({str(problem.value)[:100]}) for parameter {where} is invalid. {problem.text}"


def _shown(problem: Problem) -> str:
    return "null" if problem.kind == "missing" else f"'{str(problem.value)[:200]}'"


def _dotted(path: Path) -> str:
    """`Filter.1.Name`, as a form has it."""
    return ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in path)


def _place(path: Path) -> str:
    """`tags.1.member.key`, as most services have it."""
    parts = [f"{part + 1}.member" if isinstance(part, int) else str(part)[:1].lower() + str(part)[1:] for part in path]
    return ".".join(parts)


def envelope(model: Model, status: int, code: str, message: str) -> Answer:
    """An error as the service's protocol wraps it."""
    request = str(uuid.uuid4())
    error: list[str] = [tag("Code", code), tag("Message", message)]
    match model.protocol:
        case "ec2":
            text = group("Response", group("Errors", group("Error", *error)), tag("RequestID", request))
        case "query":
            text = group("ErrorResponse", group("Error", tag("Type", "Sender"), *error), tag("RequestId", request))
        case "rest-xml":
            text = group("Error", *error, tag("RequestId", request))
        case _:
            return json_error(status, code, message)
    headers: dict[str, Any] = {"Content-Type": "text/xml", "x-amzn-requestid": request}
    return status, headers, ('<?xml version="1.0" encoding="UTF-8"?>' + text).encode()
