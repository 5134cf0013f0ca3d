"""Drift-aware change sets: DeploymentMode REVERT_DRIFT compares the template with what the services hold now.

For the types whose properties MiniStack can read. What was deleted outside of the stack is not created again.
"""

from __future__ import annotations

import copy
import json
from typing import Any

import ministack.services.cloudformation.drift as drift
import ministack.services.cloudformation.handlers as handlers
from ministack.core.responses import now_iso
from ministack.services.cloudformation.helpers import _p

MODE = "REVERT_DRIFT"
CREATE, EXECUTE = "CreateChangeSet", "ExecuteChangeSet"

# Stack and name of the change sets of this mode.
_aware: set[tuple[str, str]] = set()


def install() -> None:
    """Wraps creation and execution of change sets."""
    create, execute = handlers._ACTION_HANDLERS[CREATE], handlers._ACTION_HANDLERS[EXECUTE]

    def created(params: dict[str, Any]) -> Any:
        stack = _stack(params)
        if _p(params, "DeploymentMode") != MODE or stack is None:
            return create(params)
        deployed = stack["_template"]
        stack["_template"] = _with_actual(deployed, _drifted(stack))
        try:
            return create(params)
        finally:
            stack["_template"] = deployed
            _aware.add((stack["StackId"], _name(params)))

    def executed(params: dict[str, Any]) -> Any:
        stack = _stack(params)
        if stack is not None and (stack["StackId"], _name(params)) in _aware:
            # The update then goes from what there is to what the template says.
            for logical_id, actual in _drifted(stack).items():
                stack["_resources"][logical_id]["Properties"].update(actual)
        return execute(params)

    handlers._ACTION_HANDLERS[CREATE] = created
    handlers._ACTION_HANDLERS[EXECUTE] = executed


def _stack(params: dict[str, Any]) -> dict[str, Any] | None:
    stack, error = handlers._drift_target(_p(params, "StackName"))
    return None if error else stack


def _name(params: dict[str, Any]) -> str:
    """The name, also of an ARN: arn:…:changeSet/name/id."""
    name = _p(params, "ChangeSetName")
    return name.split("/")[1] if "/" in name else name


def _drifted(stack: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Logical id → the properties that differ, as the service has them."""
    found = {}
    for logical_id, record in stack.get("_resources", {}).items():
        if not drift.supports_drift(record.get("ResourceType", "")):
            continue
        seen = drift.detect_resource_drift(stack, logical_id, record, now_iso())
        if seen.get("StackResourceDriftStatus") != "MODIFIED":
            continue
        expected, actual = json.loads(seen["ExpectedProperties"]), json.loads(seen["ActualProperties"])
        found[logical_id] = {name: value for name, value in actual.items() if expected.get(name) != value}
    return found


def _with_actual(template: dict[str, Any], drifted: dict[str, dict[str, Any]]) -> dict[str, Any]:
    changed = copy.deepcopy(template)
    for logical_id, actual in drifted.items():
        changed["Resources"][logical_id].setdefault("Properties", {}).update(actual)
    return changed
