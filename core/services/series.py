"""What checks measured of a website, over time: series for charts, and percentiles."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import Session

from core.models import MonitorCheck, MonitorStatus
from core.services.epoch import epoch


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
    p95_ms: float | None
    p99_ms: float | None
    checks: int
    """How many got an answer."""


def response_series(
    db: Session, website_id: int, *, since: datetime, until: datetime, max_points: int = 500
) -> list[SeriesPoint]:
    """A website's checks from *since* to *until* in at most *max_points* equal buckets; empty ones are left out."""
    bucket_seconds = max((until - since).total_seconds() / max_points, 1.0)
    first = since.timestamp()
    bucket = cast(func.floor((epoch(MonitorCheck.checked_at) - first) / bucket_seconds), Integer)
    answered = MonitorCheck.http_status_code.is_not(None)
    within = (MonitorCheck.website_id == website_id, MonitorCheck.checked_at >= since, MonitorCheck.checked_at < until)
    query = (
        select(
            bucket,
            func.count(),
            func.count().filter(MonitorCheck.status == MonitorStatus.DOWN),
            func.count().filter(MonitorCheck.status == MonitorStatus.DEGRADED),
            func.count().filter(MonitorCheck.status == MonitorStatus.UNKNOWN),
            func.avg(MonitorCheck.response_time_ms).filter(answered),
            func.max(MonitorCheck.response_time_ms).filter(answered),
            func.avg(MonitorCheck.dns_time_ms).filter(answered),
            func.avg(MonitorCheck.connect_time_ms).filter(answered),
            func.avg(MonitorCheck.tls_time_ms).filter(answered),
            func.avg(MonitorCheck.ttfb_ms).filter(answered),
        )
        .where(*within)
        .group_by(bucket)
        .order_by(bucket)
    )
    times: dict[int, list[float]] = {}
    measured = select(bucket, MonitorCheck.response_time_ms).where(
        *within, answered, MonitorCheck.response_time_ms.is_not(None)
    )
    for number, value in db.execute(measured):
        times.setdefault(number, []).append(value or 0.0)
    return [
        SeriesPoint(
            started_at=datetime.fromtimestamp(first + number * bucket_seconds, UTC),
            seconds=bucket_seconds,
            checks=checks,
            down=down,
            degraded=degraded,
            unknown=unknown,
            response_ms=mean,
            slowest_ms=slowest,
            p50_ms=_quantile(times.get(number, ()), 0.5),
            p95_ms=_quantile(times.get(number, ()), 0.95),
            dns_ms=dns,
            connect_ms=connect,
            tls_ms=tls,
            ttfb_ms=ttfb,
            download_ms=None,
        )
        for number, checks, down, degraded, unknown, mean, slowest, dns, connect, tls, ttfb in db.execute(query)
    ]


def percentiles(db: Session, website_id: int, *, since: datetime, until: datetime) -> Percentiles:
    """The response times of a website's checks from *since* to *until*."""
    values = db.scalars(
        select(MonitorCheck.response_time_ms).where(
            MonitorCheck.website_id == website_id,
            MonitorCheck.checked_at >= since,
            MonitorCheck.checked_at < until,
            MonitorCheck.http_status_code.is_not(None),
            MonitorCheck.response_time_ms.is_not(None),
        )
    ).all()
    times = [value for value in values if value is not None]
    return Percentiles(
        p50_ms=_quantile(times, 0.5), p95_ms=_quantile(times, 0.95), p99_ms=_quantile(times, 0.99), checks=len(times)
    )


def _quantile(values: Sequence[float], share: float) -> float | None:
    """The smallest of *values* that is not exceeded by *share* of them."""
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1] if values else None
