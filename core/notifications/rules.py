"""Decides which rule notifies about an event, when, and when a notification is skipped. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from core.models import NotificationEvent, NotificationState

SENT_WHILE_PARENT_DOWN = (
    NotificationEvent.DOWN,
    NotificationEvent.DEGRADED,
    NotificationEvent.UP,
    NotificationEvent.CERTIFICATE,
    NotificationEvent.SILENT,
    NotificationEvent.HEARD,
    NotificationEvent.MENDED,
)
"""Events that are sent even if a website that this one depends on is down: at once, or once that one is up again."""
IMPLIED_BY = {
    NotificationEvent.FLAPPING: NotificationEvent.DOWN,
    NotificationEvent.REMINDER: NotificationEvent.DOWN,
    NotificationEvent.HEARD: NotificationEvent.SILENT,
    NotificationEvent.MENDED: NotificationEvent.FAULT,
}
"""Events that rules need not select: a rule that selects the event on the right also gets the one on the left."""
IMMEDIATE = (
    NotificationEvent.UP,
    NotificationEvent.FLAPPING,
    NotificationEvent.HEARD,
    NotificationEvent.REMINDER,
    NotificationEvent.MENDED,
)
"""Events that are sent without the rule's delay."""
EPISODIC = (NotificationEvent.SLOW, NotificationEvent.BUDGET, NotificationEvent.UNSTEADY)
"""Conditions with a duration; `core.models.NotificationEpisode` stores when each began."""
BACK = "It recovered before this was due."
CALLED_DOWN = "It went down before this was due."
NOT_ANNOUNCED = "No notification was sent for its failure."
FAULT_NOT_ANNOUNCED = "No notification was sent for the fault."


class Rule(Protocol):
    """The parts of a rule that decisions need."""

    @property
    def website_id(self) -> int | None: ...
    @property
    def tag_id(self) -> int | None: ...
    @property
    def events(self) -> Sequence[str]: ...
    @property
    def after_seconds(self) -> int: ...
    @property
    def unless_acknowledged(self) -> bool: ...
    @property
    def quiet_from(self) -> str | None: ...
    @property
    def quiet_until(self) -> str | None: ...
    @property
    def timezone(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """The state of everything that matters when a notification is about to be sent."""

    ended_at: datetime | None = None
    """When the downtime window ended; None while it is open."""
    acknowledged_by: str | None = None
    was_attempted: bool = False
    """Whether an earlier attempt failed: then the notification is still sent after the event has ended."""
    is_in_cooldown: bool = False
    """Whether the rule sent another failure of the website within its cool-down."""
    is_over: bool = False
    """Whether the condition (degraded, slow, budget, unsteady, fault or silent) no longer holds."""
    is_called_down: bool = False
    """Whether an unsteady or faulty website is down or flapping now, which has messages of its own."""
    parent: str | None = None
    """The name of a website that this one depends on and that was down as well."""
    failure: NotificationState | None = None
    """The state of the failure's notification; None if the rule had none."""
    nothing_new: str | None = None
    """Why evidence adds nothing to the messages that were sent, in a sentence."""


def applies_to(rule: Rule, event: NotificationEvent, website_id: int, tag_ids: Collection[int]) -> bool:
    """Whether *rule* selects *event* of a website with these tags."""
    implying = IMPLIED_BY.get(event, event)
    if event not in rule.events and implying not in rule.events:
        return False
    if rule.website_id is not None:
        return rule.website_id == website_id
    return rule.tag_id is None or rule.tag_id in tag_ids


def due_at(rule: Rule, event: NotificationEvent, happened_at: datetime, now: datetime) -> datetime:
    """Return when *rule* sends an event: after its delay, and outside quiet hours."""
    due = now if event in IMMEDIATE else max(happened_at + timedelta(seconds=rule.after_seconds), now)
    return quiet_until(rule, due) or due


def quiet_until(rule: Rule, moment: datetime) -> datetime | None:
    """Return when the quiet hours around *moment* end; None outside quiet hours."""
    if rule.quiet_from is None or rule.quiet_until is None:
        return None
    zone = ZoneInfo(rule.timezone)
    local = moment.astimezone(zone)
    start, end = time.fromisoformat(rule.quiet_from), time.fromisoformat(rule.quiet_until)
    clock = local.time().replace(tzinfo=None)
    is_quiet = start <= clock < end if start < end else clock >= start or clock < end
    if not is_quiet:
        return None
    day = local.date() if clock < end else local.date() + timedelta(days=1)
    return datetime.combine(day, end, tzinfo=zone).astimezone(moment.tzinfo)


def skip_reason(rule: Rule, event: NotificationEvent, due: datetime, situation: Situation) -> str | None:
    """Return why a notification is skipped, in one sentence; None to send it."""
    if situation.parent is not None and event not in SENT_WHILE_PARENT_DOWN:
        return f"{situation.parent}, which it depends on, is down."
    if event is NotificationEvent.DOWN:
        if situation.ended_at is not None and situation.ended_at < due and not situation.was_attempted:
            return BACK
        if rule.unless_acknowledged and situation.acknowledged_by:
            return f"Already acknowledged by {situation.acknowledged_by}."
        if situation.is_in_cooldown:
            return "Another failure was sent within the cool-down."
    if event is NotificationEvent.REMINDER:
        return _reminder_skip_reason(situation)
    if event in (NotificationEvent.EVIDENCE, NotificationEvent.FINDING):
        return _evidence_skip_reason(rule, event, due, situation)
    if event in (NotificationEvent.DEGRADED, NotificationEvent.FAULT, NotificationEvent.SILENT, *EPISODIC):
        return _condition_skip_reason(situation)
    if event is NotificationEvent.MENDED:
        return FAULT_NOT_ANNOUNCED if situation.failure in (None, NotificationState.SKIPPED) else None
    is_end = event in (NotificationEvent.UP, NotificationEvent.HEARD)
    return NOT_ANNOUNCED if is_end and situation.failure is NotificationState.SKIPPED else None


def is_already_known(found: str, sentences: Iterable[str]) -> bool:
    """Whether a reader of the sentences *sentences* already knows the sentence *found*."""
    stripped = [sentence.rstrip(".") for sentence in sentences]
    # A check says "… on port 443.", and the finding "… on port 443: nothing listens there."
    return any(found.rstrip(".") == sentence or found.startswith(f"{sentence}:") for sentence in stripped)


def _condition_skip_reason(situation: Situation) -> str | None:
    """Return why a condition that has ended, or became downtime, is skipped."""
    if situation.is_over and not situation.was_attempted:
        return BACK
    return CALLED_DOWN if situation.is_called_down else None


def _reminder_skip_reason(situation: Situation) -> str | None:
    """Return why a reminder is skipped, however late it is sent."""
    if situation.ended_at is not None:
        return BACK
    return f"Already acknowledged by {situation.acknowledged_by}." if situation.acknowledged_by else None


def _evidence_skip_reason(rule: Rule, event: NotificationEvent, due: datetime, situation: Situation) -> str | None:
    """Return why the evidence or a finding of a failure is skipped."""
    is_kept_quiet = situation.failure is None and NotificationEvent.DOWN in rule.events  # for instance while it flaps
    if situation.failure is NotificationState.SKIPPED or is_kept_quiet:
        return NOT_ANNOUNCED
    if event is NotificationEvent.FINDING:
        return situation.nothing_new
    if situation.ended_at is not None and situation.ended_at < due:
        return BACK
    if rule.unless_acknowledged and situation.acknowledged_by:
        return f"Already acknowledged by {situation.acknowledged_by}."
    return situation.nothing_new
