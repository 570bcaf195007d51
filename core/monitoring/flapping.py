"""When a website flaps: it goes down and comes back so often that single changes say little. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

SPAN = timedelta(hours=1)  # in which changes are counted


def flaps(edges: Iterable[datetime], at: datetime, most_changes: int, *, has_flapped: bool) -> bool:
    """Whether a website flaps at *at*.

    Args:
        edges: When it went down or came back.
        most_changes: How many changes in an hour are no flapping yet; 0 where it is of no interest.
        has_flapped: Whether it did so until now: it is steady only once half as many changes are left in the hour.
    """
    if not most_changes:
        return False
    recent = sum(at - SPAN < edge <= at for edge in edges)
    return recent > (most_changes // 2 if has_flapped else most_changes)
