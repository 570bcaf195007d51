"""Regions in words. Pure."""

from collections.abc import Sequence

from core.schemas.region import majority


def regions_words(regions: Sequence[str], quorum: int | None) -> str:
    """``eu, us and ap; 2 of 3 must find it down``."""
    needed = quorum or majority(regions)
    if len(regions) == 1:
        return regions[0]
    return f"{_listed(regions)}; {needed} of {len(regions)} must find it down"


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
