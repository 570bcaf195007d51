"""Reads stored checks of a website for a replay."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.clock import as_utc, utc_now
from core.models import MonitorCheck, MonitorStatus
from core.services.monitor_check import AVAILABLE, has_begun
from core.services.runs import MAX_GAP

# UNKNOWN checks of a region count too, because they make the region silent.
_says_something = or_(MonitorCheck.region_status.is_not(None), MonitorCheck.status != MonitorStatus.UNKNOWN)


class JudgedCheck(NamedTuple):
    """The columns of a stored check that a replay needs."""

    id: int
    status: MonitorStatus
    checked_at: datetime
    error_message: str | None
    region: str | None
    region_status: MonitorStatus | None
    """The region's own status, if several regions vote."""
    region_message: str | None


def judged(
    db: Session, website_id: int, *, since: datetime, until: datetime | None = None, limit: int, is_all: bool = False
) -> list[JudgedCheck]:
    """Return the first *limit* checks of a website after *since*, up to *until*, oldest first.

    UNKNOWN checks without a region are left out unless *is_all*.
    """
    columns = (getattr(MonitorCheck, name) for name in JudgedCheck._fields)
    query = select(*columns).where(
        MonitorCheck.website_id == website_id,
        MonitorCheck.checked_at > since,
        has_begun(utc_now()),
    )
    if not is_all:
        query = query.where(_says_something)
    if until is not None:
        query = query.where(MonitorCheck.checked_at <= until)
    query = query.order_by(MonitorCheck.checked_at, MonitorCheck.id)
    return [JudgedCheck(*row) for row in db.execute(query.limit(limit))]


def leapt_over(db: Session, website_id: int, moment: datetime, before_id: int) -> bool:
    """Return whether checks stored before *before_id* have later dates than *moment*, after a long gap.

    Then the clock was ahead and has been corrected. If the clock were behind now, there would be checks right after
    *moment*.
    """
    later = (MonitorCheck.checked_at > moment, MonitorCheck.id < before_id)
    first = db.scalar(select(func.min(MonitorCheck.checked_at)).where(MonitorCheck.website_id == website_id, *later))
    return first is not None and as_utc(first) - moment > MAX_GAP


def nth_before(db: Session, website_id: int, moment: datetime, number: int) -> datetime:
    """Return when the *number*th last check before *moment* that was not UNKNOWN began, or the first one."""
    moments = (
        select(MonitorCheck.checked_at)
        .where(MonitorCheck.website_id == website_id, MonitorCheck.checked_at < moment, _says_something)
        .order_by(MonitorCheck.checked_at.desc())
        .limit(number)
        .subquery()
    )
    return db.scalar(select(func.min(moments.c.checked_at))) or moment


def failing_since(db: Session, website_id: int, *, after: datetime, before: datetime) -> datetime | None:
    """Return since when the website fails, by its checks between the two times.

    Returns:
        The first failed check after the last good one; *before* if the last check is good; None without such checks.
    """
    within = (MonitorCheck.website_id == website_id, MonitorCheck.checked_at < before)
    moments = select(MonitorCheck.checked_at).order_by(MonitorCheck.checked_at.desc()).limit(1)
    good = db.scalar(moments.where(*within, MonitorCheck.checked_at > after, MonitorCheck.status.in_(AVAILABLE)))
    failed = select(func.min(MonitorCheck.checked_at)).where(
        *within, MonitorCheck.checked_at > (good or after), MonitorCheck.status == MonitorStatus.DOWN
    )
    return db.scalar(failed) or (before if good else None)
