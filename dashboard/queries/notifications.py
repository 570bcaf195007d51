"""Reads what the notifications page shows: channels, rules and recent notifications."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.models import (
    NotificationChannel,
    NotificationRule,
    NotificationState,
)
from core.services import (
    NotificationChannelCRUD,
    NotificationCRUD,
    NotificationRuleCRUD,
    TagCRUD,
    WebsiteCRUD,
    notification_facts,
)
from dashboard.parsing.subjects import Choice, subject_key, subjects_among
from dashboard.queries import monthly_reports
from dashboard.queries.monthly_reports import ReportWords
from dashboard.words.notification import EVENT_PHRASES, rule_words
from dashboard.words.website_names import distinct_names

MAX_LISTED = 1_000  # channels, rules or tags


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationWords:
    """One notification in words."""

    id: int
    at: datetime
    what: str
    window_id: int | None
    channel: str
    state: NotificationState
    attempts: int
    answer: str | None
    """The service's answer, or why nothing was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWords:
    """A rule in words."""

    rule: NotificationRule
    subject: str
    channel: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsState:
    """Everything the page shows."""

    channels: list[NotificationChannel]
    rules: list[RuleWords]
    websites: dict[int, str]
    """The names of all websites by id, in display order."""
    subjects: list[Choice]
    """The choices of what a rule applies to."""
    tags: list[str]
    reports: list[ReportWords]


def load(db: Session) -> NotificationsState:
    """Return the page's state, without the log."""
    channels, _ = NotificationChannelCRUD.get_all(db, limit=MAX_LISTED)
    rules, _ = NotificationRuleCRUD.get_all(db, limit=MAX_LISTED)
    tags = TagCRUD.get_used(db, MAX_LISTED)
    websites = WebsiteCRUD.get_names(db)
    subjects = subjects_among(tags, websites, of_all="all websites", of_tag="websites with the tag")
    names = {choice.key: choice.words for choice in subjects}
    to = {channel.id: channel.name for channel in channels}
    return NotificationsState(
        channels=channels,
        rules=[
            RuleWords(
                rule=rule,
                subject=names.get(subject_key(rule.website_id, rule.tag_id), "one website"),
                channel=to.get(rule.channel_id, ""),
                words=rule_words(rule),
            )
            for rule in rules
        ],
        websites=distinct_names(websites),
        subjects=subjects,
        tags=[tag.name for tag in tags],
        reports=monthly_reports.load(db, to),
    )


def notifications_of_window(db: Session, window_id: int) -> list[NotificationWords]:
    """Return a window's notifications, newest first. Of each channel's reminders only the last is returned."""
    counts = NotificationCRUD.counts_of_window(db, window_id)
    return [
        replace(notification, what=f"{notification.what} ({counts[notification.id]:,} reminders)")
        if counts[notification.id] > 1
        else notification
        for notification in notification_words(db, list(counts))
    ]


def notification_words(db: Session, notification_ids: Sequence[int]) -> list[NotificationWords]:
    """Return these notifications in words, newest first."""
    found = [
        NotificationWords(
            id=facts.notification.id,
            at=facts.notification.sent_at or facts.notification.created_at,
            what=f"{facts.website.name} {EVENT_PHRASES[facts.notification.event]}",
            window_id=facts.notification.window_id,
            channel=facts.channel.name,
            state=facts.notification.state,
            attempts=facts.notification.attempts,
            answer=facts.notification.answer,
        )
        for facts in notification_facts.read(db, notification_ids)
    ]
    return sorted(found, key=lambda notification: (notification.at, notification.id), reverse=True)
