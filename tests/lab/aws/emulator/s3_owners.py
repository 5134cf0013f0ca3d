"""Whose a bucket is: its tags, and its account. Names of S3 are global, so another account may own one.

As AWS does ("Verifying bucket ownership with bucket owner condition", S3 user guide): a request that names an expected
owner is refused with 403 AccessDenied if another account owns the bucket; any request of this account's to another
account's bucket is refused likewise, and the name cannot be taken (409 BucketAlreadyExists).
"""

from __future__ import annotations

from typing import Any

import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.s3 as s3

from emulator.answers import Answer, group, tag

KIND = "AWS::S3::Bucket"

# Bucket → the other account that owns it.
FOREIGN: dict[str, str] = {}
EXPECTED = "x-amz-expected-bucket-owner"


def declare(owners: dict[str, str]) -> None:
    """In place of all before."""
    FOREIGN.clear()
    FOREIGN.update(owners)


def refusal(service: str, method: str, path: str, headers: dict[str, str], account: str) -> Answer | None:
    """S3's refusal of a request, if whose the bucket is forbids it."""
    bucket, _, key = path.lstrip("/").partition("/")
    if service != "s3" or not bucket:
        return None
    owner = FOREIGN.get(bucket, account)
    if owner != account and method == "PUT" and not key and EXPECTED not in headers:
        return _error(409, "BucketAlreadyExists", "The requested bucket name is not available.")
    if owner != account or headers.get(EXPECTED, owner) != owner:
        return _error(403, "AccessDenied", "Access Denied")
    return None


def install() -> None:
    """CloudFormation gives a bucket the tags of its template and its stack; MiniStack's gives it none."""
    handlers = provisioners._RESOURCE_HANDLERS[KIND]
    create, update = handlers["create"], handlers["update"]

    def created(logical: str, properties: dict[str, Any], stack: str) -> Any:
        answer = create(logical, properties, stack)
        s3._bucket_tags[answer[0]] = provisioners._tag_map(properties.get("Tags"))
        return answer

    def updated(physical: str, old: dict[str, Any], new: dict[str, Any], stack: str) -> Any:
        answer = update(physical, old, new, stack)
        s3._bucket_tags[answer[0]] = provisioners._tag_map(new.get("Tags"))
        return answer

    provisioners._STACK_TAG_PROPERTY[KIND] = ("Tags", "list")
    provisioners._RESOURCE_HANDLERS[KIND] = {**handlers, "create": created, "update": updated}


def _error(status: int, code: str, message: str) -> Answer:
    return status, {"Content-Type": "application/xml"}, group("Error", tag("Code", code), tag("Message", message)).encode()
