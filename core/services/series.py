"""What checks measured of a website, over time: series for charts, and percentiles, from rollups as far as they go."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from core.services import measurements
from core.services.levels import Grid, grid
from core.services.tally import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPoint:
    """One bucket of a chart; figures are of its checks that got an answer."""

    started_at: datetime
    seconds: float
    """How long the bucket is."""
    checks: int
    down: int
    degraded: int
    unknown: int
    response_ms: float | None
    """The mean."""
    slowest_ms: float | None
    p50_ms: float | None
    """Right within `core.services.sketch.ACCURACY`, as is `p95_ms`."""
    p95_ms: float | None
    dns_ms: float | None
    connect_ms: float | None
    tls_ms: float | None
    ttfb_ms: float | None
    download_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """Response times that half, 95 and 99 in a hundred checks did not exceed; None without any that got an answer."""

    p50_ms: float | None
    """Right within `core.services.sketch.ACCURACY`, as is the other."""
    p95_ms: float | None
    checks: int
    """How many got an answer."""


def response_series(
    db: Session, website_id: int, *, since: datetime, until: datetime, max_points: int
) -> list[SeriesPoint]:
    """A website's checks from *since* to *until* in at most *max_points* equal buckets; empty ones are left out.

    Buckets of a minute and more are whole minutes, hours or days of UTC, so that the first may begin before *since*;
    only checks of the span count in it. Where single checks and minutes are deleted already, the span is widened to
    whole hours or days.
    """
    kept = measurements.reach(db, website_id)
    span = kept.outwards(since.timestamp(), until.timestamp())
    buckets = grid(*span, max_points, kept)
    found = measurements.by_bucket(db, website_id, span, within=buckets, kept=kept)
    return [_point(buckets, number, found[number]) for number in sorted(found)]


def percentiles(db: Session, website_id: int, *, since: datetime, until: datetime) -> Percentiles:
    """The response times of a website's checks from *since* to *until*; of old ones as `response_series` says."""
    kept = measurements.reach(db, website_id)
    span = kept.outwards(since.timestamp(), until.timestamp())
    found = measurements.answers(db, website_id, span, kept=kept)
    return Percentiles(p50_ms=found.quantile(0.5), p95_ms=found.quantile(0.95), checks=found.answered)


def _point(buckets: Grid, number: int, found: Tally) -> SeriesPoint:
    return SeriesPoint(
        started_at=datetime.fromtimestamp(buckets.first + number * buckets.seconds, UTC),
        seconds=buckets.seconds,
        checks=found.checks,
        down=found.down,
        degraded=found.degraded,
        unknown=found.unknown,
        response_ms=_mean(found.response_ms, found.answered),
        slowest_ms=found.slowest_ms,
        p50_ms=found.quantile(0.5),
        p95_ms=found.quantile(0.95),
        dns_ms=_mean(found.dns_ms, found.dns_checks),
        connect_ms=_mean(found.connect_ms, found.connect_checks),
        tls_ms=_mean(found.tls_ms, found.tls_checks),
        ttfb_ms=_mean(found.ttfb_ms, found.ttfb_checks),
        download_ms=_mean(found.download_ms, found.download_checks),
    )


def _mean(total: float, count: int) -> float | None:
    return total / count if count else None
