"""Status pages, which show the state of websites in groups, with their subscribers and mails."""

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
    """A separate host name, at whose root the page is served too."""
    password_hash: Mapped[str | None] = mapped_column(String(255))
    """The hash of the page's password; None if the page is public."""
    is_published: Mapped[bool] = mapped_column(Boolean, default=True)
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("notification_channels.id", ondelete="SET NULL"))
    """The e-mail channel for subscribers; None if nobody can subscribe."""


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
    """The position on the page. Groups are ordered by their first entry."""


class StatusPageTag(Base):
    """A tag whose websites are shown on a status page, including websites that get the tag later."""

    __tablename__ = "status_page_tags"
    __table_args__ = (
        Index(None, "tag_id"),  # the pages that show a website by its tags; its cascade
    )

    page_id: Mapped[int] = mapped_column(ForeignKey("status_pages.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)
    group_name: Mapped[str] = mapped_column(String(255))
    position: Mapped[int]
    """The position on the page, together with `StatusPageEntry.position`."""


class WindowUpdate(CreatedAt, Base):
    """An update that people wrote about a downtime window for readers of status pages."""

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
    """Not shown on status pages."""


class StatusSubscriber(CreatedAt, Base):
    """An e-mail subscriber of a status page."""

    __tablename__ = "status_subscribers"
    __table_args__ = (Index("uq_status_subscribers_page_id_email", "page_id", "email", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("status_pages.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(320))
    token: Mapped[str] = mapped_column(String(64), unique=True)
    """Used in the links of mails to confirm and to unsubscribe."""
    confirmed_at: Mapped[datetime | None]
    """None until the subscriber confirms by mail; only the confirmation request is sent before."""
    asked_at: Mapped[datetime]
    """When the last confirmation request was written."""


class StatusMail(CreatedAt, Base):
    """A mail to a subscriber, in an outbox like that of notifications."""

    __tablename__ = "status_mails"
    __table_args__ = (
        Index(None, "sent_at", "due_at"),  # notifications.status_mailer: what is due
        Index(None, "subscriber_id"),  # its cascade
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(255), unique=True)
    """Identifies the content and the receiver, so that no mail is written twice."""
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("status_subscribers.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(512))
    text: Mapped[str] = mapped_column(Text)
    """The text, with ``{root}`` in place of the address of our pages."""
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Text)
