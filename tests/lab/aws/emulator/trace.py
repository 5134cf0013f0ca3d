"""What was asked of this emulator: one entry a request, in memory for tests and as JSON lines in a file for people."""

from __future__ import annotations

import json
import re
import time
from collections import deque
from pathlib import Path
from typing import Any

AGENTS = ("karpenter", "unitune", "cdk", "buildkit", "helm", "aws-cli", "boto", "aws-sdk-js", "deno")
ERROR = re.compile(rb'<Code>([^<]+)</Code>|"__type"\s*:\s*"(?:[^"]*#)?([^"#]+)"|"code"\s*:\s*"([A-Za-z]+)"')
KEPT = 50_000


def agent_of(text: str) -> str:
    """A coarse name of the client, so that tests need not know SDK versions."""
    lowered = text.lower()
    return next((name for name in AGENTS if name in lowered), "other")


def error_of(status: int, headers: dict[str, str], body: bytes) -> str:
    """The error code of an answer, whatever its protocol; empty for a success."""
    if status < 400:
        return ""
    named = headers.get("x-amzn-errortype", "").split(":")[0].split("#")[-1]
    found = ERROR.search(body)
    inside = next((group.decode() for group in found.groups() if group), "") if found else ""
    return named or inside or str(status)


class Trace:
    """The entries."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self.entries: deque[dict[str, Any]] = deque(maxlen=KEPT)

    def add(self, entry: dict[str, Any]) -> None:
        """Notes one request."""
        now = time.time()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03d}Z"
        entry = {"time": stamp, **entry}
        self.entries.append(entry)
        if self._file:
            with self._file.open("a") as file:
                file.write(json.dumps(entry) + "\n")
