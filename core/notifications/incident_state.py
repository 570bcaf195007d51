"""Decides whether an open incident is over, and why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.models import MonitorStatus, NotificationEvent, NotificationRule, OpenIncident
from core.notifications.lasting_conditions import lasting, silence_of
from core.notifications.rules import EPISODIC, applies_to
from core.notifications.threads import is_announced_in
from core.phrases import counted, isolated
from core.services import (
    AuditEventCRUD,
    DowntimeWindowCRUD,
    OpenIncidentCRUD,
    TagCRUD,
    flapping,
    notification_conditions,
    regions,
)
from core.services.maintenance_window import in_maintenance
from core.services.notification_facts import NotificationFacts

LASTING_AS_FAILURE = (
    NotificationEvent.DOWN,
    NotificationEvent.REMINDER,
    NotificationEvent.FLAPPING,
    NotificationEvent.EVIDENCE,
    NotificationEvent.FINDING,
)
"""Events whose incidents last as long as the failure."""
CONDITIONS_OF_STATE = (NotificationEvent.DEGRADED, NotificationEvent.CERTIFICATE)
"""Events about what the website's last check has found."""
BACK = "$ is back."
NO_LONGER = {
    NotificationEvent.DEGRADED: "$ is no longer degraded.",
    NotificationEvent.SLOW: "$ is no longer slow.",
    NotificationEvent.BUDGET: "$ no longer burns its error budget too fast.",
    NotificationEvent.UNSTEADY: "$ no longer fails intermittently.",
    NotificationEvent.CERTIFICATE: "$ no longer uses the certificate that was about to expire.",
    NotificationEvent.FAULT: "$: a debug session no longer finds the fault.",
}
UNKNOWN = "Its current status is unknown."
MAX_NAMED = 10  # websites of one incident that its end names


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentEnd:
    """Why an incident is over."""

    because: str
    is_back: bool
    """Whether everything is fine again; False if, for instance, the website is just not checked any more."""


def end_of_incident(db: Session, incident: OpenIncident, now: datetime) -> IncidentEnd | None:
    """Return why *incident* is over.

    None while anything that its opening message reported lasts, or while a recovery message is about to be sent.
    """
    openings = sorted(
        OpenIncidentCRUD.notifications_of(db, incident), key=lambda opening: not _is_open(opening)
    )  # a lasting one decides
    if not openings and incident.event == NotificationEvent.SILENT:  # the region may have other websites
        if silence_of(incident.key) in regions.silences(db):
            return None
        because, is_back = _why_of_region(db, regions.name_of(silence_of(incident.key)))
        return IncidentEnd(because=because, is_back=is_back)
    if not openings:
        return IncidentEnd(because=_gone(db, incident), is_back=False)
    reasons: dict[str, bool] = {}
    for opening in openings:
        if _is_still_notified(db, opening) and _lasts(db, opening, incident.key):
            return None
        because, is_back = _why(db, opening, now)
        if is_back and OpenIncidentCRUD.is_end_coming(db, opening.notification):
            return None
        reasons[because] = is_back
    sentences = list(reasons)[:MAX_NAMED]
    if len(reasons) > MAX_NAMED:
        sentences.append(f"The incident also ended for {counted(len(reasons) - MAX_NAMED, 'other website')}.")
    return IncidentEnd(because=" ".join(sentences), is_back=all(reasons.values()))


def lasts_evidently(opening: NotificationFacts, tag_ids: Collection[int], conditions: Collection[int]) -> bool:
    """Whether *opening*, of a website with these tags, shows by itself that its incident lasts. Pure.

    Args:
        opening: A notification of the message that opened the incident.
        tag_ids: The website's tags.
        conditions: The notifications whose conditions last, see `lasting`.
    """
    event, rule, website = opening.notification.event, opening.rule, opening.website
    if not website.is_active or rule is None or not _is_in_force(rule, opening):
        return False
    if not applies_to(rule, event, website.id, tag_ids):
        return False
    if event in LASTING_AS_FAILURE:
        return _is_open(opening)
    return _has_condition(opening) or opening.notification.id in conditions


