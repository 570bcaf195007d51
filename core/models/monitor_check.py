"""One check of a website: its verdict and where the time went."""

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
"""What a query must say in these words to be answered from the index of failures."""


class MonitorCheck(CreatedAt, Base):
    __tablename__ = "monitor_checks"
    __table_args__ = (
        Index(None, "website_id", "checked_at"),  # a website's latest check, and its chart
        # Recent failures of all websites; nearly all checks are UP, and each would change a page of it. PostgreSQL's of
        # this and what follows: `core.models.months`.
        Index(None, "status", "checked_at", sqlite_where=text(NOT_UP)).ddl_if(dialect="sqlite"),
        # A slot that two workers of a fleet were given is stored once for each region; on SQLite, which tells missing
        # regions apart, the index is empty, as such a store has one monitor.
        Index(None, "website_id", "due_at", "region", unique=True, sqlite_where=PLANNED).ddl_if(dialect="sqlite"),
        PrimaryKeyConstraint("id").ddl_if(dialect="sqlite"),  # PostgreSQL's has the time in it
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
    """How many redirects were followed; None in checks older than this column."""
    final_url: Mapped[str | None] = mapped_column(Text)
    """Where the redirects ended, without credentials; None where there were none."""
    remote_address: Mapped[str | None] = mapped_column(String(64))
    """Address and port that were connected to last, such as ``[::1]:443``."""
    http_version: Mapped[str | None] = mapped_column(String(16))
    """As ALPN calls it: ``http/1.1``, ``h2``, ``h3``."""
    body_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """What was received of the final answer's body, as it was sent: compressed where it was."""
    error_kind: Mapped[str | None] = mapped_column(String(32))
    """Which kind of thing `error_message` tells of, for programs; None where there is none."""
    error_message: Mapped[str | None] = mapped_column(Text)
    lag_ms: Mapped[float | None]
    """By how much the check started late, which is ours and not the website's; None where nobody had planned it."""
    due_at: Mapped[datetime | None]
    """The slot of `core.models.check_schedule` for which it was made; None where no fleet checks, or out of turn."""
    region: Mapped[str | None] = mapped_column(String(32))
    """The region that made it, of those that its website named; None where it named none."""
    region_status: Mapped[MonitorStatus | None] = mapped_column(Enum(MonitorStatus, validate_strings=True))
    """What that region found by itself; `status` is then what all regions of the website together make of it."""
    region_message: Mapped[str | None] = mapped_column(Text)
    """Why, as `error_message` says why of `status`."""
    checked_at: Mapped[datetime] = mapped_column(default=utc_now)
    """When the check began."""

    website: Mapped["Website"] = relationship(back_populates="monitor_checks", lazy="raise_on_sql")

    def __repr__(self) -> str:
        return f"<MonitorCheck {self.id} of website {self.website_id}: {self.status}>"
