"""What a rule would have told of response times and error budgets, had it been there. Pure."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from core.notifications.budget import SPANS, Burn, spending
from core.notifications.trial import Window

STEP = timedelta(minutes=1)
LONGEST = SPANS[-1]
"""No pair of windows begins to burn later in a failure."""


def runs(slow: Iterable[tuple[int, datetime]], width: timedelta) -> int:
    """How many times websites were slow in spans of *width*: of spans one after the other the first is told.

    *slow* names them by website and start.
    """
    found = set(slow)
    return sum((website_id, start - width) not in found for website_id, start in found)


def burns(windows: Collection[Window], target: float, until: datetime) -> int:
    """How many times websites began to spend their budget too fast in *windows*; all other time counts as good."""
    of_website: dict[int, list[Window]] = {}
    for window in sorted(windows, key=lambda one: one.started_at):
        of_website.setdefault(window.website_id, []).append(window)
    return sum(_begins(own, target, until) for own in of_website.values())


def _begins(windows: Sequence[Window], target: float, until: datetime) -> int:
    count, is_burning = 0, False
    for number, window in enumerate(windows):
        near = [one for one in windows[: number + 1] if (one.ended_at or until) > window.started_at - LONGEST]
        moment, end = window.started_at, min(window.ended_at or until, window.started_at + LONGEST)
        is_burning = is_burning and _burn(near, target, moment) is not None  # it may have ended in between
        while moment < end:
            moment = min(moment + STEP, end)
            burn = _burn(near, target, moment)
            count += burn is not None and not is_burning
            is_burning = burn is not None
    return count


def _burn(windows: Sequence[Window], target: float, moment: datetime) -> Burn | None:
    return spending({span: _share(windows, moment - span, moment) for span in SPANS}, target)


def _share(windows: Sequence[Window], since: datetime, until: datetime) -> float:
    overlaps = (min(one.ended_at or until, until) - max(one.started_at, since) for one in windows)
    down = sum((overlap for overlap in overlaps if overlap > timedelta()), timedelta())
    return 1 - down / (until - since)
