"""Reads notifications with all related rows in one query."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import (
    DowntimeWindow,
    Notification,
    NotificationChannel,
    NotificationRule,
    Website,
    WebsiteState,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationFacts:
    """A notification with its related rows."""

    notification: Notification
    channel: NotificationChannel
    website: Website
    rule: NotificationRule | None
    window: DowntimeWindow | None
    state: WebsiteState | None


def read(db: Session, notification_ids: Sequence[int]) -> list[NotificationFacts]:
    """Return these notifications in the order of their due times."""
    query = (
        select(Notification, NotificationChannel, Website, NotificationRule, DowntimeWindow, WebsiteState)
        .join(NotificationChannel, NotificationChannel.id == Notification.channel_id)
        .join(Website, Website.id == Notification.website_id)
        .outerjoin(NotificationRule, NotificationRule.id == Notification.rule_id)
        .outerjoin(DowntimeWindow, DowntimeWindow.id == Notification.window_id)
        .outerjoin(WebsiteState, WebsiteState.website_id == Notification.website_id)
        .where(Notification.id.in_(notification_ids))
        .order_by(Notification.due_at, Notification.id)
    )
    return [
        NotificationFacts(
            notification=notification, channel=channel, website=website, rule=rule, window=window, state=state
        )
        for notification, channel, website, rule, window, state in db.execute(query)
    ]
