"""Tags of access entries and clusters: what TagResource changes, their Describe actions tell, as on AWS."""

from __future__ import annotations

from typing import Any

import ministack.services.eks as eks

_tag_resource = eks._tag_resource
_untag_resource = eks._untag_resource


def _entry_of(arn: str) -> dict[str, Any] | None:
    entry = next((entry for entry in eks._access_entries.values() if entry.get("accessEntryArn") == arn), None)
    return entry or next((cluster for cluster in eks._clusters.values() if cluster.get("arn") == arn), None)


def install() -> None:
    """MiniStack keeps these tags apart from those that the entry was made with."""

    def tag(arn: str, body: dict[str, Any]) -> Any:
        answer, entry = _tag_resource(arn, body), _entry_of(arn)
        if answer[0] < 400 and entry is not None:
            entry["tags"] = {**entry.get("tags", {}), **body.get("tags", {})}
        return answer

    def untag(arn: str, query: dict[str, Any]) -> Any:
        answer, entry = _untag_resource(arn, query), _entry_of(arn)
        keys = query.get("tagKeys", [])
        if answer[0] < 400 and entry is not None:
            gone = [keys] if isinstance(keys, str) else keys
            entry["tags"] = {key: value for key, value in entry.get("tags", {}).items() if key not in gone}
        return answer

    eks._tag_resource = tag
    eks._untag_resource = untag
