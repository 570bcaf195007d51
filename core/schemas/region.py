"""The regions from which a website is checked, and how many of them must find it down."""

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from core.config import REGION_NAME
from core.phrases import counted

MAX_REGIONS = 16  # of one website: each asks it on its own


def _spelled(name: str) -> str:
    if not re.fullmatch(REGION_NAME, name):
        raise ValueError(f"{name!r} is no region: name it by up to 32 small letters, digits and hyphens, as in eu-west")
    return name


RegionName = Annotated[str, AfterValidator(_spelled), WithJsonSchema({"type": "string", "pattern": REGION_NAME})]
"""Not a `pattern` of pydantic's, which would be told to people as it stands."""


def _each_once(value: list[str] | None) -> list[str] | None:
    return list(dict.fromkeys(value)) if value else None


Regions = Annotated[list[RegionName], Field(max_length=MAX_REGIONS)]
RegionsOrNone = Annotated[Regions | None, AfterValidator(_each_once)]
"""Each once, in the order given; None where none is named: any worker checks the website, and one is enough."""
Quorum = Annotated[int, Field(ge=1, le=MAX_REGIONS)]


def majority(regions: Sequence[str]) -> int:
    """How many regions must find a website down where nothing else is said: more than half."""
    return len(regions) // 2 + 1


def check_quorum_fits(regions: Sequence[str] | None, quorum: int | None) -> None:
    """Refuse a quorum that can never be reached, or that is of nothing.

    Raises:
        ValueError: It is; the message says what to give.
    """
    if quorum is None:
        return
    if not regions:
        raise ValueError("a quorum is how many regions must find the website down; name the regions too")
    if quorum > len(regions):
        named = counted(len(regions), "region")
        raise ValueError(f"the quorum ({quorum}) must not be larger than the number of regions ({named})")
