"""Rules decide who is notified about what, when, and when not."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from core.models import NotificationEvent, NotificationState
from core.notifications.rules import Situation, applies_to, due_at, quiet_until, skip_reason
from tests.factories import NOON, at

DOWN, UP = NotificationEvent.DOWN, NotificationEvent.UP
EVIDENCE, FINDING = NotificationEvent.EVIDENCE, NotificationEvent.FINDING
REMINDER = NotificationEvent.REMINDER
UNSTEADY = NotificationEvent.UNSTEADY


@dataclass
class Rule:
    website_id: int | None = None
    tag_id: int | None = None
    events: list[str] = field(default_factory=lambda: ["DOWN", "UP"])
    after_seconds: int = 0
    remind_seconds: int = 0
    unless_acknowledged: bool = False
    quiet_from: str | None = None
    quiet_until: str | None = None
    timezone: str = "UTC"


@pytest.mark.parametrize(
    ("rule", "meant"),
    [
        (Rule(), True),
        (Rule(website_id=1), True),
        (Rule(website_id=2), False),
        (Rule(tag_id=7), True),
        (Rule(tag_id=8), False),
        (Rule(events=["UP"]), False),
    ],
    ids=["all", "this website", "another website", "its tag", "another tag", "another event"],
)
def test_a_rule_is_for_all_websites_one_website_or_a_tag(rule: Rule, meant: bool) -> None:
    assert applies_to(rule, DOWN, 1, {7}) is meant


def test_failures_have_a_delay_and_recoveries_have_none() -> None:
    rule = Rule(after_seconds=300)

    assert due_at(rule, DOWN, NOON, at(20)) == at(300)
    assert due_at(rule, DOWN, NOON, at(400)) == at(400), "found out late"
    assert due_at(rule, UP, NOON, at(20)) == at(20)


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        ("2026-03-01T23:30", "2026-03-02T06:00"),
        ("2026-03-02T03:00", "2026-03-02T06:00"),
        ("2026-03-02T06:00", None),
        ("2026-03-01T12:00", None),
    ],
)
def test_quiet_hours_may_include_midnight(moment: str, end: str | None) -> None:
    night = Rule(quiet_from="22:00", quiet_until="07:00", timezone="Europe/Berlin")

    found = quiet_until(night, datetime.fromisoformat(moment).replace(tzinfo=UTC))

    assert found == (None if end is None else datetime.fromisoformat(end).replace(tzinfo=UTC))


def test_quiet_hours_end_by_local_time_when_summer_time_begins() -> None:
    night = Rule(quiet_from="22:00", quiet_until="07:00", timezone="Europe/Berlin")

    assert quiet_until(night, datetime(2026, 3, 28, 22, tzinfo=UTC)) == datetime(2026, 3, 29, 5, tzinfo=UTC)


def test_events_in_quiet_hours_wait_for_their_end() -> None:
    assert due_at(Rule(quiet_from="11:00", quiet_until="13:00"), DOWN, NOON, NOON) == at(3_600)


@pytest.mark.parametrize(
    ("rule", "event", "situation", "reason"),
    [
        (Rule(), DOWN, Situation(), None),
        (Rule(), DOWN, Situation(ended_at=at(200)), None),
        (Rule(after_seconds=100), DOWN, Situation(ended_at=at(50)), "It recovered before this was due."),
        (Rule(after_seconds=100), DOWN, Situation(ended_at=at(50), was_attempted=True), None),
        (Rule(unless_acknowledged=True), DOWN, Situation(acknowledged_by="ada"), "Already acknowledged by ada."),
        (Rule(), DOWN, Situation(acknowledged_by="ada"), None),
        (Rule(), DOWN, Situation(is_in_cooldown=True), "Another failure was sent within the cool-down."),
        (Rule(), UP, Situation(failure=NotificationState.SKIPPED), "No notification was sent for its failure."),
        (Rule(), UP, Situation(failure=NotificationState.SENT), None),
        (Rule(events=["UP"]), UP, Situation(), None),
        (Rule(), EVIDENCE, Situation(failure=NotificationState.SENT), None),
        (Rule(), EVIDENCE, Situation(), "No notification was sent for its failure."),
        (Rule(), EVIDENCE, Situation(failure=NotificationState.SKIPPED), "No notification was sent for its failure."),
        (Rule(events=["EVIDENCE"]), EVIDENCE, Situation(), None),
        (Rule(), FINDING, Situation(), "No notification was sent for its failure."),
        (Rule(), FINDING, Situation(failure=NotificationState.SENT), None),
        (Rule(events=["FINDING"]), FINDING, Situation(), None),
        (
            Rule(),
            EVIDENCE,
            Situation(failure=NotificationState.SENT, ended_at=at(50)),
            "It recovered before this was due.",
        ),
        (
            Rule(unless_acknowledged=True),
            EVIDENCE,
            Situation(failure=NotificationState.SENT, acknowledged_by="ada"),
            "Already acknowledged by ada.",
        ),
        (
            Rule(),
            EVIDENCE,
            Situation(
                failure=NotificationState.SENT, nothing_new="The notification of the failure already included it."
            ),
            "The notification of the failure already included it.",
        ),
        (Rule(), NotificationEvent.DEGRADED, Situation(is_over=True), "It recovered before this was due."),
        (Rule(), NotificationEvent.DEGRADED, Situation(), None),
        (Rule(), UNSTEADY, Situation(), None),
        (Rule(), UNSTEADY, Situation(is_over=True), "It recovered before this was due."),
        (Rule(), UNSTEADY, Situation(is_called_down=True), "It went down before this was due."),
        (Rule(), UNSTEADY, Situation(parent="Router"), "Router, which it depends on, is down."),
        (Rule(), REMINDER, Situation(failure=NotificationState.SENT), None),
        (Rule(), REMINDER, Situation(ended_at=at(100), was_attempted=True), "It recovered before this was due."),
        (Rule(), REMINDER, Situation(acknowledged_by="ada"), "Already acknowledged by ada."),
        (Rule(), REMINDER, Situation(parent="Router"), "Router, which it depends on, is down."),
    ],
)
def test_a_skipped_notification_has_a_reason(
    rule: Rule, event: NotificationEvent, situation: Situation, reason: str | None
) -> None:
    assert skip_reason(rule, event, at(100), situation) == reason
