"""Finds recent changes by other processes, for processes that received no signal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from core.models import DowntimeWindow, MonitorCheck, Website
from core.services.prepared import rows_of

MAX_CHANGES = 1_000  # checks reported individually; a process that missed more reloads everything

_NEWEST = select(
    *(
        select(func.max(column)).scalar_subquery()
        for column in (
            MonitorCheck.__table__.c.id,
            Website.__table__.c.updated_at,
            DowntimeWindow.__table__.c.updated_at,
        )
    )
)

_websites = Website.__table__
_WEBSITES = select(func.count(), func.max(_websites.c.id), func.max(_websites.c.updated_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far a process has read."""

    check_id: int
    changed_at: datetime | None
    """The time of the newest change of a website or downtime window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Rows that are newer than a mark, as pairs of website id and row id."""

    checks: Sequence[tuple[int, int]]
    windows: Sequence[tuple[int, int]]
    website_ids: Sequence[int]


def data_version(connection: Connection) -> int:
    """Return SQLite's ``data_version``, which changes when another connection writes; valid per connection."""
    with connection.begin():
        return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())


def mark(db: Session) -> Mark:
    """Return the mark of the newest rows."""
    ((check_id, *changed),) = rows_of(db, _NEWEST)
    changed_at = max((moment for moment in changed if moment is not None), default=None)
    return Mark(check_id=check_id or 0, changed_at=changed_at)


def after(db: Session, read: Mark) -> tuple[Changes, Mark]:
    """Return the rows newer than *read*, and the new mark; one query if there are none."""
    now = mark(db)
    if now == read:
        return Changes(checks=(), windows=(), website_ids=()), now
    checks = (
        select(MonitorCheck.website_id, MonitorCheck.id)
        .where(MonitorCheck.id > read.check_id)
        .order_by(MonitorCheck.id.desc())
        .limit(MAX_CHANGES)
    )
    windows = select(DowntimeWindow.website_id, DowntimeWindow.id)
    websites = select(Website.id)
    if read.changed_at is not None:
        windows = windows.where(DowntimeWindow.updated_at > read.changed_at)
        websites = websites.where(Website.updated_at > read.changed_at)
    found = Changes(
        checks=[(row[0], row[1]) for row in db.execute(checks)][::-1],
        windows=[(row[0], row[1]) for row in db.execute(windows)],
        website_ids=list(db.scalars(websites)),
    )
    return found, now


def websites_as_they_are(db: Session) -> object:
    """Return a value that differs after any website has changed; one query."""
    (found,) = rows_of(db, _WEBSITES)
    return tuple(found)
