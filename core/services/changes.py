"""What other processes stored lately: for those whom no signal has reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from core.models import DowntimeWindow, MonitorCheck, Website
from core.services.prepared import rows_of

MOST = 1_000  # checks that are told of one by one; whoever missed more looks at everything

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
    """How far somebody has read."""

    check_id: int
    changed_at: datetime | None
    """Of the newest change of a website or a downtime window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is newer than a mark, each with its website's id first."""

    checks: Sequence[tuple[int, int]]
    windows: Sequence[tuple[int, int]]
    website_ids: Sequence[int]


def data_version(connection: Connection) -> int:
    """A number that is another one when another connection has changed the SQLite store; for one connection only."""
    with connection.begin():
        return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())


def mark(db: Session) -> Mark:
    """How far the store has come."""
    ((check_id, *changed),) = rows_of(db, _NEWEST)
    changed_at = max((moment for moment in changed if moment is not None), default=None)
    return Mark(check_id=check_id or 0, changed_at=changed_at)


def after(db: Session, read: Mark) -> tuple[Changes, Mark]:
    """What is newer than *read*, and how far that goes; one query where nothing is."""
    now = mark(db)
    if now == read:
        return Changes(checks=(), windows=(), website_ids=()), now
    checks = (
        select(MonitorCheck.website_id, MonitorCheck.id)
        .where(MonitorCheck.id > read.check_id)
        .order_by(MonitorCheck.id.desc())
        .limit(MOST)
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
    """Something that is another thing when a website has changed; in one read."""
    (found,) = rows_of(db, _WEBSITES)
    return tuple(found)
