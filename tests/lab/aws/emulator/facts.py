"""The catalogue of facts from outside (`tests/facts`): all that the emulator knows of what AWS offers is read here."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[3] / "facts"


@cache
def _read(file: str) -> dict[str, dict[str, Any]]:
    """A file of the catalogue with all its tables: some are half a megabyte, and hold two that are asked for."""
    tables: dict[str, dict[str, Any]] = json.loads((FOLDER / file).read_text())
    return tables


def table(file: str, name: str) -> dict[str, Any]:
    """One table of one file of the catalogue."""
    return _read(file)[name]


def regions() -> dict[str, Any]:
    """Regions with their partition and zones."""
    return table("offerings.json", "regions")


def zone_ids(region: str) -> list[str]:
    """The ids of a region's zones; three of its own for a region that the catalogue does not have."""
    known = regions().get(region)
    return known["zones"] if known else [f"{region}-az{number}" for number in (1, 2, 3)]


@cache
def offered(region: str) -> dict[str, str]:
    """Instance type → the numbers of the zones that have it, `*` where the source tells the region alone.

    Of a region that no source tells: what every told region of its partition has (of the commercial ones, where its own
    has none).
    """
    types = table("offerings.json", "types")
    told = regions().get(region, {}).get("told")
    if told:
        return {kind: places[region] for kind, places in types.items() if region in places}
    partition = regions().get(region, {}).get("partition", "aws")
    others = _told(partition) or _told("aws")
    return {kind: "*" for kind, places in types.items() if all(other in places for other in others)}


def _told(partition: str) -> list[str]:
    return [name for name, region in regions().items() if region["told"] and region["partition"] == partition]


def offered_in_zone(kind: str, region: str, zone_id: str) -> bool:
    """Whether a zone has an instance type."""
    numbers = offered(region).get(kind, "")
    return numbers == "*" or zone_id[-1:] in numbers


@cache
def prices(region: str) -> dict[str, float]:
    """On-demand prices; of a region without published ones those of us-east-1."""
    known = table("prices.json", "regions")
    return known.get(region) or known["us-east-1"]
