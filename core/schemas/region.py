"""Validation of a website's regions and quorum."""

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from core.phrases import counted
from core.setting_values import REGION_NAME

MAX_REGIONS = 16  # per website; each region sends its own checks


def _spelled(name: str) -> str:
    if not re.fullmatch(REGION_NAME, name):
        raise ValueError(
            f"{name[:40]!r} is not a region name: use up to 32 lower-case letters, digits and hyphens, such as eu-west"
        )
    return name


RegionName = Annotated[str, AfterValidator(_spelled), WithJsonSchema({"type": "string", "pattern": REGION_NAME})]
"""A validator instead of a pydantic `pattern`, whose error message would show the pattern."""


def _each_once(value: list[str] | None) -> list[str] | None:
    return list(dict.fromkeys(value)) if value else None


Regions = Annotated[list[RegionName], Field(max_length=MAX_REGIONS)]
RegionsOrNone = Annotated[Regions | None, AfterValidator(_each_once)]
"""Distinct regions in the given order; None if empty, so that any worker checks the website."""
Quorum = Annotated[int, Field(ge=1, le=MAX_REGIONS)]


def majority(regions: Sequence[str]) -> int:
    """Return the default quorum: more than half of the regions."""
    return len(regions) // 2 + 1


def check_quorum_fits(regions: Sequence[str] | None, quorum: int | None) -> None:
    """Reject a quorum that exceeds the number of regions, or a quorum without regions.

    Raises:
        ValueError: The quorum is invalid; the message says what to enter.
    """
    if quorum is None:
        return
    if not regions:
        raise ValueError("a quorum needs regions; name the regions too")
    if quorum > len(regions):
        named = counted(len(regions), "region")
        raise ValueError(f"the quorum ({quorum}) must not be larger than the number of regions ({named})")
