"""A website that is watched."""

from typing import Any

from sqlalchemy import JSON, Boolean, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Base, CreatedAndUpdatedAt, ManagedByFile
from core.models.debug_session import DebugSession
from core.models.downtime_window import DowntimeWindow
from core.models.monitor_check import MonitorCheck
from core.models.sealed import SealedJSON


class Website(CreatedAndUpdatedAt, ManagedByFile, Base):
    __tablename__ = "websites"
    __table_args__ = (
        Index(None, "is_active", "url"),  # get_active_websites, in order of url
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(2048), unique=True)
    """What is checked: http or https, as `core.schemas.website` normalises it; may hold credentials."""
    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    check_interval: Mapped[int] = mapped_column(default=60)
    """Seconds from one check's due time to the next one's."""
    timeout: Mapped[int] = mapped_column(default=10)
    """Seconds until a check gives up; at most the interval."""
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    """False while paused: nothing is checked."""
    session_defaults: Mapped[dict[str, Any] | None] = mapped_column(SealedJSON)
    """How debug sessions open it: what differs from the defaults of `core.schemas.session_options.SessionOptions`."""
    check_options: Mapped[dict[str, Any] | None] = mapped_column(SealedJSON)
    """How it is asked and what its answer must be: what differs from `core.schemas.check_options.CheckOptions`."""
    auto_debug: Mapped[bool | None]
    """Whether its failures start debug sessions by themselves; None means yes."""

    is_public: Mapped[bool | None]
    """Whether everybody may see its badges; None means no."""

    depends_on: Mapped[str | None] = mapped_column(String(2048))
    """The URL, without credentials, of another website: while that is down, this one's failures are not told."""

    regions: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Where it is checked from, each region by itself; None where one check from anywhere is enough."""
    quorum: Mapped[int | None]
    """How many regions must find it down before it is called so; None means more than half."""

    monitor_checks: Mapped[list[MonitorCheck]] = relationship(
        back_populates="website", cascade="all, delete-orphan", passive_deletes=True, lazy="raise"
    )
    downtime_windows: Mapped[list[DowntimeWindow]] = relationship(
        back_populates="website", cascade="all, delete-orphan", passive_deletes=True, lazy="raise"
    )
    debug_sessions: Mapped[list[DebugSession]] = relationship(
        back_populates="website", cascade="all, delete-orphan", passive_deletes=True, lazy="raise"
    )

    def __repr__(self) -> str:
        return f"<Website {self.id} {self.name!r}>"
