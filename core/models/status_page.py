"""A page that tells others how websites are: which ones, in which groups, under which name."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, CreatedAndUpdatedAt, CreatedAt, ManagedByFile


class StatusPage(CreatedAndUpdatedAt, ManagedByFile, Base):
    __tablename__ = "status_pages"
    __table_args__ = (
        Index(None, "channel_id"),  # its SET NULL
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    """Its address is ``/status/SLUG``."""
    title: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    logo: Mapped[str | None] = mapped_column(Text)
    """A picture as ``data:`` URL."""
    domain: Mapped[str | None] = mapped_column(String(255), unique=True)
    """A host name of its own, at whose root it is served too."""
    password_hash: Mapped[str | None] = mapped_column(String(255))
    """Who knows the password may see it; None where all may."""
    is_published: Mapped[bool] = mapped_column(Boolean, default=True)
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("notification_channels.id", ondelete="SET NULL"))
    """The e-mail channel by which subscribers are told; None where nobody can subscribe."""


class StatusPageEntry(Base):
    """A website on a status page."""

    __tablename__ = "status_page_entries"
    __table_args__ = (
        Index(None, "website_id"),  # the pages that show a website; its cascade
    )

    page_id: Mapped[int] = mapped_column(ForeignKey("status_pages.id", ondelete="CASCADE"), primary_key=True)
    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"), primary_key=True)
    group_name: Mapped[str] = mapped_column(String(255))
    position: Mapped[int]
    """Among all of the page; groups come in the order of their first one."""


class StatusPageTag(Base):
    """A tag whose websites stand on a status page, whoever bears it by then."""

    __tablename__ = "status_page_tags"
    __table_args__ = (
        Index(None, "tag_id"),  # the pages that show a website by its tags; its cascade
    )

    page_id: Mapped[int] = mapped_column(ForeignKey("status_pages.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)
    group_name: Mapped[str] = mapped_column(String(255))
    position: Mapped[int]
    """As `StatusPageEntry.position`, among both."""


class WindowUpdate(CreatedAt, Base):
    """What people wrote for others about a downtime window while it was going on."""

    __tablename__ = "window_updates"
    __table_args__ = (
        Index(None, "window_id", "created_at"),  # the updates of a window, in order; its cascade
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    window_id: Mapped[int] = mapped_column(ForeignKey("downtime_windows.id", ondelete="CASCADE"))
    stage: Mapped[str] = mapped_column(String(16))
    """investigating, identified, monitoring or resolved."""
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(320))
    """Is not shown to others."""


class StatusSubscriber(CreatedAt, Base):
    """Somebody who wants to be told by e-mail of what a status page shows."""

    __tablename__ = "status_subscribers"
    __table_args__ = (Index("uq_status_subscribers_page_id_email", "page_id", "email", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("status_pages.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(320))
    token: Mapped[str] = mapped_column(String(64), unique=True)
    """Stands in the links of mails: by it one confirms and leaves."""
    confirmed_at: Mapped[datetime | None]
    """None until the address has been confirmed from its own mailbox; nothing else is sent before."""
    asked_at: Mapped[datetime]
    """When the mail that asks for the confirmation was written last."""


class StatusMail(CreatedAt, Base):
    """A mail to a subscriber: an outbox like that of notifications."""

    __tablename__ = "status_mails"
    __table_args__ = (
        Index(None, "sent_at", "due_at"),  # notifications.status_mailer: what is due
        Index(None, "subscriber_id"),  # its cascade
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(255), unique=True)
    """Names what is told to whom, so that the same is written once."""
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("status_subscribers.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(512))
    text: Mapped[str] = mapped_column(Text)
    """With ``{root}`` where the address of our pages belongs."""
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Text)
