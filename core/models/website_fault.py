"""A fault in a page of a website that is up, from the debug session that found it first until one does not."""

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
    """Identifies the URL and the device, because each may have different faults."""
    kind: Mapped[str] = mapped_column(String(32))
    """`core.diagnosis.kinds.Kind`."""
    sentence: Mapped[str] = mapped_column(Text)
    """The sentence of the last finding."""
    session_id: Mapped[int]
    """The last debug session that found it; not a foreign key, because the session may be deleted earlier."""
    found_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    """When a session of the page no longer found it; None while it exists."""
