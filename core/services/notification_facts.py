"""Reads notifications with all related rows in one query."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.models import (
    DowntimeWindow,
    Notification,
    NotificationChannel,
    NotificationRule,
    Website,
    WebsiteState,
)


class NotificationFacts(NamedTuple):
    """A notification with its related rows."""

    notification: Notification
    channel: NotificationChannel
    website: Website
    rule: NotificationRule | None
    window: DowntimeWindow | None
    state: WebsiteState | None


def read(db: Session, notification_ids: Sequence[int]) -> list[NotificationFacts]:
    """Return these notifications in the order of their due times."""
    query = select_facts().where(Notification.id.in_(notification_ids)).order_by(Notification.due_at, Notification.id)
    return [NotificationFacts(*row) for row in db.execute(query)]


def select_facts(*further: Any) -> Select[Any]:
    """Return the query for *further* columns and the fields of `NotificationFacts`."""
    return (
        select(*further, Notification, NotificationChannel, Website, NotificationRule, DowntimeWindow, WebsiteState)
        .select_from(Notification)
        .join(NotificationChannel, NotificationChannel.id == Notification.channel_id)
        .join(Website, Website.id == Notification.website_id)
        .outerjoin(NotificationRule, NotificationRule.id == Notification.rule_id)
        .outerjoin(DowntimeWindow, DowntimeWindow.id == Notification.window_id)
        .outerjoin(WebsiteState, WebsiteState.website_id == Notification.website_id)
    )
