"""A file of a debug session: a screenshot, a frame of the filmstrip or a trace.

It is in the store, so that it is deleted with its session and available on every machine.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Enum, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Base, CreatedAt
from core.models.enums import ArtifactKind

if TYPE_CHECKING:
    from core.models.debug_session import DebugSession

PICTURE_TYPES = ("image/jpeg", "image/png", "image/webp")


class SessionArtifact(CreatedAt, Base):
    __tablename__ = "session_artifacts"
    __table_args__ = (
        Index(None, "debug_session_id", "offset_ms"),  # a session's filmstrip in order
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    debug_session_id: Mapped[int] = mapped_column(ForeignKey("debug_sessions.id", ondelete="CASCADE"))
    kind: Mapped[ArtifactKind] = mapped_column(Enum(ArtifactKind, validate_strings=True))
    mime_type: Mapped[str] = mapped_column(String(255))
    size_bytes: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    timestamp: Mapped[datetime]
    offset_ms: Mapped[float]
    """ms after the session's `started_at`."""

    @property
    def is_picture(self) -> bool:
        """Whether pages may show the file as a picture. Other types are never shown, because pages may be hostile."""
        return self.mime_type in PICTURE_TYPES

    debug_session: Mapped["DebugSession"] = relationship(back_populates="artifacts", lazy="raise_on_sql")
