"""The front of MiniStack's HTTP server: lab endpoints, then faults, AWS's models, our own services, MiniStack."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import ministack.app as app
from ministack.core.iam_actions import extract_iam_action
from ministack.core.responses import set_request_account_id, set_request_region
from ministack.core.router import detect_service

from emulator import ec2_catalog, ecr, faults, iam_policies, s3_owners, validation
from emulator.answers import Answer
from emulator.lab import Lab
from emulator.quotas import Quotas
from emulator.routes import Request
from emulator.settings import Settings
from emulator.trace import Trace, agent_of, error_of

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ERROR_BYTES = 65_536


@dataclass(frozen=True)
class Call:
    """One HTTP request, read whole and named as IAM would name it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    service: str
    action: str
    access_key: str
    region: str
    query: dict[str, list[str]]
    raw_path: str

    @property
    def request(self) -> Request:
        """The call as its model is asked about it."""
        return Request(self.method, self.raw_path, self.query, self.headers, self.body)


def name_call(scope: dict[str, Any], body: bytes) -> Call:
    """Reads service and region from the signature, the action from the protocol."""
    headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
    query = parse_qs(scope.get("query_string", b"").decode(), keep_blank_values=True)
    method, path = scope["method"], scope["path"]
    credential = re.search(r"Credential=([^,\s]+)", headers.get("authorization", ""))
    parts = (credential[1] if credential else query.get("X-Amz-Credential", [""])[0]).split("/")
    key, region, service = (parts[0], parts[2], parts[3]) if len(parts) >= 5 else ("", "", "")
    action = headers.get("x-amz-target", "").split(".")[-1]
    if not action and service:
        detected = detect_service(method, path, headers, query)
        action = (extract_iam_action(detected, method, path, headers, body, query) or "").split(":")[-1]
    raw_path = scope.get("raw_path", path.encode()).decode("latin-1").partition("?")[0]
    return Call(method, path, headers, body, service, action or f"{method} {path}", key, region, query, raw_path)


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


class Watch:
    """A `send` that keeps what the trace says about an answer: its status, and the beginning of an error."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self._headers: dict[str, str] = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._headers = {key.decode().lower(): value.decode("latin-1") for key, value in message["headers"]}
        elif self.status >= 400 and len(self._body) < ERROR_BYTES:
            self._body += message.get("body", b"")
        await self._send(message)

    def error(self) -> str:
        """The error code of the answer."""
        return error_of(self.status, self._headers, self._body)


def install(settings: Settings) -> None:
    """Wraps MiniStack's ASGI application."""
    inner = app.app
    trace, quotas, registry = Trace(settings.trace_file), Quotas(), ecr.install(settings)
    lab, plan = Lab(settings, trace, registry, quotas), faults.install(settings)

    def own(call: Call) -> Answer | None:
        """The answers of services and actions that MiniStack lacks or that need to know the caller."""
        if call.service == "pricing" and call.action == "GetProducts":
            return ec2_catalog.price_list(call.body)
        if call.service == "servicequotas":
            return quotas.answer(call.action, call.body)
        if call.service == "ecr" and call.action == "GetAuthorizationToken":
            return registry.authorize(call.access_key)
        if call.service == "iam" and call.action == "SimulatePrincipalPolicy":
            return iam_policies.simulate(call.body, call.access_key, call.region)
        return None

    async def wrapped(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await inner(scope, receive, send)
        body = await read_body(receive)
        if scope["path"].startswith("/_lab/"):
            return await answer(send, await asyncio.to_thread(lab.answer, scope["method"], scope["path"], body))
        call, watch = name_call(scope, body), Watch(send)
        set_request_account_id(call.access_key)
        set_request_region(call.region)
        faulty = plan.of_call(call.service, call.action)
        owned = s3_owners.refusal(call.service, call.method, call.path, call.headers, settings.account)
        reply = faulty or validation.refusal(call) or iam_policies.refusal(call) or owned or own(call)
        if reply:
            await answer(watch, reply)
        else:
            await inner(scope, replay(body, receive), watch)
        if call.service:
            trace.add(entry(call, watch))

    app.app = wrapped


def entry(call: Call, watch: Watch) -> dict[str, Any]:
    """What the trace keeps of a call; unsigned requests are not calls of AWS."""
    return {
        "service": call.service,
        "action": call.action,
        "region": call.region,
        "method": call.method,
        "path": call.path,
        "query": sorted(call.query),
        "agent": agent_of(call.headers.get("user-agent", "")),
        "accessKey": call.access_key,
        "status": watch.status,
        "error": watch.error(),
    }
