"""Splits a span of time into rollups of whole days, hours and minutes, and single checks. Pure.

The edges of a span use the finest level that is still stored. If the finer levels are deleted, the edge moves outwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from core.clock import utc_at

CHECK = 0
MINUTE, HOUR, DAY = 60, 3_600, 86_400
WIDTHS = (DAY, HOUR, MINUTE)
"""Bucket widths in seconds, coarsest first. `CHECK` stands for single checks."""


def bucket_start(moment: datetime, width: int) -> datetime:
    """Return the start of the bucket of *width* seconds that contains *moment*."""
    return utc_at(moment.timestamp() // width * width)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Which time each level of a website covers, in seconds since 1970."""

    checks_since: float = 0.0
    minutes_since: float = 0.0
    hours_since: float = 0.0
    until: float = 0.0
    """Rollups exist up to this time; later checks exist only as single checks."""

    def since(self, width: int) -> float:
        """Return from when on the level is complete."""
        return {CHECK: self.checks_since, MINUTE: self.minutes_since, HOUR: self.hours_since}.get(width, 0.0)

    def finest(self, moment: float) -> int:
        """Return the finest level that is complete from *moment* on; single checks after `until`."""
        if moment >= self.until:
            return CHECK
        return next((width for width in (CHECK, MINUTE, HOUR) if self.since(width) <= moment), DAY)

    def outwards(self, since: float, until: float) -> tuple[float, float]:
        """Return the span, widened to edges at which stored levels begin and end."""
        first, last = self.finest(since), self.finest(until)
        return since // first * first if first else since, ceil(until / last) * last if last else until


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a span that is read from one level."""

    width: int
    """The width of its buckets; `CHECK` for single checks."""
    since: float
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The buckets of a chart: bucket n begins *seconds* times n after *first*."""

    first: float
    seconds: float

    def allows(self, width: int) -> bool:
        """Return whether each bucket of that level lies within one bucket of the chart."""
        return self.seconds % width == 0 and self.first % width == 0


def grid(since: float, until: float, max_points: int, reach: Reach) -> Grid:
    """Return the narrowest buckets of which at most *max_points* cover the span.

    Buckets of a minute or more consist of whole minutes, those of an hour or more of whole hours, and so on. Only
    aligned buckets can be read from rollups.
    """
    exact = max((until - since) / max_points, 1.0)
    unit = max(next((width for width in WIDTHS if width <= exact), CHECK), reach.finest(since))
    if unit == CHECK:
        return Grid(first=since, seconds=exact)
    first = since // unit * unit
    return Grid(first=first, seconds=float(max(ceil((until - first) / max_points / unit), 1) * unit))


def parts(since: float, until: float, reach: Reach, widths: Sequence[int] = WIDTHS) -> list[Part]:
    """Return the span as parts, in order, that read as few buckets of *widths* (coarsest first) as possible."""
    if since >= until:
        return []
    if not widths:
        return [Part(width=CHECK, since=since, until=until)]
    width, finer = widths[0], widths[1:]
    first = float(ceil(max(since, reach.since(width)) / width) * width)
    last = min(until, reach.until) // width * width
    if first >= last:
        return parts(since, until, reach, finer)
    whole = Part(width=width, since=first, until=last)
    return [*parts(since, first, reach, finer), whole, *parts(last, until, reach, finer)]
