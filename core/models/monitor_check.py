"""One check of a website: its verdict and where the time went."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Enum, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.clock import utc_now
from core.models.base import Base, CreatedAt
from core.models.enums import HTTPMethod, MonitorStatus

if TYPE_CHECKING:
    from core.models.website import Website


class MonitorCheck(CreatedAt, Base):
    __tablename__ = "monitor_checks"
    __table_args__ = (
        Index(None, "website_id", "checked_at"),  # a website's latest check, and its chart
        Index(None, "status", "checked_at"),  # recent failures of all websites
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"))
    status: Mapped[MonitorStatus] = mapped_column(Enum(MonitorStatus, validate_strings=True))
    http_status_code: Mapped[int | None]
    http_method: Mapped[HTTPMethod] = mapped_column(Enum(HTTPMethod, validate_strings=True), default=HTTPMethod.GET)
    response_time_ms: Mapped[float | None]
    """From the start of the check until the last byte of the final answer."""
    dns_time_ms: Mapped[float | None]
    connect_time_ms: Mapped[float | None]
    tls_time_ms: Mapped[float | None]
    ttfb_ms: Mapped[float | None]
    """Request fully sent until the first byte of the answer (HAR 1.2 ``wait``)."""
    error_message: Mapped[str | None] = mapped_column(Text)
    checked_at: Mapped[datetime] = mapped_column(default=utc_now)
    """When the check began."""

    website: Mapped["Website"] = relationship(back_populates="monitor_checks", lazy="raise_on_sql")

    def __repr__(self) -> str:
        return f"<MonitorCheck {self.id} of website {self.website_id}: {self.status}>"
