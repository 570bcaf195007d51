"""Regions in words. Pure."""

from collections.abc import Sequence
from datetime import datetime

from core.models import Region
from core.schemas.region import majority
from dashboard.format import duration


def regions_words(regions: Sequence[str], quorum: int | None) -> str:
    """``eu, us and ap; 2 of 3 must find it down``."""
    needed = quorum or majority(regions)
    if len(regions) == 1:
        return regions[0]
    return f"{_listed(regions)}; {needed} of {len(regions)} must find it down"


def regions_heard(known: Sequence[Region], now: datetime) -> dict[str, str]:
    """When each region was heard last, by its name with the word region."""
    return {f"Region {region.name}": _heard(region, now) for region in known}


def _heard(region: Region, now: datetime) -> str:
    if region.silent_since is not None:
        return f"silent for {duration((now - region.silent_since).total_seconds())}: none of its workers is heard"
    if region.heard_at is None:
        return "not heard yet"
    return f"heard {duration(max((now - region.heard_at).total_seconds(), 1))} ago"


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
