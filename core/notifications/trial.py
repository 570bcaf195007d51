"""Calculates which notifications a rule would have sent in the past, from stored history. Pure.

Notifications that a digest would have merged are counted separately.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from core.clock import utc_at
from core.models import NotificationEvent, NotificationState
from core.notifications.reminders import RemindingRule, moments
from core.notifications.rules import EPISODIC, SENT_WHILE_PARENT_DOWN, Rule, Situation, due_at, skip_reason
from core.services.spans import Span, difference

PARENT = "Another website"
CHECKED_AGAIN = timedelta(seconds=10)  # a website and the one it depends on come back within this time of each other
WAITING = (NotificationEvent.DOWN, NotificationEvent.DEGRADED)
"""Events that are sent only after the website's dependency is up again, if they still hold."""
FOR_EVER = datetime.max.replace(tzinfo=UTC)


class TriedRule(RemindingRule, Protocol):
    """The parts of a rule that trials need."""

    @property
    def cooldown_seconds(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionSpan:
    """A period in which a condition held that a rule may notify about."""

    website_id: int
    window_id: int | None = None
    """The downtime window, if the condition is about one."""
    began_at: datetime
    ended_at: datetime | None = None
    """None while it lasts, or if the condition has no end."""
    has_recovered: bool = True
    """Whether its end, if any, is a recovery; False for downtime that a pause ended, which sends no recovery."""
    acknowledged_at: datetime | None = None
    muted_until: datetime | None = None
    """When the website's dependency, which was down at the beginning, was up again; None if it was not down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How often a rule would have sent each event."""

    by_event: Mapping[NotificationEvent, int]
    unknown: tuple[str, ...] = ()
    """Sentences about what the stored history does not show."""


def sent_spans(rule: TriedRule, event: NotificationEvent, spells: Iterable[ConditionSpan]) -> list[ConditionSpan]:
    """Return those of *spells* that *rule* would have sent as *event*, by start."""
    found: list[ConditionSpan] = []
    last: dict[int, ConditionSpan] = {}
    for spell in sorted(spells, key=lambda spell: spell.began_at):
        due = _due_at(rule, event, spell)
        situation = _situation(rule, event, spell, due, last.get(spell.website_id))
        if skip_reason(rule, event, due, situation) is None and due < FOR_EVER:
            found.append(spell)
            last[spell.website_id] = spell
    return found


def _due_at(rule: Rule, event: NotificationEvent, spell: ConditionSpan) -> datetime:
    due = due_at(rule, event, spell.began_at, spell.began_at)
    if spell.muted_until is not None and event in WAITING:
        return max(due, min(spell.muted_until, FOR_EVER - CHECKED_AGAIN) + CHECKED_AGAIN)
    return due


def _situation(
    rule: TriedRule, event: NotificationEvent, spell: ConditionSpan, due: datetime, last: ConditionSpan | None
) -> Situation:
    is_taken_up = spell.acknowledged_at is not None and spell.acknowledged_at <= due
    cooldown = timedelta(seconds=rule.cooldown_seconds)
    return Situation(
        ended_at=spell.ended_at,
        acknowledged_by="Somebody" if is_taken_up else None,
        is_in_cooldown=bool(cooldown) and last is not None and spell.began_at - last.began_at <= cooldown,
        is_over=spell.ended_at is not None and spell.ended_at < due,
        failure=NotificationState.SENT if event in (NotificationEvent.EVIDENCE, NotificationEvent.FINDING) else None,
        parent=PARENT if spell.muted_until is not None and event not in SENT_WHILE_PARENT_DOWN else None,
    )


def changes(
    rule: TriedRule, windows: Sequence[ConditionSpan], flapping: Mapping[int, Sequence[ConditionSpan]]
) -> dict[NotificationEvent, int]:
    """Count the failures, recoveries and flapping in *windows* that *rule* would have sent.

    While a website flaps, its changes are not sent. Once it is steady, its status is.

    Args:
        rule: The rule.
        windows: The downtime of its websites.
        flapping: When each website flapped, by its id.
    """
    failures = announced(windows, flapping) if NotificationEvent.DOWN in rule.events else []
    down = set(sent_spans(rule, NotificationEvent.DOWN, failures))
    skipped = {spell for spell in failures if spell not in down and not _is_reminded(rule, spell)}
    beginnings = _beginnings(windows, flapping)
    ends = [
        spell
        for spell in windows
        if spell.ended_at and spell.has_recovered
        if (spell.website_id, spell.ended_at) not in beginnings
        if not _is_within(spell.ended_at, flapping.get(spell.website_id, ()))
    ]
    up = sum(_is_recovery_sent(rule, spell in skipped) for spell in ends)
    steady = _after_flapping(windows, flapping)
    counts = {
        NotificationEvent.DOWN: len(down) + sum(spell.ended_at is None for spell in steady),
        NotificationEvent.UP: up + sum(spell.ended_at is not None for spell in steady),
    }
    counts = {event: count for event, count in counts.items() if event in rule.events}
    begun = sum(len(spells) for spells in flapping.values())
    is_asked = NotificationEvent.FLAPPING in rule.events
    if is_asked or (begun and NotificationEvent.DOWN in rule.events):
        counts[NotificationEvent.FLAPPING] = begun
    return counts


def reminders(
    rule: TriedRule,
    windows: Sequence[ConditionSpan],
    flapping: Mapping[int, Sequence[ConditionSpan]],
    resting: Mapping[int, Sequence[Span]],
    until: datetime,
) -> int:
    """Count the reminders of failures in *windows* that *rule* would have sent until *until*.

    None during maintenance, which is *resting*. Failures that a cool-down suppressed are reminded of as well.
    """
    count = 0
    for spell in outside_flapping(windows, flapping):
        for moment in _reminded(rule, spell, until):
            at = moment.timestamp()
            count += not any(start <= at < stop for start, stop in resting.get(spell.website_id, ()))
    return count


def _reminded(rule: TriedRule, spell: ConditionSpan, until: datetime) -> Iterable[datetime]:
    due = _due_at(rule, NotificationEvent.DOWN, spell)
    end = min(spell.ended_at or until, spell.acknowledged_at or until)
    return moments(rule, due, end) if due < end else ()


def _is_reminded(rule: TriedRule, spell: ConditionSpan) -> bool:
    return spell.ended_at is not None and any(True for _moment in _reminded(rule, spell, spell.ended_at))


def outside_flapping(
    windows: Sequence[ConditionSpan], flapping: Mapping[int, Sequence[ConditionSpan]]
) -> list[ConditionSpan]:
    """Return the *windows* that did not begin while their website flapped, when failures are not sent."""
    return [spell for spell in windows if not _is_within(spell.began_at, flapping.get(spell.website_id, ()))]


def announced(windows: Sequence[ConditionSpan], flapping: Mapping[int, Sequence[ConditionSpan]]) -> list[ConditionSpan]:
    """Return the *windows* that were sent as failures; if one begins the flapping, only the flapping is sent."""
    begun = _beginnings(windows, flapping)
    return [
        window for window in outside_flapping(windows, flapping) if (window.website_id, window.began_at) not in begun
    ]


def _beginnings(
    windows: Sequence[ConditionSpan], flapping: Mapping[int, Sequence[ConditionSpan]]
) -> set[tuple[int, datetime]]:
    """Return the failures and recoveries that began flapping, by website and time.

    Flapping begins at the check that confirms a change, so the change may be older.
    """
    edges: defaultdict[int, list[datetime]] = defaultdict(list)
    for window in windows:
        edges[window.website_id] += [edge for edge in (window.began_at, window.ended_at) if edge is not None]
    return {
        (website_id, max(before))
        for website_id, spells in flapping.items()
        for spell in spells
        if (before := [edge for edge in edges[website_id] if edge <= spell.began_at])
    }


def _is_recovery_sent(rule: TriedRule, is_failure_skipped: bool) -> bool:
    failure = NotificationState.SKIPPED if is_failure_skipped else None
    moment = utc_at(0)
    return skip_reason(rule, NotificationEvent.UP, moment, Situation(failure=failure)) is None


def _after_flapping(
    windows: Sequence[ConditionSpan], flapping: Mapping[int, Sequence[ConditionSpan]]
) -> list[ConditionSpan]:
    """Return for each website the window whose status is sent once it is steady; without an end if it is open then."""
    found = []
    for website_id, spells in flapping.items():
        for end in (spell.ended_at for spell in spells if spell.ended_at is not None):
            own = [window for window in windows if window.website_id == website_id and window.began_at <= end]
            if own:
                last = max(own, key=lambda window: window.began_at)
                is_open = last.ended_at is None or last.ended_at > end
                found.append(replace(last, ended_at=None if is_open else last.ended_at))
    return found


def _is_within(moment: datetime, spells: Sequence[ConditionSpan]) -> bool:
    return any(spell.began_at <= moment and (spell.ended_at is None or moment <= spell.ended_at) for spell in spells)


def outside_maintenance(
    event: NotificationEvent, spells: Iterable[ConditionSpan], resting: Mapping[int, Sequence[Span]]
) -> list[ConditionSpan]:
    """Return *spells* without maintenance, which is *resting* by website, as from `core.services.spans.union`.

    A continuously evaluated condition begins again after maintenance; a degraded website is still degraded.
    """
    found = []
    for spell in spells:
        whole = (spell.began_at.timestamp(), (spell.ended_at or FOR_EVER - timedelta(days=1)).timestamp())
        pieces = difference([whole], resting.get(spell.website_id, ()))
        if pieces == [whole]:
            found.append(spell)
        elif event not in EPISODIC:
            found += [replace(spell, began_at=utc_at(start)) for start, _end in pieces[:1]]
        else:
            found += [
                replace(spell, began_at=utc_at(start), ended_at=spell.ended_at if end == whole[1] else utc_at(end))
                for start, end in pieces
            ]
    return found
