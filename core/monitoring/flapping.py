"""Decides whether a website flaps: it goes down and recovers so often that single changes say little. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

SPAN = timedelta(hours=1)  # changes are counted over this time


def flaps(edges: Iterable[datetime], at: datetime, max_changes: int, *, has_flapped: bool) -> bool:
    """Return whether a website flaps at *at*.

    Args:
        edges: When the website went down or recovered.
        max_changes: The highest number of changes in an hour that is not flapping; 0 turns detection off.
        has_flapped: Whether the website flapped until now. It then counts as steady only at half of *max_changes*.
    """
    if not max_changes:
        return False
    recent = sum(at - SPAN < edge <= at for edge in edges)
    return recent > (max_changes // 2 if has_flapped else max_changes)
