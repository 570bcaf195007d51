"""All SQL about the audit log. Entries are added, and never changed or deleted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.models import AuditEvent
from core.services.rows import add_row, page_of

MAX_ACTOR_ROWS = 10_000  # entries that are searched for actors, to avoid scanning years


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
        """Add an entry, in the transaction of the action that it describes."""
        event = AuditEvent(
            actor=actor[:320], action=action, subject=subject and subject[:512], address=address, details=details
        )
        return add_row(db, event)

    @staticmethod
    def get_all(
        db: Session,
        skip: int = 0,
        limit: int = 50,
        *,
        actor: str | None = None,
        action: str | None = None,
    ) -> tuple[list[AuditEvent], int]:
        """Return a page of entries, newest first, filtered by *actor* or by the prefix *action*, and the total."""
        return page_of(db, _newest(actor, action), skip=skip, limit=limit)

    @staticmethod
    def get_older(
        db: Session, than: tuple[datetime, int] | None, limit: int, *, actor: str | None, action: str | None
    ) -> list[AuditEvent]:
        """Return the entries after *than*, or from the newest on, whatever is added meanwhile.

        Nothing is counted, so reading the whole log takes linear time.
        """
        query = _newest(actor, action)
        if than is not None:
            query = query.where(tuple_(AuditEvent.happened_at, AuditEvent.id) < than)
        return list(db.scalars(query.limit(limit)))

    @staticmethod
    def get_actors(db: Session) -> list[str]:
        """Return the actors of the newest `MAX_ACTOR_ROWS` entries, by name."""
        newest = select(AuditEvent.actor).order_by(AuditEvent.happened_at.desc(), AuditEvent.id.desc())
        lately = newest.limit(MAX_ACTOR_ROWS).subquery()
        return sorted(db.scalars(select(lately.c.actor).distinct()), key=str.lower)

    @staticmethod
    def actors_of(db: Session, action: str, subjects: Sequence[str], *, since: datetime) -> dict[str, str]:
        """Return who did *action* to each of *subjects* at or after *since*."""
        query = select(AuditEvent.subject, AuditEvent.actor).where(
            AuditEvent.happened_at >= as_utc(since), AuditEvent.action == action, AuditEvent.subject.in_(subjects)
        )
        return {str(subject): actor for subject, actor in db.execute(query)}

    @staticmethod
    def last_actor(db: Session, action: str, subject: str, *, since: datetime, field: str | None = None) -> str | None:
        """Return who last did *action* to *subject* at or after *since*, changing *field* if given."""
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
