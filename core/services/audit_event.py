"""All SQL about the audit log; lines are added, and never changed or deleted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.models import AuditEvent
from core.services.rows import page_of

LINES_OF_ACTORS = 10_000  # of the log: to choose from, and no scan of years


class AuditEventCRUD:
    """Add to the audit log and read it."""

    @staticmethod
    def create(
        db: Session,
        *,
        actor: str,
        action: str,
        subject: str | None = None,
        address: str | None = None,
        details: dict[str, Any] | None = None,
    ) -> AuditEvent:
        """Add a line; belongs into the transaction of what it tells of, so that neither is there without the other."""
        event = AuditEvent(
            actor=actor[:320], action=action, subject=subject and subject[:512], address=address, details=details
        )
        db.add(event)
        db.flush()
        return event

    @staticmethod
    def get_all(
        db: Session,
        skip: int = 0,
        limit: int = 50,
        *,
        actor: str | None = None,
        action: str | None = None,
    ) -> tuple[list[AuditEvent], int]:
        """Lines, newest first; of one *actor*, or whose action starts with *action*, where given."""
        return page_of(db, _newest(actor, action), skip=skip, limit=limit)

    @staticmethod
    def get_older(
        db: Session, than: tuple[datetime, int] | None, limit: int, *, actor: str | None, action: str | None
    ) -> list[AuditEvent]:
        """The next lines after one, by its time and id, or from the newest on; whatever is added meanwhile.

        None are counted: to read the whole log so takes as long as it is.
        """
        query = _newest(actor, action)
        if than is not None:
            query = query.where(tuple_(AuditEvent.happened_at, AuditEvent.id) < than)
        return list(db.scalars(query.limit(limit)))

    @staticmethod
    def get_actors(db: Session) -> list[str]:
        """Who did what the newest `LINES_OF_ACTORS` lines tell of, by name."""
        newest = select(AuditEvent.actor).order_by(AuditEvent.happened_at.desc(), AuditEvent.id.desc())
        lately = newest.limit(LINES_OF_ACTORS).subquery()
        return sorted(db.scalars(select(lately.c.actor).distinct()), key=str.lower)

    @staticmethod
    def actors_of(db: Session, action: str, subjects: Sequence[str], *, since: datetime) -> dict[str, str]:
        """Who did *action* to each of *subjects* at or after *since*."""
        query = select(AuditEvent.subject, AuditEvent.actor).where(
            AuditEvent.happened_at >= as_utc(since), AuditEvent.action == action, AuditEvent.subject.in_(subjects)
        )
        return {str(subject): actor for subject, actor in db.execute(query)}

    @staticmethod
    def last_actor(db: Session, action: str, subject: str, *, since: datetime, field: str | None = None) -> str | None:
        """Who did *action* last to *subject* at or after *since*, where they changed *field*, if given."""
        query = select(AuditEvent).where(
            AuditEvent.happened_at >= as_utc(since), AuditEvent.action == action, AuditEvent.subject == subject
        )
        for event in db.scalars(query.order_by(AuditEvent.happened_at.desc(), AuditEvent.id.desc())):
            if field is None or field in (event.details or {}).get("fields", ()):
                return event.actor
        return None


def _newest(actor: str | None, action: str | None) -> Select[AuditEvent]:
    query = select(AuditEvent).order_by(AuditEvent.happened_at.desc(), AuditEvent.id.desc())
    if actor is not None:
        query = query.where(AuditEvent.actor == actor)
    return query if action is None else query.where(AuditEvent.action.startswith(action, autoescape=True))
