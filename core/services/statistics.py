"""What pages show: uptime by time, series for charts, the latest of many websites; each a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Integer, cast, func, or_, select
from sqlalchemy.orm import Session

from core.models import DowntimeWindow, MonitorCheck, MonitorStatus, Website
from core.services import coverage
from core.services.coverage import TRUST_FACTOR
from core.services.epoch import epoch
from core.services.maintenance_window import maintenance
from core.services.spans import Span, difference, intersection, length, union

__all__ = [
    "TRUST_FACTOR",
    "SeriesPoint",
    "Uptime",
    "latest_checks",
    "recent_checks",
    "response_series",
    "uptime",
]


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
    """Each website's uptime from *since* to *until*, in a fixed number of queries that read no checks.

    Known is the time for which checks speak (`core.services.coverage`), maintenance left out. Of that, down is
    what lies in downtime windows, from the first failed check on; a failure that opened no window is not downtime.
    """
    known = coverage.spans(db, website_ids, since=since, until=until)
    down = _downtime(db, website_ids, since, until)
    left_out = maintenance(db, website_ids, since=since, until=until)
    span = (until - since).total_seconds()
    return {
        website_id: _uptime(difference(known[website_id], left_out.get(website_id, [])), down[website_id], span)
        for website_id in website_ids
    }


def _uptime(known: list[Span], down: list[Span], span: float) -> Uptime:
    total = length(known)
    down_seconds = length(intersection(known, down))
    share = (total - down_seconds) / total if total > 0 else None
    return Uptime(share=share, coverage=min(total / span, 1.0) if span > 0 else 0.0, down_seconds=down_seconds)


def _downtime(db: Session, website_ids: Sequence[int], since: datetime, until: datetime) -> dict[int, list[Span]]:
    query = select(DowntimeWindow.website_id, DowntimeWindow.started_at, DowntimeWindow.ended_at).where(
        DowntimeWindow.website_id.in_(website_ids),
        DowntimeWindow.started_at < until,
        or_(DowntimeWindow.ended_at.is_(None), DowntimeWindow.ended_at > since),
    )
    found: dict[int, list[Span]] = {website_id: [] for website_id in website_ids}
    for website_id, started_at, ended_at in db.execute(query):
        found[website_id].append((max(started_at, since).timestamp(), min(ended_at or until, until).timestamp()))
    return {website_id: union(windows) for website_id, windows in found.items()}


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
