"""Reads what the notifications page shows: channels, rules in words, and recent notifications."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.models import (
    ChannelKind,
    NotificationChannel,
    NotificationEvent,
    NotificationRule,
    NotificationState,
)
from core.notifications.message import duration
from core.phrases import counted, listed, spelled
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
from dashboard.words.website_names import distinct_names

MAX_LISTED = 1_000  # channels, rules or tags
KINDS = {ChannelKind.APPRISE: "a service", ChannelKind.WEBHOOK: "webhook", ChannelKind.EMAIL: "e-mail"}
WHEN = {
    NotificationEvent.DOWN: "goes down",
    NotificationEvent.UP: "is back",
    NotificationEvent.DEGRADED: "is degraded",
    NotificationEvent.FLAPPING: "flaps",
    NotificationEvent.CERTIFICATE: "has a certificate that expires soon",
    NotificationEvent.SLOW: "is slow",
    NotificationEvent.FINDING: "has evidence of the cause",
    NotificationEvent.BUDGET: "burns its error budget too fast",
    NotificationEvent.SILENT: "is checked by a region that stops reporting",
    NotificationEvent.HEARD: "is checked by a region that reports again",
    NotificationEvent.EVIDENCE: "has a browser recording of the failure",
    NotificationEvent.UNSTEADY: "fails intermittently",
    NotificationEvent.FAULT: "has a fault found by a debug session",
}
EVENT_PHRASES = {
    NotificationEvent.DOWN: "is down",
    NotificationEvent.UP: "is back",
    NotificationEvent.DEGRADED: "is degraded",
    NotificationEvent.FLAPPING: "is flapping",
    NotificationEvent.CERTIFICATE: "has a certificate that expires soon",
    NotificationEvent.SLOW: "is slow",
    NotificationEvent.FINDING: "has evidence of the cause",
    NotificationEvent.BUDGET: "burns its error budget too fast",
    NotificationEvent.SILENT: "is checked by a region that stopped reporting",
    NotificationEvent.HEARD: "is checked by a region that reports again",
    NotificationEvent.EVIDENCE: "has a browser recording of the failure",
    NotificationEvent.REMINDER: "is still down",
    NotificationEvent.UNSTEADY: "fails intermittently",
    NotificationEvent.FAULT: "has a fault found by a debug session",
    NotificationEvent.MENDED: "no longer has a fault",
}


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
                words=words_of(rule),
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
    read = notification_facts.read(db, notification_ids)
    found = [
        NotificationWords(
            id=notification.notification.id,
            at=notification.notification.sent_at or notification.notification.created_at,
            what=f"{notification.website.name} {EVENT_PHRASES[notification.notification.event]}",
            window_id=notification.notification.window_id,
            channel=notification.channel.name,
            state=notification.notification.state,
            attempts=notification.notification.attempts,
            answer=notification.notification.answer,
        )
        for notification in read
    ]
    return sorted(found, key=lambda notification: (notification.at, notification.id), reverse=True)


def words_of(rule: NotificationRule) -> str:
    """Say in words when a rule notifies."""
    parts = [f"when it {listed([WHEN[NotificationEvent(event)] for event in rule.events], 'or')}"]
    if rule.after_seconds:
        parts.append(f"once that has lasted {duration(rule.after_seconds)}")
    if rule.unless_acknowledged:
        parts.append("unless acknowledged")
    if rule.cooldown_seconds:
        parts.append(f"at most every {_every(rule.cooldown_seconds)}")
    if rule.remind_seconds:
        parts.append(f"again every {_every(rule.remind_seconds)} until recovery or acknowledgement")
    if rule.quiet_from:
        parts.append(f"not from {rule.quiet_from} to {rule.quiet_until} in {rule.timezone}")
    return ", ".join([*parts, *_limits(rule)])


def _limits(rule: NotificationRule) -> list[str]:
    """Return the limits of the rule's events in words, such as from how many ms on a website is slow."""
    parts = []
    if NotificationEvent.CERTIFICATE in rule.events:
        parts.append(f"within {counted(rule.certificate_days, 'day')}")
    if NotificationEvent.SLOW in rule.events:
        parts.append(f"95th percentile above {rule.slow_ms:,} ms over {counted(rule.slow_minutes, 'minute')}")
    if NotificationEvent.BUDGET in rule.events:
        parts.append(f"of {rule.budget_target:g}%")
    if NotificationEvent.UNSTEADY in rule.events:
        parts.append(f"from {rule.unsteady_percent}% of its last checks on")
    if {NotificationEvent.FINDING, NotificationEvent.FAULT} & set(rule.events) and rule.finding_kinds:
        parts.append(f"of {listed([spelled(kind) for kind in rule.finding_kinds], 'or')}")
    return parts


def _every(seconds: int) -> str:
    """Return ``hour`` or ``2 hours``, to follow "every"."""
    words = duration(seconds)
    return words.removeprefix("1 ") if words.count(" ") == 1 else words
