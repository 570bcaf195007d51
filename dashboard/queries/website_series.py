"""Chooses the points of a website's uptime chart: single checks if there are few, else buckets on a fixed grid.

Buckets start at multiples of their length. A later chart therefore has the same buckets, and only new ones are read.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.clock import utc_at
from core.models import MonitorCheck, MonitorStatus, Website
from core.services import MonitorCheckCRUD, statistics
from core.services.statistics import VALID_INTERVALS, SeriesPoint
from dashboard import theme
from dashboard.components.uptime_data import Point

MAX_POINTS = 400
MAX_SINGLE_INTERVALS = 5  # intervals up to which a website with several regions gets a point per check
MAX_CHECKS = 420  # single points; checks besides the schedule may exceed `MAX_POINTS`
GRID = (10, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 604_800)
"""Bucket lengths in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The bucket length of a chart's span."""

    since: datetime
    until: datetime
    seconds: int
    """Bucket length; 0 if each check is a point."""
    interval_seconds: int

    @property
    def gap_seconds(self) -> float:
        """The distance between two points from which they are not connected."""
        return max(self.interval_seconds * VALID_INTERVALS, self.seconds * 1.6)


def resolve(since: datetime, until: datetime, interval_seconds: int, *, is_regional: bool = False) -> Resolution:
    """Return the finest resolution with at most `MAX_POINTS`, with the span widened to whole buckets. Pure.

    With several regions (*is_regional*) a bucket covers all of them, so that its median is the median region's. Their
    single checks would draw a saw line, so they are points only where few are shown.
    """
    span = (until - since).total_seconds()
    is_fine = span / interval_seconds <= (MAX_SINGLE_INTERVALS if is_regional else MAX_POINTS)
    if is_fine:
        return Resolution(since=since, until=until, seconds=0, interval_seconds=interval_seconds)
    least = interval_seconds if is_regional else 0
    seconds = next((size for size in GRID if span / size <= MAX_POINTS and size >= least), GRID[-1])
    first = since.timestamp() // seconds * seconds
    last = -(-until.timestamp() // seconds) * seconds
    return Resolution(
        since=utc_at(first),
        until=utc_at(last),
        seconds=seconds,
        interval_seconds=interval_seconds,
    )


def load_points(db: Session, website: Website, resolution: Resolution, *, since: datetime | None = None) -> list[Point]:
    """Return a website's points, oldest first; with *since*, only those from then on."""
    first = max(since or resolution.since, resolution.since)
    if not resolution.seconds:
        checks = MonitorCheckCRUD.get_between(db, website.id, since=first, until=resolution.until, limit=MAX_CHECKS)
        return [of_check(check) for check in reversed(checks)]
    count = max(round((resolution.until - first).total_seconds() / resolution.seconds), 1)
    series = statistics.response_series(db, website.id, since=first, until=resolution.until, max_points=count)
    return [of_bucket(bucket) for bucket in series]


def merged(points: list[Point], tail: list[Point], resolution: Resolution) -> list[Point]:
    """Return *points* with their end replaced by *tail*, limited to the resolution's span. Pure."""
    first = tail[0].started_at if tail else resolution.until + timedelta(days=1)
    kept = [point for point in points if resolution.since <= point.started_at < first]
    return [*kept, *tail]


def of_bucket(bucket: SeriesPoint) -> Point:
    """Return the point of a bucket."""
    return Point(
        started_at=bucket.started_at,
        seconds=bucket.seconds,
        checks=bucket.checks,
        down=bucket.down,
        degraded=bucket.degraded,
        p50_ms=bucket.p50_ms,
        p95_ms=bucket.p95_ms,
        phases=(bucket.dns_ms, bucket.connect_ms, bucket.tls_ms, bucket.ttfb_ms, bucket.download_ms),
    )


def of_check(check: MonitorCheck) -> Point:
    """Return the point of a single check."""
    answered = check.http_status_code is not None
    ms = check.response_time_ms if answered else None
    phases = (check.dns_time_ms, check.connect_time_ms, check.tls_time_ms, check.ttfb_ms, check.download_time_ms)
    words = [theme.STATUS_WORDS[check.status]]
    words += [f"status {check.http_status_code}"] if answered else []
    words += [check.error_message] if check.error_message else []
    return Point(
        started_at=check.checked_at,
        seconds=0,
        checks=1,
        down=int(check.status == MonitorStatus.DOWN),
        degraded=int(check.status == MonitorStatus.DEGRADED),
        p50_ms=ms,
        p95_ms=ms,
        phases=phases if answered else (None,) * len(phases),
        note=": ".join(words),
    )
