"""A fault that debug sessions found in a page whose website is up, from the first that saw it until one did not."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base


class WebsiteFault(Base):
    __tablename__ = "website_faults"
    __table_args__ = (
        Index(None, "website_id", "gone_at"),  # services.website_fault: the faults that a page has now
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"))
    page: Mapped[str] = mapped_column(String(64))
    """Names what was opened and how: another address or device may have faults of its own."""
    kind: Mapped[str] = mapped_column(String(32))
    """`core.diagnosis.kinds.Kind`."""
    sentence: Mapped[str] = mapped_column(Text)
    """As it was found last."""
    session_id: Mapped[int]
    """The debug session that found it last; not a reference, since that may be deleted before."""
    found_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    """When a session of the page did not find it any more; None while it is there."""
