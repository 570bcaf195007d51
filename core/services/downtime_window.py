"""All SQL about downtime windows."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from core.clock import CLOCK_TOLERANCE, as_utc, utc_now
from core.errors import InvalidInput
from core.models import DowntimeWindow, MonitorStatus
from core.schemas.downtime_window import DowntimeWindowCreate, DowntimeWindowUpdate
from core.services.bulk import insert_in_order
from core.services.finding import FindingCRUD
from core.services.prepared import IDS, rows_of
from core.services.rows import add_row, apply_changes, delete_row, page_of


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowChange:
    """The fields of an open window that checks change."""

    id: int
    affected_checks_count: int
    ended_at: datetime | None
    duration_seconds: float | None
    recovery_status: MonitorStatus | None


class OngoingWindow(NamedTuple):
    """The fields of an open window that the next check needs."""

    id: int
    website_id: int
    started_at: datetime
    affected_checks_count: int
    created_at: datetime


_windows = DowntimeWindow.__table__
_ONGOING = (
    select(*(_windows.c[name] for name in OngoingWindow._fields))
    .where(_windows.c.website_id.in_(IDS), _windows.c.ended_at.is_(None))
    .order_by(_windows.c.started_at, _windows.c.id)
    .with_for_update()
)

AS_STORED = {"populate_existing": True}  # reload, because windows are also changed without the ORM


class DowntimeWindowCRUD:
    """Create, read, update and delete downtime windows. Lists are newest first."""

    @staticmethod
    def create(db: Session, data: DowntimeWindowCreate) -> DowntimeWindow:
        window = DowntimeWindow(**data.model_dump())
        _set_duration(window)
        return add_row(db, window)

    @staticmethod
    def get_by_id(db: Session, window_id: int) -> DowntimeWindow | None:
        return db.get(DowntimeWindow, window_id)

    @staticmethod
    def get_by_website(  # noqa: PLR0917 - the contract names the order
        db: Session,
        website_id: int | None,
        start_time: datetime | None = None,
        end_time: datetime | None = None,
        skip: int = 0,
        limit: int = 50,
    ) -> tuple[list[DowntimeWindow], int]:
        """Return a page of the windows that touch the span, of one website or of all if None, and the total."""
        query = select(DowntimeWindow).where(has_come(utc_now()))
        query = query.order_by(DowntimeWindow.started_at.desc(), DowntimeWindow.id.desc())
        if start_time is not None:
            query = query.where(or_(DowntimeWindow.ended_at.is_(None), DowntimeWindow.ended_at >= as_utc(start_time)))
        if end_time is not None:
            query = query.where(DowntimeWindow.started_at <= as_utc(end_time))
        return page_of(db, query, skip=skip, limit=limit, website_id=website_id)

    @staticmethod
    def get_ongoing_downtime(db: Session, website_id: int) -> DowntimeWindow | None:
        """Return the website's open window; None while it is not down."""
        return db.scalar(
            select(DowntimeWindow)
            .where(DowntimeWindow.website_id == website_id, DowntimeWindow.ended_at.is_(None))
            .order_by(DowntimeWindow.started_at.desc(), DowntimeWindow.id.desc())
            .limit(1)
        )

    @staticmethod
    def get_all_ongoing(db: Session) -> dict[int, DowntimeWindow]:
        """Return the open window of each website that is down, by website id."""
        query = select(DowntimeWindow).where(DowntimeWindow.ended_at.is_(None)).order_by(DowntimeWindow.id)
        return {window.website_id: window for window in db.scalars(query)}

    @staticmethod
    def get_ongoing(db: Session, website_ids: Sequence[int]) -> dict[int, OngoingWindow]:
        """Return and lock the open windows of these websites, by website id."""
        return {row[1]: OngoingWindow(*row) for row in rows_of(db, _ONGOING, ids=website_ids)}

    @staticmethod
    def bulk_create(db: Session, windows: Sequence[DowntimeWindowCreate]) -> list[DowntimeWindow]:
        """Create many windows in few statements; returns them in the given order."""
        rows = [window.model_dump() for window in windows]
        for row in rows:
            row["duration_seconds"] = duration_seconds(row["started_at"], row["ended_at"])
        return insert_in_order(db, DowntimeWindow, rows)

    @staticmethod
    def change_many(db: Session, changes: Sequence[WindowChange]) -> None:
        """Change many windows in one statement, including `updated_at`."""
        if not changes:
            return
        table = DowntimeWindow.__table__
        names = [field.name for field in fields(WindowChange) if field.name != "id"]
        changing = update(table).where(table.c.id == bindparam("window_id"))  # type: ignore[arg-type]
        changing = changing.values({name: bindparam(f"new_{name}") for name in names})
        rows = [
            {"window_id": change.id, **{f"new_{name}": getattr(change, name) for name in names}} for change in changes
        ]
        db.execute(changing, rows)

    @staticmethod
    def covering(db: Session, website_id: int, moment: datetime) -> DowntimeWindow | None:
        """Return the website's window that was open just before *moment*; None if there is none."""
        query = select(DowntimeWindow).where(
            DowntimeWindow.website_id == website_id,
            DowntimeWindow.started_at < moment,
            or_(DowntimeWindow.ended_at.is_(None), DowntimeWindow.ended_at >= moment),
        )
        return db.scalar(query.order_by(DowntimeWindow.started_at).limit(1), execution_options=AS_STORED)

    @staticmethod
    def touching(db: Session, website_id: int, since: datetime) -> list[DowntimeWindow]:
        """Return all windows of the website that ended at or after *since*, or are open, oldest first."""
        query = select(DowntimeWindow).where(
            DowntimeWindow.website_id == website_id,
            or_(DowntimeWindow.ended_at.is_(None), DowntimeWindow.ended_at >= since),
        )
        return list(db.scalars(query.order_by(DowntimeWindow.started_at), execution_options=AS_STORED))

    @staticmethod
    def last_ends(db: Session, website_ids: Sequence[int], since: datetime) -> dict[int, datetime]:
        """Return when the last window of each of these websites ended, if that was after *since*."""
        query = select(DowntimeWindow.website_id, func.max(DowntimeWindow.ended_at)).where(
            DowntimeWindow.website_id.in_(website_ids), DowntimeWindow.ended_at > since
        )
        found = db.execute(query.group_by(DowntimeWindow.website_id))
        return {website_id: as_utc(ended_at) for website_id, ended_at in found if ended_at}

    @staticmethod
    def change(db: Session, window: DowntimeWindow, changes: dict[str, Any]) -> None:
        """Apply *changes* and recalculate the duration."""
        apply_changes(window, changes)
        _set_duration(window)
        db.flush()

    @staticmethod
    def begin_at(db: Session, window_id: int, started_at: datetime) -> None:
        """Move the start of an open window."""
        db.execute(update(DowntimeWindow).where(DowntimeWindow.id == window_id).values(started_at=started_at))

    @staticmethod
    def end_by(db: Session, website_id: int, moment: datetime) -> None:
        """End the website's windows that began by *moment* and end later, at *moment*."""
        begun = (DowntimeWindow.website_id == website_id, DowntimeWindow.started_at <= moment)
        for window in db.scalars(select(DowntimeWindow).where(*begun, DowntimeWindow.ended_at > moment)):
            window.ended_at = moment
            _set_duration(window)
        db.flush()

    @staticmethod
    def end_unknown(db: Session, website_id: int, at: datetime) -> None:
        """End the website's open window at *at* with status UNKNOWN, because the website is paused.

        A window that a person planned for the future stays. A window that a fast clock dated in the future ends at its
        start.
        """
        is_open = (DowntimeWindow.website_id == website_id, DowntimeWindow.ended_at.is_(None))
        has_begun = DowntimeWindow.started_at <= at
        is_found = DowntimeWindow.started_at <= DowntimeWindow.created_at
        for window in db.scalars(select(DowntimeWindow).where(*is_open, has_begun | is_found)):
            window.ended_at, window.recovery_status = max(at, window.started_at), MonitorStatus.UNKNOWN
            _set_duration(window)
        db.flush()

    @staticmethod
    def update(db: Session, window_id: int, data: DowntimeWindowUpdate) -> DowntimeWindow | None:
        """Apply *data*, recalculate the duration, and return the window; None if it does not exist.

        A root cause given here counts as a person's. No finding replaces it until it is emptied, which brings the
        cause that was found back.

        Raises:
            InvalidInput: The window would end before it started.
        """
        window = db.get(DowntimeWindow, window_id)
        if window is None:
            return None
        changes = data.changes()
        if "root_cause" in changes and changes["root_cause"] != window.root_cause:  # a program sends back what it read
            window.is_cause_given = bool(changes["root_cause"])
            changes["root_cause"] = changes["root_cause"] or FindingCRUD.cause(db, window_id)
        apply_changes(window, changes)
        if window.ended_at is not None and window.ended_at < window.started_at:
            raise InvalidInput("A downtime window cannot end before it started; check both times.")
        _set_duration(window)
        db.flush()
        return window

    @staticmethod
    def set_found_cause(db: Session, window_id: int, root_cause: str) -> bool:
        """Set the diagnosed root cause unless a person wrote one; returns whether it changed."""
        found = db.execute(
            update(DowntimeWindow)
            .where(
                DowntimeWindow.id == window_id,
                DowntimeWindow.is_cause_given.is_not(True),
                func.coalesce(DowntimeWindow.root_cause, "") != root_cause,
            )
            .values(root_cause=root_cause)
            .returning(DowntimeWindow.id)
        )
        return found.first() is not None

    @staticmethod
    def acknowledge(db: Session, window_id: int, by: str, at: datetime) -> DowntimeWindow | None:
        """Acknowledge a window unless that was done already, and return it; None if it does not exist."""
        window = db.get(DowntimeWindow, window_id, with_for_update=True)
        if window is not None and window.acknowledged_at is None:
            window.acknowledged_at, window.acknowledged_by = at, by[:320]
            db.flush()
        return window

    @staticmethod
    def delete(db: Session, window_id: int) -> bool:
        """Delete a window; returns False if it does not exist."""
        return delete_row(db, db.get(DowntimeWindow, window_id))


def has_come(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a window is shown at *now*: a closed one in the future comes from a fast clock."""
    return or_(DowntimeWindow.ended_at.is_(None), DowntimeWindow.started_at <= now + CLOCK_TOLERANCE)


def duration_seconds(started_at: datetime, ended_at: datetime | None) -> float | None:
    """Return a window's duration; None while it is open."""
    return None if ended_at is None else (ended_at - started_at).total_seconds()


def _set_duration(window: DowntimeWindow) -> None:
    window.duration_seconds = duration_seconds(window.started_at, window.ended_at)
