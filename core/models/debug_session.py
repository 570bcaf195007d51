"""One visit of a real browser to a website, and how it went."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger, Enum, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.clock import utc_now
from core.models.base import Base, CheckId, CreatedAndUpdatedAt
from core.models.console_message import ConsoleMessage
from core.models.enums import DebugSessionState, SessionTrigger
from core.models.network_event import NetworkEvent
from core.models.sealed import SealedJSON
from core.models.session_artifact import SessionArtifact

if TYPE_CHECKING:
    from core.models.website import Website


class DebugSession(CreatedAndUpdatedAt, Base):
    __tablename__ = "debug_sessions"
    __table_args__ = (
        Index(None, "website_id", "started_at"),  # a website's sessions, newest first
        Index(None, "started_at"),  # all sessions, newest first; those that have served their time, oldest first
        Index(None, "state"),  # the few that wait or run, asked for every 2 s; how many there are of each, for metrics
        Index(None, "window_id"),  # the sessions of a window; letting go of them when it is deleted
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"))
    session_key: Mapped[str] = mapped_column(String(64), unique=True)
    """A name that cannot be guessed, for links and files."""
    started_at: Mapped[datetime] = mapped_column(default=utc_now)
    completed_at: Mapped[datetime | None]
    success: Mapped[bool | None]
    """Whether the document answered and loaded; None until the session has ended."""
    error_message: Mapped[str | None] = mapped_column(Text)
    user_agent: Mapped[str | None] = mapped_column(String(512))
    browser_type: Mapped[str] = mapped_column(String(32), default="chromium")

    state: Mapped[DebugSessionState | None] = mapped_column(
        Enum(DebugSessionState, validate_strings=True), default=DebugSessionState.QUEUED
    )
    trigger: Mapped[SessionTrigger | None] = mapped_column(
        Enum(SessionTrigger, validate_strings=True), default=SessionTrigger.MANUAL
    )
    url: Mapped[str | None] = mapped_column(String(2048))
    """What was opened, credentials removed."""
    title: Mapped[str | None] = mapped_column(String(512))
    """The document's title when the session ended."""
    browser_version: Mapped[str | None] = mapped_column(String(64))
    options: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """How the page was opened: `core.schemas.debug_session.SessionOptions`."""
    milestones: Mapped[dict[str, float] | None] = mapped_column(JSON)
    """ms after `started_at`: dom_content_loaded, load, first_contentful_paint, largest_contentful_paint …"""
    request_count: Mapped[int | None]
    failed_count: Mapped[int | None]
    dropped_count: Mapped[int | None]
    """Exchanges beyond the session's bounds, counted but not kept."""
    encoded_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """Bytes that crossed the network toward the browser."""
    is_redacted: Mapped[bool | None] = mapped_column(default=True)
    window_id: Mapped[int | None] = mapped_column(ForeignKey("downtime_windows.id", ondelete="SET NULL"))
    """The downtime window whose evidence it is: it is kept as long as that."""
    check_id: Mapped[int | None] = mapped_column(CheckId)
    """The check that brought it about; not a reference, since checks are deleted before what explains them."""
    is_pinned: Mapped[bool | None]
    """Whether a person wants it kept, however old it gets."""
    owner: Mapped[str | None] = mapped_column(String(160))
    """The process that runs it: `core.debugging.session_owner.Owner`."""
    lease_until: Mapped[datetime | None]
    """Until when its owner is known to live; it is put off for as long as the session runs."""
    job: Mapped[dict[str, Any] | None] = mapped_column(SealedJSON, deferred=True, deferred_raiseload=True)
    """What a worker needs to run it, secrets among it, until it runs; `core.services.session_queue` alone reads it."""

    website: Mapped["Website"] = relationship(back_populates="debug_sessions", lazy="raise_on_sql")
    network_events: Mapped[list[NetworkEvent]] = relationship(
        back_populates="debug_session", cascade="all, delete-orphan", passive_deletes=True, lazy="raise"
    )
    console_messages: Mapped[list[ConsoleMessage]] = relationship(
        back_populates="debug_session", cascade="all, delete-orphan", passive_deletes=True, lazy="raise"
    )
    artifacts: Mapped[list[SessionArtifact]] = relationship(
        back_populates="debug_session", cascade="all, delete-orphan", passive_deletes=True, lazy="raise"
    )

    @property
    def is_over(self) -> bool:
        """Whether nothing comes of it any more; of one that has no state, as before there were any, nothing does."""
        return self.state is None or self.state.is_final

    def __repr__(self) -> str:
        return f"<DebugSession {self.id} of website {self.website_id}: {self.state}>"
