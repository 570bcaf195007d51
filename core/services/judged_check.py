"""What is read of a website's stored checks to judge them once more."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.clock import as_utc, utc_now
from core.models import MonitorCheck, MonitorStatus
from core.services.monitor_check import AVAILABLE, has_begun
from core.services.website_state import LONGEST_GAP

# Of a region it also counts that it knows nothing: it is silent then.
_says_something = or_(MonitorCheck.region_status.is_not(None), MonitorCheck.status != MonitorStatus.UNKNOWN)


class JudgedCheck(NamedTuple):
    """What is needed of a stored check to judge its website once more."""

    id: int
    status: MonitorStatus
    checked_at: datetime
    error_message: str | None
    region: str | None
    region_status: MonitorStatus | None
    """What the check itself said, where several regions vote."""
    region_message: str | None


def judged(
    db: Session, website_id: int, *, since: datetime, until: datetime | None = None, limit: int, is_all: bool = False
) -> list[JudgedCheck]:
    """The first *limit* of a website's checks after *since*, up to *until*, that say something, or *is_all*, of any.

    Oldest first.
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
    """Whether what was stored before the check *before_id*, and is dated later, leaves out the time after *moment*.

    Then the clock was ahead, and is right: one that is behind now has left all that it comes to again.
    """
    later = (MonitorCheck.checked_at > moment, MonitorCheck.id < before_id)
    first = db.scalar(select(func.min(MonitorCheck.checked_at)).where(MonitorCheck.website_id == website_id, *later))
    return first is not None and as_utc(first) - moment > LONGEST_GAP


def nth_before(db: Session, website_id: int, moment: datetime, number: int) -> datetime:
    """When the *number*th last of a website's checks before *moment* that say something began, or its first."""
    moments = (
        select(MonitorCheck.checked_at)
        .where(MonitorCheck.website_id == website_id, MonitorCheck.checked_at < moment, _says_something)
        .order_by(MonitorCheck.checked_at.desc())
        .limit(number)
        .subquery()
    )
    return db.scalar(select(func.min(moments.c.checked_at))) or moment


def failing_since(db: Session, website_id: int, *, after: datetime, before: datetime) -> datetime | None:
    """Since when the website fails by what its checks between the two moments say.

    Returns:
        The first failed check after the last good one, or *before* where the last one is good; None where no
        check says anything.
    """
    within = (MonitorCheck.website_id == website_id, MonitorCheck.checked_at < before)
    moments = select(MonitorCheck.checked_at).order_by(MonitorCheck.checked_at.desc()).limit(1)
    good = db.scalar(moments.where(*within, MonitorCheck.checked_at > after, MonitorCheck.status.in_(AVAILABLE)))
    failed = select(func.min(MonitorCheck.checked_at)).where(
        *within, MonitorCheck.checked_at > (good or after), MonitorCheck.status == MonitorStatus.DOWN
    )
    return db.scalar(failed) or (before if good else None)
