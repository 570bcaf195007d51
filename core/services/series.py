"""Calculates chart series and percentiles of a website's measured times, from rollups where possible."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.clock import utc_at
from core.services import measurements
from core.services.levels import Grid, grid
from core.services.tally import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPoint:
    """One bucket of a chart. Times are of the checks that got an answer."""

    started_at: datetime
    seconds: float
    """The length of the bucket."""
    checks: int
    down: int
    degraded: int
    unknown: int
    response_ms: float | None
    """The mean."""
    slowest_ms: float | None
    p50_ms: float | None
    """Accurate to `core.services.sketch.ACCURACY`, like `p95_ms`."""
    p95_ms: float | None
    dns_ms: float | None
    connect_ms: float | None
    tls_ms: float | None
    ttfb_ms: float | None
    download_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """Percentiles of response times; None if no check got an answer."""

    p50_ms: float | None
    """Accurate to `core.services.sketch.ACCURACY`, like `p95_ms`."""
    p95_ms: float | None
    checks: int
    """The number of checks that got an answer."""


def response_series(
    db: Session, website_id: int, *, since: datetime, until: datetime, max_points: int
) -> list[SeriesPoint]:
    """Return a website's checks from *since* to *until* in at most *max_points* equal buckets, without empty ones.

    Buckets of a minute or more align with whole UTC minutes, hours or days. The first one may therefore begin before
    *since*, but counts only checks of the span. If single checks and minutes are deleted already, the span is widened
    to whole hours or days.
    """
    kept = measurements.reach(db, website_id)
    span = kept.outwards(since.timestamp(), until.timestamp())
    buckets = grid(*span, max_points, kept)
    found = measurements.by_bucket(db, website_id, span, within=buckets, kept=kept)
    return [_point(buckets, number, found[number]) for number in sorted(found)]


def percentiles(db: Session, website_id: int, *, since: datetime, until: datetime) -> Percentiles:
    """Return percentiles of a website's response times; an old span is widened as in `response_series`."""
    kept = measurements.reach(db, website_id)
    span = kept.outwards(since.timestamp(), until.timestamp())
    found = measurements.answers(db, website_id, span, kept=kept)
    return Percentiles(p50_ms=found.quantile(0.5), p95_ms=found.quantile(0.95), checks=found.answered)


def _point(buckets: Grid, number: int, found: Tally) -> SeriesPoint:
    return SeriesPoint(
        started_at=utc_at(buckets.first + number * buckets.seconds),
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
