"""A finding: one conclusion from the evidence of a downtime window or debug session."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, CreatedAt


class Finding(CreatedAt, Base):
    __tablename__ = "findings"
    __table_args__ = (
        Index(None, "window_id", "position"),  # a window's findings in order; its cascade
        Index(None, "debug_session_id", "position"),  # a session's; its cascade
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    window_id: Mapped[int | None] = mapped_column(ForeignKey("downtime_windows.id", ondelete="CASCADE"))
    debug_session_id: Mapped[int | None] = mapped_column(ForeignKey("debug_sessions.id", ondelete="CASCADE"))
    position: Mapped[int]
    """The order, from 1; the cause comes first."""
    kind: Mapped[str] = mapped_column(String(32))
    """`core.diagnosis.kinds.Kind`, for programs; people read the sentence."""
    sentence: Mapped[str] = mapped_column(Text)
    confidence: Mapped[str] = mapped_column(String(16))
    """high, likely, or note for findings that do not explain a failure."""
    why: Mapped[str] = mapped_column(Text)
    """The reasoning, in sentences."""
    rests_on: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """The rows it is based on: ``of`` (check, look, exchange, console, session), ``id``, ``session_id``, ``step``."""

    def __repr__(self) -> str:
        return f"<Finding {self.id}: {self.kind} ({self.confidence})>"
