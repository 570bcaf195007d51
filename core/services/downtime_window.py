"""All SQL about downtime windows."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.errors import InvalidInput
from core.models import DowntimeWindow
from core.schemas.downtime_window import DowntimeWindowCreate, DowntimeWindowUpdate
from core.services.paging import apply_changes, page_of


class DowntimeWindowCRUD:
    """Create, read, update and delete downtime windows; lists are newest first."""

    @staticmethod
    def create(db: Session, data: DowntimeWindowCreate) -> DowntimeWindow:
        window = DowntimeWindow(**data.model_dump())
        _set_duration(window)
        db.add(window)
        db.flush()
        return window

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
        """The windows that touch the span, of one website or, with None, of all; and how many there are."""
        query = select(DowntimeWindow).order_by(DowntimeWindow.started_at.desc(), DowntimeWindow.id.desc())
        if website_id is not None:
            query = query.where(DowntimeWindow.website_id == website_id)
        if start_time is not None:
            query = query.where(or_(DowntimeWindow.ended_at.is_(None), DowntimeWindow.ended_at >= as_utc(start_time)))
        if end_time is not None:
            query = query.where(DowntimeWindow.started_at <= as_utc(end_time))
        return page_of(db, query, skip=skip, limit=limit)

    @staticmethod
    def get_ongoing_downtime(db: Session, website_id: int) -> DowntimeWindow | None:
        """The website's open window; None while it is not down."""
        return db.scalar(
            select(DowntimeWindow)
            .where(DowntimeWindow.website_id == website_id, DowntimeWindow.ended_at.is_(None))
            .order_by(DowntimeWindow.started_at.desc(), DowntimeWindow.id.desc())
            .limit(1)
        )

    @staticmethod
    def get_all_ongoing(db: Session) -> dict[int, DowntimeWindow]:
        """The open window of each website that is down, by the website's id."""
        query = select(DowntimeWindow).where(DowntimeWindow.ended_at.is_(None)).order_by(DowntimeWindow.id)
        return {window.website_id: window for window in db.scalars(query)}

    @staticmethod
    def update(db: Session, window_id: int, data: DowntimeWindowUpdate) -> DowntimeWindow | None:
        """Change what *data* gives, the duration with the edges; None when there is no such window.

        Raises:
            InvalidInput: The window would end before it started.
        """
        window = db.get(DowntimeWindow, window_id)
        if window is None:
            return None
        apply_changes(window, data.model_dump(exclude_unset=True))
        if window.ended_at is not None and window.ended_at < window.started_at:
            raise InvalidInput("A downtime window cannot end before it started; check both times.")
        _set_duration(window)
        db.flush()
        return window

    @staticmethod
    def delete(db: Session, window_id: int) -> bool:
        """Delete a window; False when there is no such window."""
        window = db.get(DowntimeWindow, window_id)
        if window is None:
            return False
        db.delete(window)
        db.flush()
        return True


def _set_duration(window: DowntimeWindow) -> None:
    ended_at = window.ended_at
    window.duration_seconds = None if ended_at is None else (ended_at - window.started_at).total_seconds()
