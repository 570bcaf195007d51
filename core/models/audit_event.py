"""The audit log: sign-ins and changes."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import utc_now
from core.models.base import Base


class AuditEvent(Base):
    """One entry of the audit log. It stores the actor's name of that time, so it outlives the account."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index(None, "happened_at", "id"),  # the log's page, newest first
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    happened_at: Mapped[datetime] = mapped_column(default=utc_now)
    actor: Mapped[str] = mapped_column(String(320))
    """``user NAME``, ``token NAME of NAME``, ``command line``, or ``nobody`` for a failed sign-in."""
    action: Mapped[str] = mapped_column(String(64))
    """Such as ``website.add`` or ``sign_in.fail``."""
    subject: Mapped[str | None] = mapped_column(String(512))
    """The object of the action, in words, without secrets."""
    address: Mapped[str | None] = mapped_column(String(64))
    """The client's address; None for the command line."""
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The changed fields, never with the value of a secret."""

    def __repr__(self) -> str:
        return f"<AuditEvent {self.id} {self.action} by {self.actor!r}>"
