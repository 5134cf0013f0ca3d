"""Names of filters: EC2's models have them in the documentation of each operation, and EC2 refuses any other.

MiniStack takes an unknown filter for one that everything passes.
"""

from __future__ import annotations

import re
from typing import Any

from emulator.models import Model
from emulator.shapes import Problem, Problems

NAMED = re.compile(r"<li>\s*<p>\s*<code>([^<]+)</code>")
CAPITAL = re.compile(r"[A-Z]")
# Whatever has tags is found by them, also where the documentation does not say so (capacity reservations).
TAGS = ("tag-key", "tag-value")


def _known(model: Model, operation: str) -> frozenset[str]:
    """The filters of an operation; none if its documentation names none, and then each passes."""
    cache: dict[str, frozenset[str]] = model.caches.setdefault("filters", {})
    if operation not in cache:
        members = model.shapes[model.input_of(operation) or ""]["members"]
        cache[operation] = frozenset(NAMED.findall(members["Filters"].get("documentation", "")))
    return cache[operation]


def check(model: Model, operation: str, value: dict[str, Any], problems: Problems) -> None:
    """Finds filters that the operation does not have. Their older spelling, `vpcId`, is theirs, too."""
    filters = value.get("Filters") if model.service == "ec2" else None
    known = _known(model, operation) if isinstance(filters, list) else frozenset()
    for index, each in enumerate(filters or []):
        name = str(each.get("Name", "")) if isinstance(each, dict) else ""
        plain = CAPITAL.sub(lambda match: "-" + match[0].lower(), name)
        if known and plain not in known and name not in TAGS and not name.startswith("tag:"):
            problems.append(Problem("filter", ("Filter", index, "Name"), f"The filter '{name}' is invalid", name))
