"""Calculates the size and contents of the store, without scanning millions of rows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.models import (
    Base,
    DebugSession,
    DowntimeWindow,
    MonitorCheck,
    NetworkEvent,
    SessionArtifact,
    Website,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The contents and size of the store."""

    size_bytes: int
    free_bytes: int
    """Space within the size that deleted rows left for reuse; 0 if the database does not tell."""
    websites: int
    windows: int
    sessions: int
    checks: int
    """Approximate: the number of ids between the oldest and the newest check."""
    events: int
    """Approximate, in the same way."""
    pictures_bytes: int
    """The files of debug sessions, including filmstrips and traces."""
    oldest_check_at: datetime | None
    oldest_session_at: datetime | None


def stored(db: Session) -> Stored:
    """Return the current contents and size."""
    size_bytes, free_bytes = _size(db)
    return Stored(
        size_bytes=size_bytes,
        free_bytes=free_bytes,
        websites=_count(db, Website),
        windows=_count(db, DowntimeWindow),
        sessions=_count(db, DebugSession),
        checks=_about(db, MonitorCheck),
        events=_about(db, NetworkEvent),
        pictures_bytes=db.scalar(select(func.coalesce(func.sum(SessionArtifact.size_bytes), 0))) or 0,
        oldest_check_at=_oldest_check(db),
        oldest_session_at=db.scalar(select(func.min(DebugSession.started_at))),
    )


def _count(db: Session, model: type[Base]) -> int:
    return db.scalar(select(func.count()).select_from(model)) or 0


def _about(db: Session, model: type[MonitorCheck | NetworkEvent]) -> int:
    # Two queries: SQLite finds one end of the key at once, but reads all of it for both ends in one query.
    first, last = db.scalar(select(func.min(model.id))), db.scalar(select(func.max(model.id)))
    return 0 if first is None or last is None else last - first + 1


def _oldest_check(db: Session) -> datetime | None:
    # Website by website, as in the index. The minimum over all websites would read every check.
    of_one = select(func.min(MonitorCheck.checked_at)).where(MonitorCheck.website_id == Website.id)
    each = select(of_one.scalar_subquery().label("oldest_at")).select_from(Website).subquery()
    oldest_at: datetime | None = db.scalar(select(func.min(each.c.oldest_at)))
    return oldest_at


def _size(db: Session) -> tuple[int, int]:
    if db.get_bind().dialect.name == "postgresql":
        return db.scalar(text("SELECT pg_database_size(current_database())")) or 0, 0
    page, pages, free = (
        db.scalar(text(f"PRAGMA {name}")) or 0 for name in ("page_size", "page_count", "freelist_count")
    )
    return page * pages, page * free
