"""Reads what a notification needs to be sent, or the reason why it is not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

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
from core.notifications.faults import awaits_second_look
from core.notifications.message import Facts, Picture
from core.notifications.rules import EPISODIC, Situation, refusal
from core.notifications.ticket import Ticket, issue
from core.schemas.session_options import without_secrets
from core.schemas.url import display_url
from core.sealing import Sealer
from core.services import (
    DowntimeWindowCRUD,
    FindingCRUD,
    NotificationCRUD,
    NotificationEpisodeCRUD,
    dependency,
    flapping,
    notification_facts,
    notification_message,
)
from core.services.failure_picture import failure_picture, session_picture
from core.services.monitor_check import AVAILABLE
from core.services.notification_facts import NotificationFacts

FAILURE_FIRST = "Its failure is still to be told."
CONFIRMED = timedelta(minutes=5)  # within it a website that fails is called down, or fine again
CHECK_FIRST = "It is still to be checked whether it is down."
SECOND_FIRST = "Another debug session is to find it, too."
PARENT_FIRST = "What it depends on, or itself, is still to be checked again."
PICTURED = (NotificationEvent.DOWN, NotificationEvent.FINDING, NotificationEvent.EVIDENCE, NotificationEvent.FAULT)
"""Events whose messages show what the browser saw."""
FOLLOWING = (NotificationEvent.UP, NotificationEvent.EVIDENCE, NotificationEvent.REMINDER, NotificationEvent.FINDING)
"""Events that are told after the window's failure, and where that was."""
OF_THE_UP = (NotificationEvent.UNSTEADY, NotificationEvent.FAULT)
"""Events of which nothing is told once the website is called down."""
OF_THE_PAUSED = (NotificationEvent.UP, NotificationEvent.SILENT, NotificationEvent.HEARD)
"""Events that are told of a website that was paused meanwhile, too: its failure was told, or they are not of it."""
SHOWN = "It was shown with the failure."
SAID = "It was said before."
JOINED = "Its failure was told together with others."
NOTHING = "There is nothing to show."
NO_CAUSE = "The reason is not known."


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where the pages are that messages lead to."""

    root: str
    """Such as ``https://watch.example.org``, without a slash at its end."""

    @property
    def overview(self) -> str:
        return f"{self.root}/"

    def window(self, window_id: int) -> str:
        return f"{self.root}/downtime/{window_id}"

    def acknowledge(self, ticket: str) -> str:
        return f"{self.root}/acknowledge?ticket={ticket}"

    def artifact(self, session_id: int, artifact_id: int) -> str:
        return f"{self.root}/api/v1/debug-sessions/{session_id}/artifacts/{artifact_id}"

    def session(self, session_id: int) -> str:
        return f"{self.root}/debug-sessions/{session_id}"

    def website(self, website_id: int) -> str:
        return f"{self.root}/websites/{website_id}"


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
    notification, channel, _website, rule, window, _state = read
    failure = None
    if rule and window and notification.event in FOLLOWING:
        failure = NotificationCRUD.of_window(db, rule.id, window.id, NotificationEvent.DOWN)
    elif rule and notification.fault_id is not None and notification.event is NotificationEvent.MENDED:
        failure = NotificationCRUD.of_fault(db, rule.id, notification.fault_id)
    elif rule and notification.event is NotificationEvent.HEARD:
        failure = NotificationCRUD.of_silence(db, rule.id, notification.key.partition(":heard:")[2])
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
        refusal=_refusal(db, read, failure, facts),
        waits=_waits(db, read, failure),
    )


def _facts(db: Session, read: NotificationFacts, links: Links, sealer: Sealer) -> Facts:
    notification, channel, website, _rule, window, state = read
    fault = db.get(WebsiteFault, notification.fault_id) if notification.fault_id is not None else None
    until: datetime | None = window.ended_at if window else fault.gone_at if fault else None
    cause = notification.detail or (window.root_cause if window else state.error_message if state else None) or NO_CAUSE
    if notification.event is NotificationEvent.CERTIFICATE and state is not None:
        until = state.certificate_expires_at
    return Facts(
        event=notification.event,
        website=website.name,
        url=display_url(website.url),
        cause=cause,
        symptom=state.error_message if state is not None and state.status is MonitorStatus.DOWN else None,
        since=window.started_at if window else fault.found_at if fault else notification.happened_at,
        until=until,
        told_at=utc_now() if notification.event is NotificationEvent.REMINDER else None,
        link=_link(links, website, window, fault),
        picture=_picture(db, website, window, fault, links) if notification.event in PICTURED else None,
        acknowledge=_acknowledging(window, channel.name, links, sealer),
        website_id=website.id,
        window_id=window.id if window else None,
    )


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


