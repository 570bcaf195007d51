"""Who is told of what, when, and when not. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from core.models import NotificationEvent, NotificationState

UNTIL_BACK = (
    NotificationEvent.DOWN,
    NotificationEvent.DEGRADED,
    NotificationEvent.UP,
    NotificationEvent.CERTIFICATE,
    NotificationEvent.SILENT,
    NotificationEvent.HEARD,
    NotificationEvent.MENDED,
)
"""Events that are told although what the website depends on is down: at once, or once that is back."""
TOLD_WITH = {
    NotificationEvent.FLAPPING: NotificationEvent.DOWN,
    NotificationEvent.REMINDER: NotificationEvent.DOWN,
    NotificationEvent.HEARD: NotificationEvent.SILENT,
    NotificationEvent.MENDED: NotificationEvent.FAULT,
}
"""Events that a rule need not name: each is told to whoever asked for the other one."""
AT_ONCE = (
    NotificationEvent.UP,
    NotificationEvent.FLAPPING,
    NotificationEvent.HEARD,
    NotificationEvent.REMINDER,
    NotificationEvent.MENDED,
)
"""Events that do not wait until they have lasted."""
EPISODIC = (NotificationEvent.SLOW, NotificationEvent.BUDGET, NotificationEvent.UNSTEADY)
"""Events that last; `core.models.NotificationEpisode` says since when."""
BACK = "It was back before this was due."
CALLED_DOWN = "It was called down before this was due."
NOT_TOLD = "Its failure was not told."
FAULT_NOT_TOLD = "That it was found was not told."


class Rule(Protocol):
    """What is asked of a rule."""

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
    """How things are when a notification is about to be sent."""

    ended_at: datetime | None = None
    """When the downtime window ended; None while it is open."""
    acknowledged_by: str | None = None
    was_refused: bool = False
    """Whether it was due before, and its channel did not take it: what is over since was still to be told."""
    told_lately: bool = False
    """Whether another failure of the website was told within the rule's cool-down."""
    is_over: bool = False
    """Whether what was degraded, slow, spending its budget, failing now and then, at fault or silent no longer is."""
    is_called_down: bool = False
    """Whether what failed now and then, or had a fault, is down or flaps now, of which other messages tell."""
    parent: str | None = None
    """The website that it depends on and that was down then, too."""
    failure: NotificationState | None = None
    """What became of telling the window's failure, or the fault; None when that was not to be told."""
    nothing_new: str | None = None
    """Why the evidence of a failure adds nothing to what was told of it, in a sentence."""


def is_meant(rule: Rule, event: NotificationEvent, website_id: int, tag_ids: Collection[int]) -> bool:
    """Whether *rule* tells of *event* of a website that bears these tags."""
    told = TOLD_WITH.get(event, event)
    if event not in rule.events and told not in rule.events:
        return False
    if rule.website_id is not None:
        return rule.website_id == website_id
    return rule.tag_id is None or rule.tag_id in tag_ids


def due_at(rule: Rule, event: NotificationEvent, happened_at: datetime, now: datetime) -> datetime:
    """When *rule* tells of what happened: once it has lasted long enough, and not in quiet hours."""
    due = now if event in AT_ONCE else max(happened_at + timedelta(seconds=rule.after_seconds), now)
    return quiet_until(rule, due) or due


def quiet_until(rule: Rule, moment: datetime) -> datetime | None:
    """When the quiet hours end in which *moment* falls; None when it falls into none."""
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


def refusal(rule: Rule, event: NotificationEvent, due: datetime, situation: Situation) -> str | None:
    """Why a notification is not sent after all, in one sentence; None to send it."""
    if situation.parent is not None and event not in UNTIL_BACK:
        return f"{situation.parent}, which it depends on, is down."
    if event is NotificationEvent.DOWN:
        if situation.ended_at is not None and situation.ended_at < due and not situation.was_refused:
            return BACK
        if rule.unless_acknowledged and situation.acknowledged_by:
            return f"{situation.acknowledged_by} had taken it up."
        if situation.told_lately:
            return "Another failure was told within the cool-down."
    if event is NotificationEvent.REMINDER:
        return _not_to_remind(situation)
    if event in (NotificationEvent.EVIDENCE, NotificationEvent.FINDING):
        return _not_to_follow(rule, event, due, situation)
    if event in (NotificationEvent.DEGRADED, NotificationEvent.FAULT, NotificationEvent.SILENT, *EPISODIC):
        return _not_lasting(situation)
    if event is NotificationEvent.MENDED:
        return FAULT_NOT_TOLD if situation.failure in (None, NotificationState.SKIPPED) else None
    is_end = event in (NotificationEvent.UP, NotificationEvent.HEARD)
    return NOT_TOLD if is_end and situation.failure is NotificationState.SKIPPED else None


def is_said(found: str, said: Iterable[str]) -> bool:
    """Whether who has read what was *said* knows what was *found*: both are sentences."""
    told = [one.rstrip(".") for one in said]
    # A check says "… on port 443.", and the finding "… on port 443: nothing listens there."
    return any(found.rstrip(".") == one or found.startswith(f"{one}:") for one in told)


def _not_lasting(situation: Situation) -> str | None:
    """Why what was to last is not told."""
    if situation.is_over and not situation.was_refused:
        return "It was fine again before this was due."
    return CALLED_DOWN if situation.is_called_down else None


def _not_to_remind(situation: Situation) -> str | None:
    """Why a failure is not told again, however late this is sent."""
    if situation.ended_at is not None:
        return BACK
    return f"{situation.acknowledged_by} had taken it up." if situation.acknowledged_by else None


def _not_to_follow(rule: Rule, event: NotificationEvent, due: datetime, situation: Situation) -> str | None:
    """Why the evidence of a failure, or what it shows, is not sent after it."""
    is_kept_quiet = situation.failure is None and NotificationEvent.DOWN in rule.events  # as while it flaps
    if situation.failure is NotificationState.SKIPPED or is_kept_quiet:
        return NOT_TOLD
    if event is NotificationEvent.FINDING:
        return situation.nothing_new
    if situation.ended_at is not None and situation.ended_at < due:
        return BACK
    if rule.unless_acknowledged and situation.acknowledged_by:
        return f"{situation.acknowledged_by} had taken it up."
    return situation.nothing_new
