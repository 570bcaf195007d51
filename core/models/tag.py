"""Tags, which group websites for filters, rules and maintenance."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, CreatedAndUpdatedAt


class Tag(CreatedAndUpdatedAt, Base):
    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    """In lower case."""


class WebsiteTag(Base):
    """A tag of a website."""

    __tablename__ = "website_tags"
    __table_args__ = (
        Index(None, "tag_id", "website_id"),  # the websites of a tag
    )

    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)