def _refusal(db: Session, read: NotificationFacts, failure: Notification | None, facts: Facts) -> str | None:
    notification, channel, website, rule, window, state = read
    if not channel.is_enabled:
        return "The channel is switched off."
    if rule is None or not rule.is_enabled:
        return "The rule is not there any more, or switched off."
    if not website.is_active and notification.event not in OF_THE_PAUSED:
        return "The website is paused."
    since = notification.happened_at - timedelta(seconds=rule.cooldown_seconds)
    parent = dependency.down_ancestor(db, website, notification.happened_at)
    situation = Situation(
        parent=parent.name if parent else None,
        ended_at=window.ended_at if window else None,
        acknowledged_by=window.acknowledged_by if window else None,
        was_refused=notification.attempts > 1,
        told_lately=bool(rule.cooldown_seconds)
        and NotificationCRUD.was_told_since(db, rule.id, notification.website_id, since, but_for=notification.id),
        is_over=_is_over(db, notification, state),
        is_called_down=notification.event in OF_THE_UP and _is_called_down(db, website),
        failure=NotificationState.SENT if facts.follows else failure.state if failure else None,
        nothing_new=_nothing_new(db, read, failure, facts),
    )
    return refusal(rule, notification.event, notification.due_at, situation)


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


def _nothing_new(db: Session, read: NotificationFacts, failure: Notification | None, facts: Facts) -> str | None:
    """Why evidence, or what it shows, adds nothing to what was told of the failure."""
    if read.notification.event is NotificationEvent.FINDING:
        return _found_before(db, read.notification, failure)
    if read.notification.event is not NotificationEvent.EVIDENCE or read.window is None:
        return None
    if failure is not None and failure.has_picture:
        return SHOWN
    if failure is not None and notification_message.websites_of(db, failure) > 1:
        return JOINED
    if facts.picture is None and not FindingCRUD.get_by_window(db, read.window.id, limit=1)[1]:
        return NOTHING
    return None


def _found_before(db: Session, notification: Notification, failure: Notification | None) -> str | None:
    """Why a finding adds nothing: whoever is told has read it, or read of many failures at once."""
    if failure is not None and notification_message.websites_of(db, failure) > 1:
        return JOINED
    found = (notification.detail or "").rstrip(".")
    said = NotificationCRUD.said_of(db, notification)
    # A check says "… on port 443.", and the finding "… on port 443: nothing listens there."
    return SAID if any(found == one.rstrip(".") or found.startswith(f"{one.rstrip('.')}:") for one in said) else None


def _waits(db: Session, read: NotificationFacts, failure: Notification | None) -> str | None:
    """For what it waits: a recovery for its failure, a failure for the end of the one that it depends on."""
    if failure is not None and failure.state is NotificationState.PENDING:
        return FAILURE_FIRST
    if read.notification.event is NotificationEvent.FAULT:
        fault = db.get(WebsiteFault, read.notification.fault_id)
        if fault is not None and awaits_second_look(db, read.website, fault, utc_now()):
            return SECOND_FIRST
        return CHECK_FIRST if _is_in_doubt(db, read) else None
    if read.notification.event not in (NotificationEvent.DOWN, NotificationEvent.DEGRADED):
        return None
    parent = dependency.down_ancestor(db, read.website, utc_now())
    if parent is not None:
        return f"{parent.name}, which it depends on, is down."
    if dependency.is_undecided(db, read.website, read.notification.happened_at, utc_now()):
        return PARENT_FIRST
    return None


def _is_in_doubt(db: Session, read: NotificationFacts) -> bool:
    """Whether what a debug session found may yet turn out to be downtime, of which other messages tell."""
    found_at, now = read.notification.happened_at, utc_now()
    is_failing = read.state is not None and read.state.status not in AVAILABLE
    return dependency.is_awaited(db, read.website, found_at, now) or (is_failing and now < found_at + CONFIRMED)


def _is_over(db: Session, notification: Notification, state: WebsiteState | None) -> bool:
    if notification.event is NotificationEvent.FAULT:
        fault = db.get(WebsiteFault, notification.fault_id)
        return fault is None or fault.gone_at is not None
    if notification.event in EPISODIC:
        began_at = NotificationEpisodeCRUD.began_at(db, notification)
        return began_at is None or began_at > notification.happened_at
    return state is None or state.status is not MonitorStatus.DEGRADED


def _is_called_down(db: Session, website: Website) -> bool:
    is_down = DowntimeWindowCRUD.get_ongoing_downtime(db, website.id) is not None
    return is_down or website.id in flapping.flapping(db, [website.id])
