"""One check of a website: its status and the time of each phase."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Enum, ForeignKey, Index, PrimaryKeyConstraint, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.clock import utc_now
from core.models.base import Base, CheckId, CreatedAt
from core.models.enums import HTTPMethod, MonitorStatus

if TYPE_CHECKING:
    from core.models.website import Website

PLANNED = text("due_at IS NOT NULL")
NOT_UP = "status <> 'UP'"
"""Queries must contain exactly this condition to use the index of failures."""


class MonitorCheck(CreatedAt, Base):
    __tablename__ = "monitor_checks"
    __table_args__ = (
        Index(None, "website_id", "checked_at"),  # a website's latest check, and its chart
        # Recent failures of all websites. UP checks are left out, because each would change a page of the index.
        # For PostgreSQL, `core.models.months` creates this index and the next ones.
        Index(None, "status", "checked_at", sqlite_where=text(NOT_UP)).ddl_if(dialect="sqlite"),
        # Allows one check per slot and region, if two workers of a fleet got the same slot. On SQLite, where NULL
        # regions count as different, the index is empty, because such a store has a single monitor.
        Index(None, "website_id", "due_at", "region", unique=True, sqlite_where=PLANNED).ddl_if(dialect="sqlite"),
        PrimaryKeyConstraint("id").ddl_if(dialect="sqlite"),  # on PostgreSQL the key includes the time
    )

    id: Mapped[int] = mapped_column(CheckId, primary_key=True)
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
    download_time_ms: Mapped[float | None]
    """First byte until the last one."""
    redirect_count: Mapped[int | None]
    """The number of redirects; None in checks older than this column."""
    final_url: Mapped[str | None] = mapped_column(Text)
    """The URL after redirects, without credentials; None without redirects."""
    remote_address: Mapped[str | None] = mapped_column(String(64))
    """Address and port of the last connection, such as ``[::1]:443``."""
    http_version: Mapped[str | None] = mapped_column(String(16))
    """The ALPN name: ``http/1.1``, ``h2``, ``h3``."""
    body_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """The received size of the final answer's body, before decompression."""
    error_kind: Mapped[str | None] = mapped_column(String(32))
    """The kind of the error in `error_message`, for programs; None without an error."""
    error_message: Mapped[str | None] = mapped_column(Text)
    lag_ms: Mapped[float | None]
    """How late the monitor started the check; None if the check was not planned."""
    due_at: Mapped[datetime | None]
    """The slot (`core.models.check_schedule`) of the check; None outside of a fleet and for requested checks."""
    region: Mapped[str | None] = mapped_column(String(32))
    """The region that made the check; None if the website names no region."""
    region_status: Mapped[MonitorStatus | None] = mapped_column(Enum(MonitorStatus, validate_strings=True))
    """The region's own status. `status` is then the joint judgement of all regions of the website."""
    region_message: Mapped[str | None] = mapped_column(Text)
    """The reason for `region_status`, as `error_message` is for `status`."""
    checked_at: Mapped[datetime] = mapped_column(default=utc_now)
    """When the check began."""

    website: Mapped["Website"] = relationship(back_populates="monitor_checks", lazy="raise_on_sql")

    def __repr__(self) -> str:
        return f"<MonitorCheck {self.id} of website {self.website_id}: {self.status}>"
