"""The endpoints below `/_lab/`, for the lab's services and for tests. Real AWS has none of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import cloudformation

from emulator import ec2_reservations, identity, s3_owners, state
from emulator.answers import Answer, json_answer
from emulator.ecr import Ecr
from emulator.quotas import Quotas
from emulator.settings import Settings
from emulator.trace import Trace

Body = dict[str, Any]
JSON = "application/json"


class Lab:
    """Answers `/_lab/…` requests."""

    def __init__(self, settings: Settings, trace: Trace, ecr: Ecr, quotas: Quotas) -> None:
        self._account = settings.account
        self._trace = trace
        self._ecr = ecr
        self._quotas = quotas
        self._routes: dict[str, Callable[[Body], Any]] = {
            "GET /_lab/account": lambda _: {"account": settings.account, "clusters": identity.clusters()},
            "GET /_lab/requests": lambda _: {"requests": list(trace.entries)},
            "DELETE /_lab/requests": self._forget,
            "GET /_lab/state": lambda _: state.dump(),
            "PUT /_lab/buckets": self._declare_buckets,
            "GET /_lab/sessions": lambda _: {"sessions": identity.sessions()},
            "DELETE /_lab/sessions": lambda _: {"ended": identity.end_sessions()},
            "PUT /_lab/quotas": self._set_quotas,
            "PUT /_lab/reservations": self._declare,
            "PUT /_lab/stack-status": self._set_stack_status,
            "POST /_lab/eks/review": lambda body: identity.review(body["token"]),
            "POST /_lab/pod-identity/associations": lambda body: {
                "associations": identity.associations(body["namespace"], body["serviceAccount"])
            },
            "POST /_lab/pod-identity/credentials": lambda body: identity.credentials(
                body["namespace"], body["serviceAccount"], body["pod"], body["podUid"]
            ),
            "POST /_lab/ecr/decide": lambda body: ecr.decide(body["password"], body["repository"], body["actions"]),
            "POST /_lab/ecr/decide-identity": lambda body: ecr.decide_identity(
                body["password"], body["repository"], body["actions"], body["account"]
            ),
            "POST /_lab/ecr/decide-guest": lambda body: ecr.decide_guest(
                body["principal"], body["repository"], body["actions"]
            ),
            "POST /_lab/ecr/decide-manifest": lambda body: ecr.decide_manifest(
                body["repository"], body["tag"], body["digest"]
            ),
            "POST /_lab/ecr/pushed": self._note_push,
        }

    def _forget(self, _body: Body) -> Body:
        self._trace.entries.clear()
        return {}

    def _set_quotas(self, body: Body) -> Body:
        self._quotas.set.update({code: float(value) for code, value in body.items()})
        return {}

    def _set_stack_status(self, body: Body) -> Body:
        """Puts a stack into a state that the emulator itself never reaches."""
        found = [stack for stack in cloudformation._stacks.values() if stack["StackName"] == body["stack"]]
        for stack in found:
            stack["StackStatus"] = body["status"]
        return {"stacks": len(found)}

    def _declare(self, body: Body) -> Body:
        ec2_reservations.declare(body["reservations"])
        return {}

    def _declare_buckets(self, body: Body) -> Body:
        s3_owners.declare(body)
        return {}

    def _note_push(self, body: Body) -> Body:
        self._ecr.store(body["repository"]).noted(body["digest"])
        return {}

    def answer(self, method: str, path: str, text: bytes) -> Answer:
        """Answers one request, in the account of this emulator and the region that the body names."""
        route = self._routes.get(f"{method} {path}")
        if not route:
            return json_answer(404, {"error": f"no route {method} {path}", "routes": sorted(self._routes)}, JSON)
        try:
            body = json.loads(text or b"{}")
            set_request_account_id(self._account)
            set_request_region(body.get("region"))
            return json_answer(200, route(body), JSON)
        except (KeyError, ValueError) as error:
            return json_answer(400, {"error": repr(error)}, JSON)
