"""Conditions of templates, with functions in them: MiniStack compares `Fn::Join` and `AWS::Region` as they are written.

CDK's bootstrap asks so whether it was given policies; with the wrong answer its role has an empty one.
"""

from __future__ import annotations

from typing import Any

import ministack.services.cloudformation.changesets as changesets
import ministack.services.cloudformation.engine as engine
import ministack.services.cloudformation.handlers as handlers
import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.cloudformation.stacks as stacks


def evaluate(template: dict[str, Any], parameters: dict[str, Any]) -> dict[str, bool]:
    """The value of each condition."""
    definitions = template.get("Conditions") or {}
    known: dict[str, bool] = {}

    def of(name: str) -> bool:
        if name not in known:
            known[name] = holds(definitions[name])
        return known[name]

    def holds(expression: Any) -> bool:
        match expression:
            case {"Fn::And": list(parts)}:
                return all(holds(part) for part in parts)
            case {"Fn::Or": list(parts)}:
                return any(holds(part) for part in parts)
            case {"Fn::Not": [part]}:
                return not holds(part)
            case {"Fn::Equals": [left, right]}:
                return str(resolved(left)) == str(resolved(right))
            case {"Condition": str(name)}:
                return of(name)
        raise ValueError(f"Template error: {expression} is not a condition")

    def resolved(value: Any) -> Any:
        return engine._resolve_refs(value, {}, parameters, {}, template.get("Mappings") or {}, "", "")

    return {name: of(name) for name in definitions}


def install() -> None:
    """Puts it in the place of MiniStack's, wherever that is held by name."""
    for module in (changesets, engine, handlers, provisioners, stacks):
        if hasattr(module, "_evaluate_conditions"):
            module._evaluate_conditions = evaluate
