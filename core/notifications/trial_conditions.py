"""What a rule would have told of response times and error budgets, had it been there. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from core.notifications.budget import BURNS, SPANS, Burn, spending
from core.notifications.trial import Spell

STEP = timedelta(minutes=1)
LONGEST = SPANS[-1]
"""No pair of windows begins to burn later in a failure."""
LONGEST_SHORT = max(burn.short for burn in BURNS)
"""None burns longer after one."""


def slow_spells(slow: Iterable[tuple[int, datetime]], width: timedelta) -> list[Spell]:
    """When websites were slow: spans of *width* one after the other are one spell.

    *slow* names the spans by website and start.
    """
    spells: list[Spell] = []
    for website_id, start in sorted(slow):
        last = spells[-1] if spells else None
        if last is not None and (last.website_id, last.ended_at) == (website_id, start):
            spells[-1] = replace(last, ended_at=start + width)
        else:
            spells.append(Spell(website_id=website_id, began_at=start, ended_at=start + width))
    return spells


def burn_spells(windows: Collection[Spell], target: float, until: datetime) -> list[Spell]:
    """When websites spent their budget too fast, by *windows* of downtime; all other time counts as good."""
    of_website: dict[int, list[Spell]] = {}
    for window in sorted(windows, key=lambda one: one.began_at):
        of_website.setdefault(window.website_id, []).append(window)
    return [spell for own in of_website.values() for spell in _burning(own, target, until)]


def _burning(windows: Sequence[Spell], target: float, until: datetime) -> list[Spell]:
    """The spells of one website."""
    spells: list[Spell] = []
    is_burning = False
    for number, window in enumerate(windows):
        near = [one for one in windows[: number + 1] if (one.ended_at or until) > window.began_at - LONGEST]
        following = windows[number + 1].began_at if number + 1 < len(windows) else until
        for moment in _moments(window, following, until):
            burns = _burn(near, target, moment) is not None
            if burns and not is_burning:
                spells.append(Spell(website_id=window.website_id, began_at=moment))
            elif is_burning and not burns:
                spells[-1] = replace(spells[-1], ended_at=moment)
            is_burning = burns
    return spells


def _moments(window: Spell, following: datetime, until: datetime) -> Iterator[datetime]:
    """When is looked: until it can begin no more, and from the end on until the longest short window is over."""
    end = window.ended_at or until
    moment, begun = window.began_at, min(end, window.began_at + LONGEST)
    while moment < begun:
        moment = min(moment + STEP, begun)
        yield moment
    moment, last = end, min(end + LONGEST_SHORT, following)
    while moment < last:
        moment = min(moment + STEP, last)
        yield moment


def _burn(windows: Sequence[Spell], target: float, moment: datetime) -> Burn | None:
    return spending({span: _share(windows, moment - span, moment) for span in SPANS}, target)


def _share(windows: Sequence[Spell], since: datetime, until: datetime) -> float:
    overlaps = (min(one.ended_at or until, until) - max(one.began_at, since) for one in windows)
    down = sum((overlap for overlap in overlaps if overlap > timedelta()), timedelta())
    return 1 - down / (until - since)
