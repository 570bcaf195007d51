"""A span of time in which a website was down; open while the website is down."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Enum, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Base, CreatedAndUpdatedAt
from core.models.enums import MonitorStatus

if TYPE_CHECKING:
    from core.models.website import Website


class DowntimeWindow(CreatedAndUpdatedAt, Base):
    __tablename__ = "downtime_windows"
    __table_args__ = (
        Index(None, "website_id", "started_at"),  # a website's timeline
        Index(None, "website_id", "ended_at"),  # its open window
        {"sqlite_autoincrement": True},  # the link in a message must not lead to the window of another website later
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"))
    started_at: Mapped[datetime]
    """When the first failed check began."""
    ended_at: Mapped[datetime | None]
    """When the first good check began, or when the website was paused; None while the website is down."""
    duration_seconds: Mapped[float | None]
    initial_status: Mapped[MonitorStatus] = mapped_column(
        Enum(MonitorStatus, validate_strings=True), default=MonitorStatus.DOWN
    )
    recovery_status: Mapped[MonitorStatus | None] = mapped_column(Enum(MonitorStatus, validate_strings=True))
    affected_checks_count: Mapped[int] = mapped_column(default=0)
    root_cause: Mapped[str | None] = mapped_column(Text)
    is_cause_given: Mapped[bool | None]
    """Whether a person wrote `root_cause`, so that no finding replaces it."""
    notes: Mapped[str | None] = mapped_column(Text)
    acknowledged_at: Mapped[datetime | None]
    """When somebody acknowledged the window; None before that."""
    acknowledged_by: Mapped[str | None] = mapped_column(String(320))

    @property
    def ended_in_pause(self) -> bool:
        """Whether a pause ended the window, so that the real end of the downtime is unknown."""
        return self.ended_at is not None and self.recovery_status == MonitorStatus.UNKNOWN

    @property
    def is_written_on(self) -> bool:
        """Whether a person added notes, a cause or an acknowledgement."""
        return bool(self.notes or self.is_cause_given or self.acknowledged_at)

    website: Mapped["Website"] = relationship(back_populates="downtime_windows", lazy="raise_on_sql")

    def __repr__(self) -> str:
        return f"<DowntimeWindow {self.id} of website {self.website_id} from {self.started_at}>"
