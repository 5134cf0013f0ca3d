"""Small helpers to read and to make the answers that MiniStack's services give: (status, headers, body)."""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape

Answer = tuple[int, dict[str, str], bytes]


def json_answer(status: int, value: object, kind: str = "application/x-amz-json-1.1") -> Answer:
    """A JSON answer."""
    return status, {"Content-Type": kind}, json.dumps(value).encode()


def json_error(status: int, code: str, message: str) -> Answer:
    """An error of a JSON protocol, named both ways that SDKs look for it."""
    headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": code}
    return status, headers, json.dumps({"__type": code, "message": message}).encode()


def body_of(answer: tuple[int, Any, Any], what: str) -> dict[str, Any]:
    """The JSON of an answer; an error answer becomes the failure of the CloudFormation resource."""
    status, _, body = answer
    text = body.decode() if isinstance(body, bytes) else str(body)
    if status >= 400:
        raise ValueError(f"{what}: {text}")
    return json.loads(text) if text else {}


def eks_invalid(message: str) -> ValueError:
    """An InvalidParameterException of EKS, as CloudFormation tells it."""
    return ValueError(f"{message} (Service: Eks, Status Code: 400, InvalidParameterException)")


def tag(name: str, value: object) -> str:
    """An XML element with text. Nested elements are made by `group`."""
    return f"<{name}>{escape(str(value))}</{name}>"


def group(name: str, *children: str) -> str:
    """An XML element with elements in it."""
    return f"<{name}>{''.join(children)}</{name}>"


def items(name: str, children: list[str]) -> str:
    """An EC2 list: each child in an `item` of its own."""
    return group(name, *(group("item", child) for child in children))