def _is_still_notified(db: Session, opening: NotificationFacts) -> bool:
    """Whether the website is checked, and a rule still notifies about the failure through this channel."""
    event, website = opening.notification.event, opening.website
    if event is NotificationEvent.SILENT:  # about a region, so the website does not matter
        return opening.rule is not None and _is_in_force(opening.rule, opening)
    if not website.is_active:
        return False
    tag_ids = {tag.id for tag in TagCRUD.of_websites(db, [website.id]).get(website.id, ())}

    def notifies(rule: NotificationRule | None, event: NotificationEvent) -> bool:
        return rule is not None and _is_in_force(rule, opening) and applies_to(rule, event, website.id, tag_ids)

    others = OpenIncidentCRUD.other_rules_of(db, opening.notification)
    return notifies(opening.rule, event) or any(notifies(*other) for other in others)


def _is_in_force(rule: NotificationRule, opening: NotificationFacts) -> bool:
    return rule.is_enabled and rule.channel_id == opening.notification.channel_id


def _is_open(opening: NotificationFacts) -> bool:
    return opening.window is not None and opening.window.ended_at is None


def _lasts(db: Session, opening: NotificationFacts, key: str) -> bool:
    notification, website = opening.notification, opening.website
    event = notification.event
    if event in LASTING_AS_FAILURE:
        if _is_open(opening) or website.id in flapping.flapping(db, [website.id]):
            return True
        window = DowntimeWindowCRUD.get_ongoing_downtime(db, website.id)
        return window is not None and is_announced_in(db, notification.channel_id, key, window)
    if event in CONDITIONS_OF_STATE:
        return _has_condition(opening)
    return notification.id in lasting(db, [notification])


def _has_condition(opening: NotificationFacts) -> bool:
    """Whether the website's state has the condition; False for conditions that other tables record."""
    event, state = opening.notification.event, opening.state
    if state is None or event not in CONDITIONS_OF_STATE:
        return False
    if event is NotificationEvent.DEGRADED:
        return state.status in (MonitorStatus.DEGRADED, MonitorStatus.UNKNOWN)
    expires = state.certificate_expires_at
    return expires is not None and opening.notification.key.endswith(
        f":{notification_conditions.certificate_episode(expires)}"
    )


def _why(db: Session, opening: NotificationFacts, now: datetime) -> tuple[str, bool]:
    """Return why the failure does not last, in sentences, and whether the website has recovered."""
    notification, website, window = opening.notification, opening.website, opening.window
    name = isolated(website.name)
    if notification.event is NotificationEvent.SILENT and _is_still_notified(db, opening):
        return _why_of_region(db, regions.name_of(silence_of(notification.key)))
    is_of_website = notification.event is not NotificationEvent.SILENT
    was_paused = window is not None and window.recovery_status is MonitorStatus.UNKNOWN
    if is_of_website and (not website.is_active or (was_paused and notification.event in LASTING_AS_FAILURE)):
        return f"{name} was paused{_by(db, notification.website_id, website.name, opening)}. {UNKNOWN}", False
    if not _is_still_notified(db, opening):
        return f"No rule notifies this channel about {name} any more. {UNKNOWN}", False
    if notification.event in EPISODIC and website.id in in_maintenance(db, [website.id], now):
        return f"{name} is in maintenance.", False
    return NO_LONGER.get(notification.event, BACK).replace("$", name), True


def _why_of_region(db: Session, name: str) -> tuple[str, bool]:
    if name in regions.named(db):
        return f"The region {name} reports again.", True
    return f"No website is checked from the region {name} any more.", False


def _by(db: Session, website_id: int, name: str, opening: NotificationFacts) -> str:
    since = opening.notification.sent_at or opening.notification.happened_at
    subject = f"website {website_id} {name}"
    return _named(AuditEventCRUD.last_actor(db, "website.change", subject, since=since, field="is_active"))


def _gone(db: Session, incident: OpenIncident) -> str:
    """Return why all reported objects are gone: the website was deleted, or its downtime."""
    websites = [about["website"] for about in incident.about.get("websites", [incident.about])]
    if len(websites) > 1:
        return f"All {len(websites)} websites, or their downtime windows, were deleted. {UNKNOWN}"
    name, subject = websites[0]["name"], f"website {websites[0]['id']} {websites[0]['name']}"
    actor = AuditEventCRUD.last_actor(db, "website.delete", subject, since=incident.told_at)
    name = isolated(name)
    if actor is None:
        return f"{name} or its downtime window was deleted. {UNKNOWN}"
    return f"{name} was deleted{_named(actor)}. {UNKNOWN}"


def _named(actor: str | None) -> str:
    return f" by {actor.removeprefix('user ')}" if actor else ""
