"""A website that Watchwright checks."""

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
        {"sqlite_autoincrement": True},  # a late check of a deleted website must not become one of the next website
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(2048), unique=True)
    """The http or https URL, normalised by `core.schemas.website`; may contain credentials."""
    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    check_interval: Mapped[int] = mapped_column(default=60)
    """Seconds between the due times of two checks."""
    timeout: Mapped[int] = mapped_column(default=10)
    """Seconds until a check gives up; at most the interval."""
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    """False while the website is paused."""
    session_defaults: Mapped[dict[str, Any] | None] = mapped_column(SealedJSON)
    """Options of debug sessions that differ from the defaults of `core.schemas.session_options.SessionOptions`."""
    check_options: Mapped[dict[str, Any] | None] = mapped_column(SealedJSON)
    """Options of checks that differ from the defaults of `core.schemas.check_options.CheckOptions`."""
    auto_debug: Mapped[bool | None]
    """Whether failures start debug sessions automatically; None means yes."""

    is_public: Mapped[bool | None]
    """Whether its badges are public; None means no."""

    depends_on: Mapped[str | None] = mapped_column(String(2048))
    """The URL, without credentials, of another website. While that is down, failures of this one are not announced."""

    regions: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """The regions that check the website independently; None if any worker checks it."""
    quorum: Mapped[int | None]
    """How many regions must report the website down; None means more than half."""

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
