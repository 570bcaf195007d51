"""Calculates how busy the monitor is and whether it keeps up, for operators."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.models import (
    DebugSession,
    DebugSessionState,
    MonitorCheck,
    Notification,
    NotificationState,
    Website,
    WebsiteState,
)

SPAN = timedelta(minutes=1)  # long enough for a rate, short enough to be current
PATIENCE_SECONDS = 5.0  # after interval and timeout, a missing check is overdue; checks are stored in batches


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """The work of the last `SPAN`, and the work that waits."""

    checks_per_second: float
    planned_per_second: float
    """The rate that the intervals of all active websites require."""
    lag_ms: float | None
    """How late checks started, on average; None without data."""
    worst_lag_ms: float | None
    overdue: int
    """Active websites whose check should have been stored by now."""
    sessions_running: int
    sessions_waiting: int
    notifications_waiting: int


def workload(db: Session, now: datetime) -> Workload:
    """Return the workload at *now*, in a fixed number of queries."""
    begin = as_utc(now) - SPAN
    # The list of websites makes the index by website and time usable.
    busy = MonitorCheck.website_id.in_(select(WebsiteState.website_id).where(WebsiteState.checked_at > begin))
    counted = select(func.count(), func.avg(MonitorCheck.lag_ms), func.max(MonitorCheck.lag_ms))
    lately = counted.select_from(MonitorCheck).where(busy, MonitorCheck.checked_at > begin)
    checks, lag, worst = db.execute(lately).one()
    # The interval of a new or resumed website starts at that change.
    since = func.coalesce(WebsiteState.checked_at, Website.updated_at)
    watched = db.execute(
        select(Website.check_interval, Website.timeout, Website.updated_at, since)
        .outerjoin(WebsiteState, WebsiteState.website_id == Website.id)
        .where(Website.is_active)
    ).all()
    states = select(DebugSession.state).where(
        DebugSession.state.in_((DebugSessionState.QUEUED, DebugSessionState.RUNNING))
    )
    sessions = Counter(db.scalars(states))
    return Workload(
        checks_per_second=checks / SPAN.total_seconds(),
        planned_per_second=sum(1 / interval for interval, *_rest in watched),
        lag_ms=lag,
        worst_lag_ms=worst,
        overdue=sum(
            (now - max(changed_at, seen_at)).total_seconds() > interval + timeout + PATIENCE_SECONDS
            for interval, timeout, changed_at, seen_at in watched
        ),
        sessions_running=sessions[DebugSessionState.RUNNING],
        sessions_waiting=sessions[DebugSessionState.QUEUED],
        notifications_waiting=db.scalar(
            select(func.count())
            .select_from(Notification)
            .where(Notification.state == NotificationState.PENDING, Notification.due_at <= as_utc(now))
        )
        or 0,
    )
