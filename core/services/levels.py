"""How a span of time is made of whole days, hours and minutes that are added up already, and of single checks. Pure.

What lies at the edges of a span is taken from the finest level that is still kept; where that is none of the finer
ones, the span's edge is moved outwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

CHECK = 0
MINUTE, HOUR, DAY = 60, 3_600, 86_400
WIDTHS = (DAY, HOUR, MINUTE)
"""Seconds of a bucket, coarsest first; `CHECK` is what they are made of."""


def bucket_start(moment: datetime, width: int) -> datetime:
    """When the bucket of *width* seconds began in which *moment* is."""
    return datetime.fromtimestamp(moment.timestamp() // width * width, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """From where and until where each level of a website is kept, in seconds since 1970."""

    checks_since: float = 0.0
    minutes_since: float = 0.0
    hours_since: float = 0.0
    until: float = 0.0
    """What is older was added up; what is younger is there as checks alone."""

    def since(self, width: int) -> float:
        """From where on the level is whole."""
        return {CHECK: self.checks_since, MINUTE: self.minutes_since, HOUR: self.hours_since}.get(width, 0.0)

    def finest(self, moment: float) -> int:
        """The finest level that is whole from *moment* on; one after `until` is made of checks."""
        if moment >= self.until:
            return CHECK
        return next((width for width in (CHECK, MINUTE, HOUR) if self.since(width) <= moment), DAY)

    def outwards(self, since: float, until: float) -> tuple[float, float]:
        """The span with its edges where it can be told what lies inside."""
        first, last = self.finest(since), self.finest(until)
        return since // first * first if first else since, ceil(until / last) * last if last else until


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch that is read from one level."""

    width: int
    """Of its buckets; `CHECK` for single checks."""
    since: float
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The buckets of a chart: number n begins *seconds* times n after *first*."""

    first: float
    seconds: float

    def allows(self, width: int) -> bool:
        """Whether each bucket of that level lies in one of the chart's."""
        return self.seconds % width == 0 and self.first % width == 0


def grid(since: float, until: float, max_points: int, reach: Reach) -> Grid:
    """The narrowest buckets of which at most *max_points* hold the span.

    From a minute on they are whole minutes, from an hour on whole hours and so on, and begin on such: only then are
    they made of what is added up.
    """
    exact = max((until - since) / max_points, 1.0)
    unit = max(next((width for width in WIDTHS if width <= exact), CHECK), reach.finest(since))
    if unit == CHECK:
        return Grid(first=since, seconds=exact)
    first = since // unit * unit
    return Grid(first=first, seconds=float(max(ceil((until - first) / max_points / unit), 1) * unit))


def parts(since: float, until: float, reach: Reach, widths: Sequence[int] = WIDTHS) -> list[Part]:
    """The span in as few buckets as can be, of *widths*, coarsest first; in order."""
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
