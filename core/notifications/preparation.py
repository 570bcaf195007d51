"""Reads everything that is needed to send a notification, or why it is skipped or has to wait."""

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
    Website,
    WebsiteFault,
    WebsiteState,
)
from core.notifications.links import Links
from core.notifications.message import MessageFacts, Picture
from core.notifications.suppression import read_hold_reason, read_skip_reason
from core.notifications.threads import thread_of
from core.notifications.ticket import Ticket, issue
from core.schemas.option_secrets import mask_session_options
from core.schemas.url import display_url
from core.sealing import Sealer
from core.services import notification_facts
from core.services.failure_picture import failure_picture, session_picture
from core.services.notification_facts import NotificationFacts

PICTURED = (NotificationEvent.DOWN, NotificationEvent.FINDING, NotificationEvent.EVIDENCE, NotificationEvent.FAULT)
"""Events whose messages include a screenshot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedNotification:
    """A leased notification with everything that is needed to send it."""

    notification_id: int
    key: str
    attempts: int
    channel_id: int
    channel: str
    """The channel's name."""
    kind: ChannelKind
    sealed_address: str
    template: str | None
    facts: MessageFacts
    skip_reason: str | None
    """Why the notification is skipped, in a sentence; None to send it."""
    hold_reason: str | None
    """What the notification waits for, in a sentence; None to send it now."""


def prepare(
    db: Session, notification_ids: Sequence[int], links: Links, sealer: Sealer, *, confirms_faults: bool = True
) -> list[PreparedNotification]:
    """Read these notifications, in the order in which they were due.

    Args:
        db: The session.
        notification_ids: The leased notifications.
        links: Builds the links of the messages.
        sealer: Seals the tickets in links that acknowledge.
        confirms_faults: Whether this installation starts debug sessions that confirm a fault.
    """
    found = notification_facts.read(db, notification_ids)
    return [_prepare(db, facts, links, sealer, confirms_faults=confirms_faults) for facts in found]


def _prepare(
    db: Session, read: NotificationFacts, links: Links, sealer: Sealer, *, confirms_faults: bool
) -> PreparedNotification:
    notification, channel, rule = read.notification, read.channel, read.rule
    thread = thread_of(db, notification, read.window)
    facts = replace(_facts(db, read, links, sealer), follows=thread.follows, is_over=thread.is_over)
    return PreparedNotification(
        notification_id=notification.id,
        key=notification.key,
        attempts=notification.attempts,
        channel_id=channel.id,
        channel=channel.name,
        kind=channel.kind,
        sealed_address=channel.sealed_address,
        template=rule.template if rule else None,
        facts=facts,
        skip_reason=read_skip_reason(db, read, thread.failure, facts),
        hold_reason=read_hold_reason(db, read, thread.failure, confirms_faults=confirms_faults),
    )


def _facts(db: Session, read: NotificationFacts, links: Links, sealer: Sealer) -> MessageFacts:
    notification, channel, website = read.notification, read.channel, read.website
    window, state = read.window, read.state
    fault = db.get(WebsiteFault, notification.fault_id) if notification.fault_id is not None else None
    known_cause = window.root_cause if window else state.error_message if state else None
    return MessageFacts(
        event=notification.event,
        website=website.name,
        url=display_url(website.url),
        cause=notification.detail or known_cause or "Cause unknown.",
        symptom=state.error_message if state is not None and state.status is MonitorStatus.DOWN else None,
        since=window.started_at if window else fault.found_at if fault else notification.happened_at,
        until=_until(notification, window, fault, state),
        sent_at=utc_now() if notification.event is NotificationEvent.REMINDER else None,
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
    """Return the browser's screenshot; None if there is none, or if the session signs in: few may see such pages."""
    defaults = website.session_defaults
    if defaults and mask_session_options(defaults) != defaults:
        return None
    found = failure_picture(db, window.id) if window else session_picture(db, fault.session_id) if fault else None
    if found is None:
        return None
    return Picture(data=found.data, mime_type=found.mime_type, link=links.artifact(found.debug_session_id, found.id))


def _acknowledging(window: DowntimeWindow | None, channel: str, links: Links, sealer: Sealer) -> str | None:
    """Return a link that acknowledges the window on behalf of the channel's readers; None if it needs none."""
    if window is None or window.ended_at is not None or window.acknowledged_by is not None:
        return None
    return links.acknowledge(issue(sealer, Ticket(window_ids=(window.id,), channel=channel), utc_now()))
