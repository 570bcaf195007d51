"""What pages show: uptime by time, series for charts, the latest of many websites; each a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Integer, Select, case, cast, func, select
from sqlalchemy.orm import Session

from core.models import MonitorCheck, MonitorStatus, Website
from core.services.epoch import epoch
from core.services.monitor_check import AVAILABLE

TRUST_FACTOR = 2.5  # intervals after a check for which it still speaks: one late or lost check leaves no gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Uptime:
    """How a website fared in a span, by time."""

    share: float | None
    """Available time in known time, 0 to 1; None where nothing is known."""
    coverage: float
    """Known time in the span, 0 to 1."""
    down_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPoint:
    """One bucket of a chart; figures are of its checks that got an answer."""

    started_at: datetime
    checks: int
    down: int
    degraded: int
    response_ms: float | None
    """The mean."""
    slowest_ms: float | None
    dns_ms: float | None
    connect_ms: float | None
    tls_ms: float | None
    ttfb_ms: float | None


def latest_checks(db: Session, website_ids: Sequence[int]) -> dict[int, MonitorCheck]:
    """The newest check of each website that has one."""
    return {website_id: checks[-1] for website_id, checks in recent_checks(db, website_ids, count=1).items()}


def recent_checks(db: Session, website_ids: Sequence[int], count: int = 60) -> dict[int, list[MonitorCheck]]:
    """The last *count* checks of each website that has any, oldest first."""
    newest = (
        select(MonitorCheck.id)
        .where(MonitorCheck.website_id == Website.id)
        .order_by(MonitorCheck.checked_at.desc(), MonitorCheck.id.desc())
        .limit(count)
        .correlate(Website)
    )
    query = (
        select(MonitorCheck)
        .join(Website, MonitorCheck.id.in_(newest))
        .where(Website.id.in_(website_ids))
        .order_by(MonitorCheck.website_id, MonitorCheck.checked_at, MonitorCheck.id)
    )
    grouped: dict[int, list[MonitorCheck]] = {}
    for check in db.scalars(query):
        grouped.setdefault(check.website_id, []).append(check)
    return grouped


def uptime(db: Session, website_ids: Sequence[int], *, since: datetime, until: datetime) -> dict[int, Uptime]:
    """Each website's uptime from *since* to *until*.

    A check speaks for the time until the next one, but for no longer than `TRUST_FACTOR` intervals: while nobody
    looked, nothing is known. UNKNOWN is not known either.
    """
    span = (until - since).total_seconds()
    known = dict.fromkeys(website_ids, (0.0, 0.0))
    for website_id, available, down in db.execute(_spoken_for(website_ids, since, until)):
        known[website_id] = (float(available or 0.0), float(down or 0.0))
    return {website_id: _uptime(available, down, span) for website_id, (available, down) in known.items()}


def _uptime(available: float, down: float, span: float) -> Uptime:
    total = available + down
    share = available / total if total > 0 else None
    return Uptime(share=share, coverage=min(total / span, 1.0) if span > 0 else 0.0, down_seconds=down)


def response_series(
    db: Session, website_id: int, *, since: datetime, until: datetime, max_points: int = 500
) -> list[SeriesPoint]:
    """A website's checks from *since* to *until* in at most *max_points* equal buckets; empty ones are left out."""
    bucket_seconds = max((until - since).total_seconds() / max_points, 1.0)
    first = since.timestamp()
    bucket = cast(func.floor((epoch(MonitorCheck.checked_at) - first) / bucket_seconds), Integer)
    answered = MonitorCheck.http_status_code.is_not(None)
    query = (
        select(
            bucket,
            func.count(),
            func.count().filter(MonitorCheck.status == MonitorStatus.DOWN),
            func.count().filter(MonitorCheck.status == MonitorStatus.DEGRADED),
            func.avg(MonitorCheck.response_time_ms).filter(answered),
            func.max(MonitorCheck.response_time_ms).filter(answered),
            func.avg(MonitorCheck.dns_time_ms).filter(answered),
            func.avg(MonitorCheck.connect_time_ms).filter(answered),
            func.avg(MonitorCheck.tls_time_ms).filter(answered),
            func.avg(MonitorCheck.ttfb_ms).filter(answered),
        )
        .where(MonitorCheck.website_id == website_id, MonitorCheck.checked_at >= since, MonitorCheck.checked_at < until)
        .group_by(bucket)
        .order_by(bucket)
    )
    return [
        SeriesPoint(
            started_at=datetime.fromtimestamp(first + number * bucket_seconds, UTC),
            checks=checks,
            down=down,
            degraded=degraded,
            response_ms=mean,
            slowest_ms=slowest,
            dns_ms=dns,
            connect_ms=connect,
            tls_ms=tls,
            ttfb_ms=ttfb,
        )
        for number, checks, down, degraded, mean, slowest, dns, connect, tls, ttfb in db.execute(query)
    ]


def _spoken_for(
    website_ids: Sequence[int], since: datetime, until: datetime
) -> Select[int, float | None, float | None]:
    """Per website the seconds for which available and down checks speak within the span."""
    begins = epoch(MonitorCheck.checked_at)
    following = func.lead(begins).over(
        partition_by=MonitorCheck.website_id, order_by=(MonitorCheck.checked_at, MonitorCheck.id)
    )
    trusted = begins + TRUST_FACTOR * Website.check_interval
    ends = func.coalesce(case((following < trusted, following), else_=trusted), trusted)
    lookback = since - timedelta(seconds=TRUST_FACTOR * 86_400)  # the longest interval's reach
    spans = (
        select(
            MonitorCheck.website_id.label("website_id"),
            MonitorCheck.status.label("status"),
            begins.label("begins"),
            ends.label("ends"),
        )
        .join(Website, Website.id == MonitorCheck.website_id)
        .where(
            MonitorCheck.website_id.in_(website_ids),
            MonitorCheck.checked_at > lookback,
            MonitorCheck.checked_at < until,
        )
        .subquery()
    )
    first, last = since.timestamp(), until.timestamp()
    begin = case((spans.c.begins < first, first), else_=spans.c.begins)
    end = case((spans.c.ends > last, last), else_=spans.c.ends)
    seconds = case((end > begin, end - begin), else_=0.0)
    return select(
        spans.c.website_id,
        func.sum(case((spans.c.status.in_(AVAILABLE), seconds), else_=0.0)),
        func.sum(case((spans.c.status == MonitorStatus.DOWN, seconds), else_=0.0)),
    ).group_by(spans.c.website_id)
