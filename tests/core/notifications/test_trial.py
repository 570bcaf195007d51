"""A trial counts what a rule would have sent in the past."""

from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from core.models import NotificationEvent
from core.notifications.trial import FOR_EVER, ConditionSpan, changes, outside_maintenance, reminders, sent_spans
from tests.core.notifications.test_rules import Rule
from tests.factories import at


def spell(start: float, end: float | None, website_id: int = 1, muted: datetime | None = None) -> ConditionSpan:
    return ConditionSpan(
        website_id=website_id, began_at=at(start), ended_at=None if end is None else at(end), muted_until=muted
    )


@dataclass
class Tried(Rule):
    cooldown_seconds: int = 0


WINDOWS = [spell(0, 60), spell(600, 1_800), spell(7_200, None), spell(30, 90, 2)]
TAKEN = replace(spell(0, 900), acknowledged_at=at(120))
DOWN, UP, FLAPPING = NotificationEvent.DOWN, NotificationEvent.UP, NotificationEvent.FLAPPING


@pytest.mark.parametrize(
    ("rule", "counts"),
    [
        (Tried(), {DOWN: 4, UP: 3}),
        (Tried(events=["DOWN"]), {DOWN: 4}),
        (Tried(events=["UP"]), {UP: 3}),
        (Tried(after_seconds=300), {DOWN: 2, UP: 1}),
        (Tried(cooldown_seconds=3_600), {DOWN: 3, UP: 2}),
        (Tried(cooldown_seconds=3_600, remind_seconds=600), {DOWN: 3, UP: 3}),
        (Tried(events=["CERTIFICATE"]), {}),
        (Tried(quiet_from="12:00", quiet_until="12:20"), {DOWN: 2, UP: 1}),
    ],
    ids=[
        "both",
        "failures",
        "recoveries",
        "long ones",
        "cool-down",
        "cool-down and reminders",
        "another event",
        "quiet hours",
    ],
)
def test_events_are_counted_by_the_rules_delays(rule: Tried, counts: dict[NotificationEvent, int]) -> None:
    assert changes(rule, WINDOWS, {}) == counts


@pytest.mark.parametrize(("after", "count"), [(60, 1), (300, 0)], ids=["before it was taken up", "after"])
def test_an_acknowledged_failure_does_not_escalate(after: int, count: int) -> None:
    rule = Tried(events=["DOWN"], after_seconds=after, unless_acknowledged=True)

    assert changes(rule, [TAKEN], {}) == {DOWN: count}


def test_downtime_that_a_pause_ends_sends_no_recovery() -> None:
    paused = replace(spell(0, 600), has_recovered=False)

    assert changes(Tried(), [paused], {}) == {DOWN: 1, UP: 0}


def test_a_failure_that_begins_the_flapping_is_not_sent_itself() -> None:
    flapping = {1: [spell(15, 3_000)]}

    assert changes(Tried(), [spell(0, 150)], flapping) == {DOWN: 0, UP: 1, FLAPPING: 1}


def test_a_recovery_that_begins_the_flapping_is_not_sent_itself() -> None:
    flapping = {1: [spell(80, 3_000)]}

    counts = changes(Tried(), [spell(0, 60), spell(30, 60, 2)], flapping)

    assert counts == {DOWN: 2, UP: 1 + 1, FLAPPING: 1}  # of the other website, and once the website is steady


def test_flapping_suppresses_failures_until_it_ends() -> None:
    flapping = {1: [spell(610, 7_300)]}

    counts = changes(Tried(), WINDOWS, flapping)

    assert counts == {
        DOWN: 3,
        UP: 2,
        FLAPPING: 1,
    }  # the second window is not sent, the third is sent because the website was steady again
    assert changes(Tried(events=["FLAPPING"]), WINDOWS, {}) == {FLAPPING: 0}


def test_reminders_end_with_recovery_or_acknowledgement_and_pause_in_maintenance() -> None:
    rule = Tried(remind_seconds=600, after_seconds=60)
    windows = [spell(0, 3_600), replace(spell(0, 3_600, 2), acknowledged_at=at(700)), spell(0, 50, 3)]
    resting = {1: [(at(600).timestamp(), at(1_800).timestamp())]}

    assert reminders(rule, windows, {}, {}, at(7_200)) == 5 + 1
    assert reminders(rule, windows, {}, resting, at(7_200)) == 3 + 1
    assert reminders(rule, [spell(0, None)], {}, {}, at(1_000)) == 1
    assert reminders(rule, [spell(0, None, muted=FOR_EVER)], {}, {}, at(7_200)) == 0
    assert reminders(Tried(), windows, {}, {}, at(7_200)) == 0


def test_a_failure_that_ends_with_its_dependency_is_not_counted() -> None:
    together, later = spell(0, 605, muted=at(600)), spell(0, 900, 2, muted=at(600))
    goes_on = spell(0, None, 3, muted=FOR_EVER)

    assert sent_spans(Tried(), DOWN, [together, later, goes_on]) == [later]
    assert sent_spans(Tried(), NotificationEvent.DEGRADED, [together, later, goes_on]) == [later]


def test_a_down_dependency_suppresses_slowness_but_not_certificates() -> None:
    muted = spell(0, None, muted=at(600))

    assert sent_spans(Tried(), NotificationEvent.SLOW, [muted]) == []
    assert sent_spans(Tried(), NotificationEvent.FINDING, [muted]) == []
    assert sent_spans(Tried(), NotificationEvent.CERTIFICATE, [muted]) == [muted]


def test_a_condition_shorter_than_the_delay_is_not_counted() -> None:
    slow = [spell(0, 600), spell(1_000, 1_060)]

    assert sent_spans(Tried(after_seconds=300), NotificationEvent.SLOW, slow) == slow[:1]


def test_maintenance_is_excluded_and_conditions_begin_again_after_it() -> None:
    resting = {1: [(at(300).timestamp(), at(900).timestamp())]}
    through, within, before = spell(0, 1_200), spell(400, 800), spell(0, 100)

    slow = outside_maintenance(NotificationEvent.SLOW, [through, within, before], resting)
    degraded = outside_maintenance(NotificationEvent.DEGRADED, [through, within, before, spell(400, None)], resting)

    assert slow == [spell(0, 300), spell(900, 1_200), before]
    assert degraded == [through, before, spell(900, None)]
