"""Reads the log of notifications, with filters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.models import NotificationChannel, NotificationState
from core.services import NotificationCRUD, WebsiteCRUD
from dashboard.queries.notifications import NotificationWords, notification_words
from dashboard.url_numbers import read_id

PAGE_SIZE = 50  # notifications
RANGES = {"24 h": timedelta(days=1), "7 d": timedelta(days=7), "30 d": timedelta(days=30), "90 d": timedelta(days=90)}
STATES = {
    "sent": NotificationState.SENT,
    "failed": NotificationState.FAILED,
    "pending": NotificationState.PENDING,
    "skipped": NotificationState.SKIPPED,
}
FILTERS = ("channel", "state", "website", "range")  # the URL's parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """One page of the log."""

    notifications: list[NotificationWords]
    total: int
    """The number of notifications on all pages."""


def load(db: Session, chosen: Mapping[str, str], page: int, *, now: datetime) -> LogPage:
    """Return a page, counted from 1, of the notifications that *chosen* selects; unknown values are ignored."""
    channel_id, website_id = read_id(chosen.get("channel", "")), read_id(chosen.get("website", ""))
    span = RANGES.get(chosen.get("range", ""))
    found, total = NotificationCRUD.get_all(
        db,
        skip=(page - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
        channel_id=channel_id if channel_id and db.get(NotificationChannel, channel_id) else None,
        website_id=website_id if website_id and WebsiteCRUD.get_by_id(db, website_id) else None,
        state=STATES.get(chosen.get("state", "")),
        since=now - span if span else None,
    )
    return LogPage(notifications=notification_words(db, [notification.id for notification in found]), total=total)
