"""Deletes checks that have served their time, in batches so small that nobody waits for them.

Uptime stays: it is reckoned from known time and downtime windows, which are kept for ever.
"""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.models import MonitorCheck, MonitorStatus

BATCH = 2_000  # rows a transaction deletes: some 20 ms, in which no check can be stored on SQLite


def delete_checks(db: Session, before: datetime, limit: int = BATCH) -> int:
    """Delete at most *limit* checks that began before *before*; returns how many there were to delete.

    Fewer than *limit* means that none is left. The file of SQLite does not shrink: later rows use the room.
    """
    old = (
        select(MonitorCheck.id)
        # Naming every status lets the index on (status, checked_at) find the rows.
        .where(MonitorCheck.status.in_(list(MonitorStatus)), MonitorCheck.checked_at < as_utc(before))
        .limit(limit)
    )
    ids = list(db.scalars(old))
    db.execute(delete(MonitorCheck).where(MonitorCheck.id.in_(ids)))
    return len(ids)


def oldest_check(db: Session) -> datetime | None:
    """When the oldest check that is kept began; None without any."""
    return db.scalar(select(func.min(MonitorCheck.checked_at)))
