"""Faults on demand: errors of API calls and failures of CloudFormation resources, from a file that may change.

`[{"service": "cloudformation", "action": "DescribeStacks", "times": 3, "error": "Throttling"},
  {"resource": "AWS::EKS::Addon", "reason": "why it failed", "times": 1, "delay": 0.5}]`
`service`, `action` may be left out and then match all; `times` is 1 unless said otherwise. With `share` (0 to 1) such a
part of the matching calls fails, at random with a fixed seed, for as long as the file says so. The error `throttled` is
what the service answers to too many calls.
"""

from __future__ import annotations

import json
import logging
import random
import time
from pathlib import Path
from typing import Any

import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.cloudformation.stacks as stacks

from emulator.answers import Answer, json_error
from emulator.models import model_of
from emulator.refusals import envelope
from emulator.settings import Settings

log = logging.getLogger("unitune.faults")
KNOWN = {
    "Throttling": (400, "Rate exceeded"),
    "ThrottlingException": (400, "Rate exceeded"),
    "RequestLimitExceeded": (503, "Request limit exceeded."),
    "SlowDown": (503, "Please reduce your request rate."),
    "InternalFailure": (500, "We encountered an internal error. Please try again."),
    "ServiceUnavailable": (503, "Service is unable to handle request."),
    "ExpiredToken": (403, "The security token included in the request is expired"),
    "AccessDenied": (403, "User is not authorized to perform this action"),
    "AccessDeniedException": (403, "User is not authorized to perform this action"),
}
# What a service answers to too many calls: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/throttling.html; the others as most of them document it.
THROTTLED = {"s3": "SlowDown", "ec2": "RequestLimitExceeded", "cloudformation": "Throttling", "iam": "Throttling"}


class Faults:
    """The faults that are left, read again whenever the file changes."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._changed = 0
        self._random = random.Random(1)
        self._left: list[dict[str, Any]] = []

    def _take(self, matches: Any) -> dict[str, Any] | None:
        self._read()
        for fault in self._left:
            if "share" in fault:
                if matches(fault) and self._random.random() < fault["share"]:
                    return fault
            elif fault.get("times", 1) > 0 and matches(fault):
                fault["times"] = fault.get("times", 1) - 1
                return fault
        return None

    def _read(self) -> None:
        try:
            changed = self._file.stat().st_mtime_ns if self._file else 0
        except FileNotFoundError:
            changed = 0
        if changed == self._changed:
            return
        self._left = json.loads(self._file.read_text()) if self._file and changed else []
        self._changed = changed
        log.warning("faults: %s", self._left)

    def of_resource(self, kind: str) -> dict[str, Any] | None:
        """The fault that a CloudFormation resource of this type meets now, if any."""
        return self._take(lambda fault: fault.get("resource") == kind)

    def of_call(self, service: str, action: str) -> Answer | None:
        """The error that this call answers now, if any, in the envelope of its protocol."""
        fault = self._take(
            lambda fault: (
                "error" in fault and fault.get("service") in (None, service) and fault.get("action") in (None, action)
            )
        )
        if fault is None:
            return None
        error = fault["error"]
        if error == "throttled":
            error = THROTTLED.get(service, "ThrottlingException")
        known_status, known_message = KNOWN.get(error, (400, error))
        status = int(fault.get("status") or known_status)
        message = str(fault.get("message") or known_message)
        log.warning("fault: %s %s answers %s", service, action, error)
        model = model_of(service)
        return (
            envelope(model, status, error, message) if model else json_error(status, error, message)
        )


def install(settings: Settings) -> Faults:
    """Lets CloudFormation's creates take time and fail on demand. Two modules hold the function by name."""
    faults = Faults(settings.faults_file)
    original = provisioners._provision_resource

    def provision(kind: str, logical: str, properties: dict[str, Any], stack: str) -> Any:
        time.sleep(settings.create_delay)
        fault = faults.of_resource(kind)
        if fault:
            time.sleep(fault.get("delay", 0))
            raise ValueError(fault.get("reason", "fault"))
        return original(kind, logical, properties, stack)

    provisioners._provision_resource = provision
    stacks._provision_resource = provision
    return faults
