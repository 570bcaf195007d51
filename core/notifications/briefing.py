"""Reads what a notification needs to be sent, or the reason why it is not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import (
    ChannelKind,
    DowntimeWindow,
    MonitorStatus,
    Notification,
    NotificationEvent,
    NotificationState,
    Website,
    WebsiteFault,
    WebsiteState,
)
from core.notifications.links import Links
from core.notifications.message import Facts, Picture
from core.notifications.ticket import Ticket, issue
from core.notifications.withheld import refusal_of, wait_of
from core.schemas.session_options import without_secrets
from core.schemas.url import display_url
from core.sealing import Sealer
from core.services import (
    NotificationCRUD,
    notification_facts,
    notification_message,
)
from core.services.failure_picture import failure_picture, session_picture
from core.services.notification_facts import NotificationFacts

PICTURED = (NotificationEvent.DOWN, NotificationEvent.FINDING, NotificationEvent.EVIDENCE, NotificationEvent.FAULT)
"""Events whose messages show what the browser saw."""
FOLLOWING = (NotificationEvent.UP, NotificationEvent.EVIDENCE, NotificationEvent.REMINDER, NotificationEvent.FINDING)
"""Events that are told after the window's failure, and where that was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """One notification, ready to be sent."""

    notification_id: int
    key: str
    attempts: int
    channel_id: int
    channel: str
    """Its name."""
    kind: ChannelKind
    sealed_address: str
    template: str | None
    facts: Facts
    refusal: str | None
    """Why it is not to be sent after all."""
    waits: str | None
    """For what it waits, in a sentence; None to send it now."""


def prepare(db: Session, notification_ids: Sequence[int], links: Links, sealer: Sealer) -> list[Brief]:
    """The briefs of these notifications, in order of what is due; *sealer* seals the links that acknowledge."""
    return [_brief(db, facts, links, sealer) for facts in notification_facts.read(db, notification_ids)]


def _brief(db: Session, read: NotificationFacts, links: Links, sealer: Sealer) -> Brief:
    notification, channel, rule = read.notification, read.channel, read.rule
    failure = _failure(db, read)
    facts = _facts(db, read, links, sealer)
    told = _first_told(db, failure) if failure else _told_of_flapping(db, notification)
    if told is not None:
        is_over = notification.event is not NotificationEvent.UP or notification_message.is_over(db, told)
        facts = replace(facts, follows=notification_message.key_of(db, told), is_over=is_over)
    return Brief(
        notification_id=notification.id,
        key=notification.key,
        attempts=notification.attempts,
        channel_id=channel.id,
        channel=channel.name,
        kind=channel.kind,
        sealed_address=channel.sealed_address,
        template=rule.template if rule else None,
        facts=facts,
        refusal=refusal_of(db, read, failure, facts),
        waits=wait_of(db, read, failure),
    )


def _failure(db: Session, read: NotificationFacts) -> Notification | None:
    """What the same rule was to tell before: the failure whose end, evidence or reminder this is."""
    notification, rule, window = read.notification, read.rule, read.window
    if rule is None:
        return None
    if window is not None and notification.event in FOLLOWING:
        return NotificationCRUD.of_window(db, rule.id, window.id, NotificationEvent.DOWN)
    if notification.fault_id is not None and notification.event is NotificationEvent.MENDED:
        return NotificationCRUD.of_fault(db, rule.id, notification.fault_id)
    if notification.event is NotificationEvent.HEARD:
        return NotificationCRUD.of_silence(db, rule.id, notification.key.partition(":heard:")[2])
    return None


def _facts(db: Session, read: NotificationFacts, links: Links, sealer: Sealer) -> Facts:
    notification, channel, website, _rule, window, state = read
    fault = db.get(WebsiteFault, notification.fault_id) if notification.fault_id is not None else None
    known_cause = window.root_cause if window else state.error_message if state else None
    return Facts(
        event=notification.event,
        website=website.name,
        url=display_url(website.url),
        cause=notification.detail or known_cause or "The reason is not known.",
        symptom=state.error_message if state is not None and state.status is MonitorStatus.DOWN else None,
        since=window.started_at if window else fault.found_at if fault else notification.happened_at,
        until=_until(notification, window, fault, state),
        told_at=utc_now() if notification.event is NotificationEvent.REMINDER else None,
        link=_link(links, website, window, fault),
        picture=_picture(db, website, window, fault, links) if notification.event in PICTURED else None,
        acknowledge=_acknowledging(window, channel.name, links, sealer),
        website_id=website.id,
        window_id=window.id if window else None,
    )


def _until(
    notification: Notification, window: DowntimeWindow | None, fault: WebsiteFault | None, state: WebsiteState | None
) -> datetime | None:
    if notification.event is NotificationEvent.CERTIFICATE and state is not None:
        return state.certificate_expires_at
    return window.ended_at if window else fault.gone_at if fault else None


def _link(links: Links, website: Website, window: DowntimeWindow | None, fault: WebsiteFault | None) -> str:
    if fault is not None:
        return links.session(fault.session_id)
    return links.window(window.id) if window else links.website(website.id)


def _picture(
    db: Session, website: Website, window: DowntimeWindow | None, fault: WebsiteFault | None, links: Links
) -> Picture | None:
    """What the browser saw; None while it has not, and where it signs in: what only few may see stays here."""
    defaults = website.session_defaults
    if defaults and without_secrets(defaults) != defaults:
        return None
    found = failure_picture(db, window.id) if window else session_picture(db, fault.session_id) if fault else None
    if found is None:
        return None
    return Picture(data=found.data, mime_type=found.mime_type, link=links.artifact(found.debug_session_id, found.id))


def _acknowledging(window: DowntimeWindow | None, channel: str, links: Links, sealer: Sealer) -> str | None:
    """The link by which whoever reads the channel takes the window up; None where there is nothing to take up."""
    if window is None or window.ended_at is not None or window.acknowledged_by is not None:
        return None
    return links.acknowledge(issue(sealer, Ticket(window_ids=(window.id,), channel=channel), utc_now()))


def _first_told(db: Session, failure: Notification) -> Notification | None:
    """What told of *failure* first: a reminder where it was dropped itself, as within a cool-down, or not taken."""
    return failure if failure.state is NotificationState.SENT else NotificationCRUD.first_reminder(db, failure)


def _told_of_flapping(db: Session, notification: Notification) -> Notification | None:
    """What told of the failure amid which flapping began, or of that: flapping goes on with it, and its end."""
    is_end = notification.event is NotificationEvent.UP
    begun = NotificationCRUD.flapping_before(db, notification) if is_end else notification
    if begun is None or begun.event is not NotificationEvent.FLAPPING or begun.rule_id is None:
        return None
    failure = begun.window_id and NotificationCRUD.of_window(db, begun.rule_id, begun.window_id, NotificationEvent.DOWN)
    return (failure and _first_told(db, failure)) or (begun if is_end else None)
