"""Notification rules: which events of which websites go to a channel, and when not."""

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, CreatedAndUpdatedAt, ManagedByFile


class NotificationRule(CreatedAndUpdatedAt, ManagedByFile, Base):
    """A rule for one website, for the websites with a tag, or for all websites without either."""

    __tablename__ = "notification_rules"
    __table_args__ = (
        Index(None, "channel_id"),  # the rules of a channel; its cascade
        Index(None, "website_id"),  # its cascade
        Index(None, "tag_id"),  # its cascade
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    channel_id: Mapped[int] = mapped_column(ForeignKey("notification_channels.id", ondelete="CASCADE"))
    website_id: Mapped[int | None] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"))
    tag_id: Mapped[int | None] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"))
    events: Mapped[list[str]] = mapped_column(JSON)
    """Names of `NotificationEvent`."""
    after_seconds: Mapped[int] = mapped_column(default=0)
    """How long a website must be down or degraded before the rule notifies."""
    unless_acknowledged: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether an acknowledgement suppresses the notification: with `after_seconds`, an escalation."""
    certificate_days: Mapped[int] = mapped_column(default=14)
    cooldown_seconds: Mapped[int] = mapped_column(default=0)
    """How long after a notified failure of a website the next failure is not notified."""
    remind_seconds: Mapped[int] = mapped_column(default=0)
    """The interval of reminders until the website recovers or somebody acknowledges the failure; 0 for none."""
    quiet_from: Mapped[str | None] = mapped_column(String(5))
    """``HH:MM`` in `timezone`. Notifications during quiet hours wait for their end."""
    quiet_until: Mapped[str | None] = mapped_column(String(5))
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    slow_ms: Mapped[int] = mapped_column(default=2_000)
    """The limit for the 95th percentile of response times over `slow_minutes`."""
    slow_minutes: Mapped[int] = mapped_column(default=10)
    finding_kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Values of `core.diagnosis.kinds.Kind`; empty for all."""
    budget_target: Mapped[float] = mapped_column(default=99.9)
    """The target percentage of available time."""
    unsteady_percent: Mapped[int] = mapped_column(default=5)
    """The percentage of recent checks that must fail, as `core.services.unsteadiness` counts them."""
    template: Mapped[str | None] = mapped_column(Text)
    """The message's text with ``$names`` of `core.schemas.notification_rule.NAMES`; None for the default."""
    is_enabled: Mapped[bool] = mapped_column(Boolean, default=True)
