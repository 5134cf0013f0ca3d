"""ContinueUpdateRollback as AWS reads it: an empty list of resources to skip is none, and not one without a name."""

from __future__ import annotations

from typing import Any

import ministack.services.cloudformation.handlers as handlers

ACTION = "ContinueUpdateRollback"


def install() -> None:
    """Drops the empty list that the SDKs send when no resource is skipped."""
    original = handlers._ACTION_HANDLERS[ACTION]

    def proceed(params: dict[str, Any]) -> Any:
        given = params.get("ResourcesToSkip")
        if given in ("", [], [""]):
            params = {name: value for name, value in params.items() if name != "ResourcesToSkip"}
        return original(params)

    handlers._ACTION_HANDLERS[ACTION] = proceed
