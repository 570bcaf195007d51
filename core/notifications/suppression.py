"""Finds out why a notification must not be sent: not at all, or not yet."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import (
    MonitorStatus,
    Notification,
    NotificationEvent,
    NotificationRule,
    NotificationState,
    Website,
    WebsiteFault,
)
from core.notifications.faults import awaits_second_look
from core.notifications.lasting_conditions import CONDITION_EVENTS, lasting
from core.notifications.message import MessageFacts
from core.notifications.rules import Situation, is_already_known, skip_reason
from core.services import (
    DowntimeWindowCRUD,
    FindingCRUD,
    NotificationCRUD,
    dependency,
    flapping,
    notification_message,
)
from core.services.monitor_check import AVAILABLE
from core.services.notification_facts import NotificationFacts

CONFIRMED = timedelta(minutes=5)  # within this time a failing website is either DOWN or available again
EVENTS_OF_AVAILABLE = (NotificationEvent.UNSTEADY, NotificationEvent.FAULT)
"""Events that are not sent once the website is DOWN."""
EVENTS_OF_PAUSED = (NotificationEvent.UP, NotificationEvent.SILENT, NotificationEvent.HEARD)
"""Events that are also sent for a paused website: its failure was sent before, or the event is about a region."""


def read_skip_reason(
    db: Session, read: NotificationFacts, failure: Notification | None, facts: MessageFacts
) -> str | None:
    """Return why a notification is never sent, in a sentence; None to send it.

    Args:
        db: The session.
        read: The notification and its objects.
        failure: The notification of the failure that this one follows, if any.
        facts: The content of its message.
    """
    notification, website, rule, window = read.notification, read.website, read.rule, read.window
    if not read.channel.is_enabled:
        return "The channel is disabled."
    if rule is None or not rule.is_enabled:
        return "The rule was deleted or disabled."
    if not website.is_active and notification.event not in EVENTS_OF_PAUSED:
        return "The website is paused."
    since = notification.happened_at - timedelta(seconds=rule.cooldown_seconds)
    parent = dependency.down_ancestor(db, website, notification.happened_at)
    situation = Situation(
        parent=parent.name if parent else None,
        ended_at=window.ended_at if window else None,
        acknowledged_by=window.acknowledged_by if window else None,
        was_attempted=notification.attempts > 1,
        is_in_cooldown=bool(rule.cooldown_seconds)
        and NotificationCRUD.was_sent_since(db, rule.id, notification.website_id, since, but_for=notification.id),
        is_over=_is_over(db, read),
        is_called_down=notification.event in EVENTS_OF_AVAILABLE and _is_called_down(db, website),
        failure=NotificationState.SENT if facts.follows else failure.state if failure else None,
        nothing_new=_nothing_new(db, read, failure, facts),
    )
    return skip_reason(rule, notification.event, _was_due(notification, rule), situation)


def _was_due(notification: Notification, rule: NotificationRule) -> datetime:
    """Return when *notification* was due; before it was written if its checks were held and stored late."""
    if notification.due_at > notification.created_at:
        return notification.due_at
    return notification.happened_at + timedelta(seconds=rule.after_seconds)


def read_hold_reason(
    db: Session, read: NotificationFacts, failure: Notification | None, *, confirms_faults: bool
) -> str | None:
    """Return what a notification waits for, in a sentence; None to send it now.

    A recovery waits until its *failure* was sent. A failure waits while a website that it depends on is down. A fault
    waits for a second debug session if *confirms_faults*, that is if this installation starts one.
    """
    if failure is not None and failure.state is NotificationState.PENDING:
        return "Waiting for the notification of its failure."
    if read.notification.event is NotificationEvent.FAULT:
        return _fault_wait_reason(db, read, confirms_faults=confirms_faults)
    if read.notification.event not in (NotificationEvent.DOWN, NotificationEvent.DEGRADED):
        return None
    now = utc_now()
    parent = dependency.down_ancestor(db, read.website, now)
    if parent is not None:
        return f"{parent.name}, which it depends on, is down."
    if dependency.is_undecided(db, read.website, read.notification.happened_at, now):
        return "Waiting for another check of the website or of the one it depends on."
    return None


def _fault_wait_reason(db: Session, read: NotificationFacts, *, confirms_faults: bool) -> str | None:
    """A fault may disappear by itself, or turn out to be downtime, which has messages of its own."""
    found_at, now = read.notification.happened_at, utc_now()
    fault = db.get(WebsiteFault, read.notification.fault_id)
    if confirms_faults and fault is not None and awaits_second_look(db, read.website, fault, now):
        return "Waiting for a second debug session to confirm it."
    is_failing = read.state is not None and read.state.status not in AVAILABLE
    if dependency.is_awaited(db, read.website, found_at, now) or (is_failing and now < found_at + CONFIRMED):
        return "Waiting for a check that shows whether it is down."
    return None


def _nothing_new(db: Session, read: NotificationFacts, failure: Notification | None, facts: MessageFacts) -> str | None:
    """Return why evidence or a finding adds nothing to the messages that were sent about the failure."""
    event = read.notification.event
    if event not in (NotificationEvent.EVIDENCE, NotificationEvent.FINDING):
        return None
    if event is NotificationEvent.EVIDENCE and failure is not None and failure.has_picture:
        return "The notification of the failure already included it."
    if failure is not None and notification_message.websites_of(db, failure) > 1:
        return "Its failure was sent in one message with others."
    if event is NotificationEvent.FINDING:
        causes = NotificationCRUD.named_causes(db, read.notification)
        return "Already sent." if is_already_known(read.notification.detail or "", causes) else None
    has_findings = read.window is None or FindingCRUD.get_by_window(db, read.window.id, limit=1)[1] > 0
    return None if facts.picture is not None or has_findings else "No screenshot and no findings."


def _is_over(db: Session, read: NotificationFacts) -> bool:
    if read.notification.event in CONDITION_EVENTS:
        return read.notification.id not in lasting(db, [read.notification])
    return read.state is None or read.state.status is not MonitorStatus.DEGRADED


def _is_called_down(db: Session, website: Website) -> bool:
    is_down = DowntimeWindowCRUD.get_ongoing_downtime(db, website.id) is not None
    return is_down or website.id in flapping.flapping(db, [website.id])
