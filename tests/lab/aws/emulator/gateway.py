"""The front of MiniStack's HTTP server: names each call, then lab endpoints, faults, our services, MiniStack; traces."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import ministack.app as app

from emulator import faults as faults_module
from emulator.answers import Answer
from emulator.settings import Settings

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True)
class Call:
    """One HTTP request, read whole and named as AWS would name it."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    service: str
    action: str
    access_key: str
    region: str


def name_call(scope: dict[str, Any], body: bytes) -> Call:
    """Reads service and region from the signature, the action from the protocol."""
    headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
    query = parse_qs(scope.get("query_string", b"").decode(), keep_blank_values=True)
    credential = re.search(r"Credential=([^,\s]+)", headers.get("authorization", ""))
    parts = (credential[1] if credential else query.get("X-Amz-Credential", [""])[0]).split("/")
    key, region, service = (parts[0], parts[2], parts[3]) if len(parts) >= 5 else ("", "", "")
    action = headers.get("x-amz-target", "").split(".")[-1]
    if not action and "form-urlencoded" in headers.get("content-type", ""):
        action = parse_qs(body.decode(errors="replace")).get("Action", [""])[0]
    action = action or query.get("Action", [""])[0] or f"{scope['method']} {scope['path']}"
    return Call(scope["method"], scope["path"], query, headers, body, service, action, key, region)


async def read_body(receive: Receive) -> bytes:
    """The whole body; MiniStack would read it whole as well."""
    chunks, more = [], True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


async def answer(send: Send, reply: Answer) -> None:
    """Sends an answer of ours."""
    status, headers, body = reply
    given = [(key.lower().encode(), value.encode()) for key, value in headers.items()]
    given.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": given})
    await send({"type": "http.response.body", "body": body})


def replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body again."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def install(settings: Settings) -> None:
    """Wraps MiniStack's ASGI application."""
    inner = app.app
    faults = faults_module.install(settings)

    async def wrapped(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await inner(scope, receive, send)
        body = await read_body(receive)
        call = name_call(scope, body)
        reply = faults.of_call(call.service, call.action, "x-amz-target" in call.headers)
        if reply:
            return await answer(send, reply)
        return await inner(scope, replay(body, receive), send)

    app.app = wrapped
