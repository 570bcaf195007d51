"""One visit of a real browser to a website, with its result."""

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
        Index(None, "started_at"),  # all sessions, newest first; retention, oldest first
        Index(None, "state"),  # waiting and running sessions, polled every 2 s; numbers by state, for metrics
        Index(None, "window_id"),  # the sessions of a window; its SET NULL
        {"sqlite_autoincrement": True},  # what a deleted session still records must not get into the next session
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"))
    session_key: Mapped[str] = mapped_column(String(64), unique=True)
    """An unguessable name for links and files."""
    started_at: Mapped[datetime] = mapped_column(default=utc_now)
    completed_at: Mapped[datetime | None]
    success: Mapped[bool | None]
    """Whether the document answered and loaded; None before the session has ended."""
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
    """The opened URL, without credentials."""
    title: Mapped[str | None] = mapped_column(String(512))
    """The document's title when the session ended."""
    browser_version: Mapped[str | None] = mapped_column(String(64))
    options: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """The options of the session: `core.schemas.session_options.SessionOptions`."""
    milestones: Mapped[dict[str, float] | None] = mapped_column(JSON)
    """ms after `started_at`: dom_content_loaded, load, first_contentful_paint, largest_contentful_paint …"""
    request_count: Mapped[int | None]
    failed_count: Mapped[int | None]
    dropped_count: Mapped[int | None]
    """Exchanges beyond the session's limits, which were counted but not recorded."""
    encoded_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """Bytes that the browser received over the network."""
    is_redacted: Mapped[bool | None] = mapped_column(default=True)
    window_id: Mapped[int | None] = mapped_column(ForeignKey("downtime_windows.id", ondelete="SET NULL"))
    """The downtime window that this session is evidence of. The session is kept as long as the window."""
    check_id: Mapped[int | None] = mapped_column(CheckId)
    """The check that caused the session; not a foreign key, because checks are deleted earlier."""
    is_pinned: Mapped[bool | None]
    """Whether a person excluded the session from retention."""
    owner: Mapped[str | None] = mapped_column(String(160))
    """The process that runs it: `core.debugging.session_owner.Owner`."""
    lease_until: Mapped[datetime | None]
    """The end of the owner's lease, which the owner renews while the session runs."""
    job: Mapped[dict[str, Any] | None] = mapped_column(SealedJSON, deferred=True, deferred_raiseload=True)
    """The data a worker needs to run the session, including secrets, until it runs. Only
    `core.services.session_queue` reads it."""

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
        """Whether the session has ended. Sessions of early versions have no state, and have ended."""
        return self.state is None or self.state.is_final

    def __repr__(self) -> str:
        return f"<DebugSession {self.id} of website {self.website_id}: {self.state}>"
