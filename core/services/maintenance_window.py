"""All SQL about maintenance windows, and when they occur."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from core.clock import utc_at
from core.errors import InvalidInput
from core.models import MaintenanceWindow, UtcDateTime, Website, WebsiteTag
from core.schemas.maintenance_window import UNPARSABLE, MaintenanceWindowCreate, MaintenanceWindowUpdate
from core.services.epoch import epoch
from core.services.prepared import rows_of
from core.services.recurrence import moments
from core.services.rows import add_row, apply_changes, delete_row, page_of, require_row
from core.services.spans import Span, union

logger = logging.getLogger(__name__)

MAX_SEARCH = timedelta(days=5 * 366)  # search limit for the next occurrence


class PlannedTimes(NamedTuple):
    """The columns of a maintenance window that say when it occurs and for which websites."""

    website_id: int | None
    tag_id: int | None
    starts_at: datetime
    duration_seconds: int
    recurrence: str | None
    timezone: str
    ended_early: list[str] | None


_table = MaintenanceWindow.__table__.c
# The monitor runs this every 2 s. Most stores hold only windows that are over, which this excludes.
_MAY_BE_RUNNING = select(*(_table[name] for name in PlannedTimes._fields)).where(
    _table.starts_at <= bindparam("at", type_=UtcDateTime()),
    or_(_table.recurrence.is_not(None), epoch(_table.starts_at) + _table.duration_seconds > bindparam("seconds")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One occurrence of maintenance of a website."""

    window_id: int
    name: str
    started_at: datetime
    ended_at: datetime


class MaintenanceWindowCRUD:
    """Create, read, update and delete maintenance windows. Lists are by first start, newest first."""

    @staticmethod
    def create(db: Session, data: MaintenanceWindowCreate) -> MaintenanceWindow:
        return add_row(db, MaintenanceWindow(**data.model_dump()))

    @staticmethod
    def get_all(
        db: Session, skip: int = 0, limit: int = 50, *, website_id: int | None = None, tag_id: int | None = None
    ) -> tuple[list[MaintenanceWindow], int]:
        """Return a page of windows and the total, filtered by website or tag if given."""
        query = select(MaintenanceWindow).order_by(MaintenanceWindow.starts_at.desc(), MaintenanceWindow.id.desc())
        return page_of(db, query, skip=skip, limit=limit, website_id=website_id, tag_id=tag_id)

    @staticmethod
    def update(db: Session, window_id: int, data: MaintenanceWindowUpdate) -> MaintenanceWindow:
        """Apply *data* and return the window.

        Raises:
            NotFound: There is no such window.
            InvalidInput: The window would have both a website and a tag.
        """
        window = require_row(db, MaintenanceWindow, window_id)
        apply_changes(window, data.changes())
        if window.website_id is not None and window.tag_id is not None:
            raise InvalidInput("A maintenance window is for one website or for one tag, not for both; leave one out.")
        db.flush()
        return window

    @staticmethod
    def end_now(db: Session, window_id: int, at: datetime) -> MaintenanceWindow:
        """End the occurrence that is running at *at*, not later ones, and return the window.

        Raises:
            NotFound: There is no such window.
            InvalidInput: No occurrence is running.
        """
        window = require_row(db, MaintenanceWindow, window_id, is_locked=True)
        if not occurrences(window, since=at, until=at + timedelta(microseconds=1)):
            raise InvalidInput("This maintenance is not in progress, so it cannot be ended.")
        window.ended_early = [*(window.ended_early or []), at.isoformat()]
        db.flush()
        return window

    @staticmethod
    def delete(db: Session, window_id: int) -> bool:
        """Delete a window; returns False if it does not exist."""
        return delete_row(db, db.get(MaintenanceWindow, window_id))


def occurrences(window: MaintenanceWindow | PlannedTimes, *, since: datetime, until: datetime) -> list[Span]:
    """Return the occurrences of *window* that touch the time from *since* to *until*, in full length.

    Recurrence follows the wall clock of the window's time zone: 02:00 stays 02:00 when summer time begins.
    """
    duration = timedelta(seconds=window.duration_seconds)
    if window.recurrence is None:
        begins = [window.starts_at]
    else:
        begins = _recurring(window.recurrence, window, since - duration, until)
    cuts = [datetime.fromisoformat(moment) for moment in window.ended_early or []]
    found = [(start, min([start + duration, *(cut for cut in cuts if start <= cut)])) for start in begins]
    return [(start.timestamp(), end.timestamp()) for start, end in found if start < until and end > since]


