"""All that the account holds, as JSON: tests compare it before and after."""

from __future__ import annotations

from typing import Any

import ministack.app as app

# Sessions of callers, and what is counted or logged by asking alone.
BY_ASKING = ("sts", "cloudtrail")


def dump() -> dict[str, Any]:
    """The state of every service that has one, by its name."""
    states = app._build_persistence_save_dict()
    return {name: _plain(get()) for name, get in sorted(states.items()) if name not in BY_ASKING}


def _plain(value: Any) -> Any:
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    inner = getattr(value, "_data", value)
    if isinstance(inner, dict):
        return {str(key): _plain(each) for key, each in inner.items()}
    if isinstance(inner, (list, tuple, set, frozenset)):
        return [_plain(each) for each in (sorted(inner, key=str) if isinstance(inner, (set, frozenset)) else inner)]
    if isinstance(inner, (bytes, bytearray)):
        return inner.hex()
    return f"{type(inner).__name__} {getattr(inner, '__dict__', '')}"
