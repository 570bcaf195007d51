"""Calculates when websites were slow, burned their error budget too fast or failed intermittently, for trials. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from core.clock import utc_at
from core.notifications.budget import BURNS, SPANS, Burn, spending
from core.notifications.trial import ConditionSpan
from core.services.spans import Span
from core.services.unsteadiness import LAST_CHECKS, MAX_AGE, MIN_FAILED

STEP = timedelta(minutes=1)
MAX_SPAN = SPANS[-1]
"""A failure that has lasted this long cannot reach another burn rate."""
MAX_SHORT_SPAN = max(burn.short for burn in BURNS)
"""This long after a failure, no burn rate is exceeded."""


def slow_spells(slow: Iterable[tuple[int, datetime]], width: timedelta) -> list[ConditionSpan]:
    """Return when websites were slow; adjacent spans of *width* become one spell.

    Args:
        slow: Each slow span by website and start.
        width: The length of the spans.
    """
    spells: list[ConditionSpan] = []
    for website_id, start in sorted(slow):
        last = spells[-1] if spells else None
        if last is not None and (last.website_id, last.ended_at) == (website_id, start):
            spells[-1] = replace(last, ended_at=start + width)
        else:
            spells.append(ConditionSpan(website_id=website_id, began_at=start, ended_at=start + width))
    return spells


def burn_spells(windows: Collection[ConditionSpan], target: float, until: datetime) -> list[ConditionSpan]:
    """Return when websites spent their budget too fast, by their downtime *windows*; all other time counts as good."""
    of_website: dict[int, list[ConditionSpan]] = {}
    for window in sorted(windows, key=lambda window: window.began_at):
        of_website.setdefault(window.website_id, []).append(window)
    return [spell for own in of_website.values() for spell in _burning(own, target, until)]


def unsteady_spells(
    website_id: int,
    failures: Sequence[datetime],
    *,
    every: timedelta,
    percent: int,
    windows: Sequence[ConditionSpan],
    resting: Sequence[Span],
) -> list[ConditionSpan]:
    """Return when a website failed intermittently, from its *failures* that opened no downtime window.

    Reads failures only, because they are few. The distance between failures shows how many of the last checks they
    were: a website is checked at the interval *every*, and once more after each failure.

    Args:
        website_id: The website.
        failures: Oldest first.
        every: Its check interval.
        percent: The rule's limit.
        windows: Its downtime.
        resting: Its maintenance.
    """
    most, fewest = max(MIN_FAILED, ceil(percent * LAST_CHECKS / 100)), ceil(percent * LAST_CHECKS / 200)
    ended = [spell for spell in windows if spell.ended_at is not None]
    rests = [(utc_at(start), utc_at(end)) for start, end in resting]
    breaks = [spell.ended_at for spell in ended if spell.ended_at is not None] + [end for _start, end in rests]
    awake = [failed_at for failed_at in failures if not any(start <= failed_at < end for start, end in rests)]
    spells: list[ConditionSpan] = []
    for number, failure in enumerate(awake):
        lasting = awake[max(0, number + 1 - fewest)] + _longest_span(fewest, every)
        lasting = min([lasting, *(start for start, _end in rests if start > failure)])
        last = _extended(spells[-1], ended, failure, _longest_span(fewest, every)) if spells else None
        if last is not None and last.ended_at is not None and failure <= last.ended_at:
            spells[-1] = replace(last, ended_at=max(last.ended_at, lasting))
            continue
        near = awake[number + 1 - most : number + 1] if number + 1 >= most else []
        is_near = bool(near) and failure - near[0] <= _longest_span(most, every)
        if is_near and not any(near[0] < moment <= failure for moment in breaks):
            spells.append(ConditionSpan(website_id=website_id, began_at=failure, ended_at=lasting))
    return spells


def _extended(
    spell: ConditionSpan, windows: Sequence[ConditionSpan], until: datetime, reach: timedelta
) -> ConditionSpan:
    """Extend *spell* by downtime that began during it, because the website still fails then."""
    for window in windows:
        if spell.ended_at and window.ended_at and spell.began_at <= window.began_at <= min(spell.ended_at, until):
            spell = replace(spell, ended_at=max(spell.ended_at, window.ended_at + reach))
    return spell


def _longest_span(failures: int, every: timedelta) -> timedelta:
    """Return how long the last checks took if so many of them failed."""
    return min(MAX_AGE, (LAST_CHECKS - failures) * every)


def _burning(windows: Sequence[ConditionSpan], target: float, until: datetime) -> list[ConditionSpan]:
    """Return the spells of one website."""
    spells: list[ConditionSpan] = []
    is_burning = False
    for number, window in enumerate(windows):
        near = [spell for spell in windows[: number + 1] if (spell.ended_at or until) > window.began_at - MAX_SPAN]
        following = windows[number + 1].began_at if number + 1 < len(windows) else until
        for moment in _moments(window, following, until):
            burns = _burn(near, target, moment) is not None
            if burns and not is_burning:
                spells.append(ConditionSpan(website_id=window.website_id, began_at=moment))
            elif is_burning and not burns:
                spells[-1] = replace(spells[-1], ended_at=moment)
            is_burning = burns
    return spells


def _moments(window: ConditionSpan, following: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the moments to evaluate: while the burn rate can rise, and after the end while it can fall."""
    end = window.ended_at or until
    moment, begun = window.began_at, min(end, window.began_at + MAX_SPAN)
    while moment < begun:
        moment = min(moment + STEP, begun)
        yield moment
    moment, last = end, min(end + MAX_SHORT_SPAN, following)
    while moment < last:
        moment = min(moment + STEP, last)
        yield moment


def _burn(windows: Sequence[ConditionSpan], target: float, moment: datetime) -> Burn | None:
    return spending({span: _share(windows, moment - span, moment) for span in SPANS}, target)


def _share(windows: Sequence[ConditionSpan], since: datetime, until: datetime) -> float:
    overlaps = (min(spell.ended_at or until, until) - max(spell.began_at, since) for spell in windows)
    down = sum((overlap for overlap in overlaps if overlap > timedelta()), timedelta())
    return 1 - down / (until - since)