def _recurring(
    recurrence: str, window: MaintenanceWindow | PlannedTimes, since: datetime, until: datetime
) -> list[datetime]:
    """Return the starts; none if the database contains an invalid rule, which must not stop the monitor."""
    try:
        return moments(recurrence, window.starts_at, ZoneInfo(window.timezone), since=since, until=until)
    except (*UNPARSABLE, OSError) as error:  # OSError: the name of a time zone that is a folder or too long
        _warn_once(recurrence, window.timezone, str(error))
        return []


@cache  # the monitor asks every 2 s
def _warn_once(recurrence: str, timezone: str, reason: str) -> None:
    logger.warning(
        "maintenance with an invalid rule or time zone is ignored",
        extra={"recurrence": recurrence, "timezone": timezone, "reason": reason},
    )


def next_occurrences(window: MaintenanceWindow, *, after: datetime, count: int) -> list[Span]:
    """Return the first *count* occurrences that end after *after*, a running one first."""
    if window.recurrence is None:
        return occurrences(window, since=after, until=max(after, window.starts_at) + timedelta(seconds=1))
    ahead = timedelta(days=32)
    found = occurrences(window, since=after, until=max(after, window.starts_at) + ahead)
    while len(found) < count and ahead < MAX_SEARCH:
        ahead *= 8
        found = occurrences(window, since=after, until=max(after, window.starts_at) + ahead)
    return found[:count]


def planned(
    db: Session, website_ids: Sequence[int], *, since: datetime, until: datetime
) -> dict[int, list[Occurrence]]:
    """Return the occurrences that touch the span, by start, for each website that has any; in two queries."""
    found: dict[int, list[Occurrence]] = {}
    for window, concerned, when in _plans(db, website_ids, since, until):
        planned_times = [
            Occurrence(
                window_id=window.id,
                name=window.name,
                started_at=utc_at(start),
                ended_at=utc_at(end),
            )
            for start, end in when
        ]
        for website_id in concerned:
            found.setdefault(website_id, []).extend(planned_times)
    return {
        website_id: sorted(planned_times, key=lambda time: (time.started_at, time.window_id))
        for website_id, planned_times in found.items()
    }


def maintenance(db: Session, website_ids: Sequence[int], *, since: datetime, until: datetime) -> dict[int, list[Span]]:
    """Return the time in maintenance between *since* and *until* of each website that has any; in two queries."""
    found: dict[int, list[Span]] = {}
    for _window, concerned, when in _plans(db, website_ids, since, until):
        for website_id in concerned:
            found.setdefault(website_id, []).extend(when)
    return {website_id: union(when) for website_id, when in found.items()}


def _plans(
    db: Session, website_ids: Sequence[int], since: datetime, until: datetime
) -> Iterator[tuple[MaintenanceWindow, set[int], list[Span]]]:
    """Yield each window that touches the span, with its websites and its occurrences; in two queries."""
    tagged = select(WebsiteTag.website_id, WebsiteTag.tag_id).where(WebsiteTag.website_id.in_(website_ids))
    tags: dict[int, set[int]] = {}
    for website_id, tag_id in db.execute(tagged):
        tags.setdefault(tag_id, set()).add(website_id)
    query = select(MaintenanceWindow).where(
        MaintenanceWindow.starts_at < until,
        or_(MaintenanceWindow.website_id.is_(None), MaintenanceWindow.website_id.in_(website_ids)),
    )
    for window in db.scalars(query):
        concerned = _concerned(window, set(website_ids), tags)
        if concerned and (when := occurrences(window, since=since, until=until)):
            yield window, concerned, when


def in_maintenance(db: Session, website_ids: Sequence[int], at: datetime) -> set[int]:
    """Return those of the websites that are in maintenance at *at*."""
    just_after = at + timedelta(microseconds=1)
    return {website_id for website_id, when in maintenance(db, website_ids, since=at, until=just_after).items() if when}


def running(db: Session, at: datetime) -> frozenset[int]:
    """Return all websites that are in maintenance at *at*; one query if no window can be running."""
    just_after = at + timedelta(microseconds=1)
    found: set[int] = set()
    for row in rows_of(db, _MAY_BE_RUNNING, at=at, seconds=at.timestamp()):
        window = PlannedTimes(*row)
        if not occurrences(window, since=at, until=just_after):
            continue
        whose = select(Website.id)
        if window.website_id is not None:
            whose = whose.where(Website.id == window.website_id)
        elif window.tag_id is not None:
            whose = whose.join(WebsiteTag, WebsiteTag.website_id == Website.id).where(
                WebsiteTag.tag_id == window.tag_id
            )
        found.update(db.scalars(whose))
    return frozenset(found)


def _concerned(window: MaintenanceWindow, asked: set[int], tags: dict[int, set[int]]) -> set[int]:
    if window.website_id is not None:
        return {window.website_id}
    if window.tag_id is not None:
        return tags.get(window.tag_id, set())
    return asked
