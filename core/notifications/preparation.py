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
    Website,
    WebsiteFault,
    WebsiteState,
)
from core.notifications.links import Links
from core.notifications.message import Facts, Picture
from core.notifications.suppression import hold_reason, skip_reason
from core.notifications.threads import thread_of
from core.notifications.ticket import Ticket, issue
from core.schemas.session_options import without_secrets
from core.schemas.url import display_url
from core.sealing import Sealer
from core.services import notification_facts
from core.services.failure_picture import failure_picture, session_picture
from core.services.notification_facts import NotificationFacts

PICTURED = (NotificationEvent.DOWN, NotificationEvent.FINDING, NotificationEvent.EVIDENCE, NotificationEvent.FAULT)
"""Events whose messages show what the browser saw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedNotification:
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


def prepare(
    db: Session, notification_ids: Sequence[int], links: Links, sealer: Sealer, *, looks_again: bool = True
) -> list[PreparedNotification]:
    """The briefs of these notifications, in order of what is due; *sealer* seals the links that acknowledge.

    *looks_again* says whether debug sessions are started that confirm what one has found.
    """
    found = notification_facts.read(db, notification_ids)
    return [_brief(db, facts, links, sealer, looks_again=looks_again) for facts in found]


def _brief(
    db: Session, read: NotificationFacts, links: Links, sealer: Sealer, *, looks_again: bool
) -> PreparedNotification:
    notification, channel, rule = read.notification, read.channel, read.rule
    failure, follows, is_over = thread_of(db, notification, read.window)
    facts = replace(_facts(db, read, links, sealer), follows=follows, is_over=is_over)
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
        refusal=skip_reason(db, read, failure, facts),
        waits=hold_reason(db, read, failure, looks_again=looks_again),
    )


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
