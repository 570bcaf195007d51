"""All SQL about looks: probes of a failing website by other ways, such as a second resolver."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.models import Look
from core.schemas.look import LookCreate
from core.services.rows import add_row


class LookCRUD:
    """Create and read looks. Lists are oldest first."""

    @staticmethod
    def create(db: Session, data: LookCreate) -> Look:
        return add_row(db, Look(**data.model_dump()))

    @staticmethod
    def get_by_window(db: Session, window_id: int) -> list[Look]:
        """Return the looks of a downtime window."""
        return list(db.scalars(select(Look).where(Look.window_id == window_id).order_by(Look.began_at, Look.id)))

    @staticmethod
    def get_by_check(db: Session, website_id: int, check_id: int) -> Look | None:
        """Return the look that a check of the website caused."""
        query = select(Look).where(Look.website_id == website_id, Look.check_id == check_id)
        return db.scalar(query.order_by(Look.began_at.desc()).limit(1))

    @staticmethod
    def last_good(db: Session, website_id: int, before: datetime) -> Look | None:
        """Return the website's last look without a failure that began before *before*."""
        query = select(Look).where(Look.website_id == website_id, Look.is_good, Look.began_at < as_utc(before))
        return db.scalar(query.order_by(Look.began_at.desc(), Look.id.desc()).limit(1))

    @staticmethod
    def last_began(db: Session, website_id: int) -> datetime | None:
        """Return when the website's newest look began."""
        query = select(Look.began_at).where(Look.website_id == website_id)
        return db.scalar(query.order_by(Look.began_at.desc()).limit(1))

    @staticmethod
    def tie_to_window(db: Session, website_id: int, window_id: int, *, since: datetime, until: datetime) -> None:
        """Assign the looks of a span that have no window yet to this window."""
        db.execute(
            update(Look)
            .where(
                Look.website_id == website_id,
                Look.window_id.is_(None),
                Look.began_at >= as_utc(since),
                Look.began_at <= as_utc(until),
            )
            .values(window_id=window_id)
        )
