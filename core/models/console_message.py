"""A console message of a page, or an uncaught error."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Base, CreatedAt

if TYPE_CHECKING:
    from core.models.debug_session import DebugSession


class ConsoleMessage(CreatedAt, Base):
    __tablename__ = "console_messages"
    __table_args__ = (
        Index(None, "debug_session_id", "offset_ms"),  # a session's console in order
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    debug_session_id: Mapped[int] = mapped_column(ForeignKey("debug_sessions.id", ondelete="CASCADE"))
    level: Mapped[str] = mapped_column(String(16))
    """debug, log, info, warning or error; an uncaught exception is an error."""
    source: Mapped[str] = mapped_column(String(32))
    """console, exception, or the CDP ``Log.LogEntry`` source: network, security, violation …"""
    text: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    line_number: Mapped[int | None]
    """Counted from 1."""
    column_number: Mapped[int | None]
    stack: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    exchange_id: Mapped[str | None] = mapped_column(String(80))
    """The exchange that the message refers to, if the browser tells."""
    timestamp: Mapped[datetime]
    offset_ms: Mapped[float]
    """ms after the session's `started_at`."""

    debug_session: Mapped["DebugSession"] = relationship(back_populates="console_messages", lazy="raise_on_sql")
