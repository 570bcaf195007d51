"""What is told to whom: events of websites that go to a channel, and when they do not."""

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, CreatedAndUpdatedAt, ManagedByFile


class NotificationRule(CreatedAndUpdatedAt, ManagedByFile, Base):
    """For one website, for a tag's websites or, with neither, for all."""

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
    """How long a website must have been down or degraded before it is told."""
    unless_acknowledged: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether somebody who has taken it up keeps it from being told: with `after_seconds`, an escalation."""
    certificate_days: Mapped[int] = mapped_column(default=14)
    cooldown_seconds: Mapped[int] = mapped_column(default=0)
    """How long after one failure of a website the next one is not told."""
    remind_seconds: Mapped[int] = mapped_column(default=0)
    """How long after a failure was told it is told again, until it is back or somebody has taken it up; 0 for never."""
    quiet_from: Mapped[str | None] = mapped_column(String(5))
    """``HH:MM`` by the clocks of `timezone`; what falls into quiet hours waits for their end."""
    quiet_until: Mapped[str | None] = mapped_column(String(5))
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    slow_ms: Mapped[int] = mapped_column(default=2_000)
    """Above it the 95th percentile of response times over `slow_minutes` is too much."""
    slow_minutes: Mapped[int] = mapped_column(default=10)
    finding_kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Values of `core.diagnosis.kinds.Kind`; all when empty."""
    budget_target: Mapped[float] = mapped_column(default=99.9)
    """Percentage of time that is to be available."""
    unsteady_percent: Mapped[int] = mapped_column(default=5)
    """Of the last checks, as `core.services.unsteadiness` counts them: how many may not fail now and then."""
    template: Mapped[str | None] = mapped_column(Text)
    """The message's text with ``$names`` of `core.notifications.message.NAMES`; None for ours."""
    is_enabled: Mapped[bool] = mapped_column(Boolean, default=True)
