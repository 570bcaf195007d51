"""Reminders of lasting failures are due at a fixed interval."""

from datetime import datetime

import pytest

from core.notifications.reminders import due, moments
from tests.core.notifications.test_rules import Rule
from tests.factories import NOON, at

HOURLY = Rule(remind_seconds=3_600)
AT_NIGHT = Rule(remind_seconds=3_600, quiet_from="12:30", quiet_until="16:00")


@pytest.mark.parametrize(
    ("rule", "now", "reminded"),
    [
        (Rule(), at(9_000), {}),
        (HOURLY, at(3_584), {}),
        (HOURLY, at(3_585), {7: at(3_600)}),
        (HOURLY, at(3_614), {7: at(3_600)}),
        (HOURLY, at(90_000), {7: at(3_600)}),
        (HOURLY, at(-90_000), {}),
        (AT_NIGHT, at(3_600), {}),
        (AT_NIGHT, at(4 * 3_600), {7: at(3_600)}),
    ],
    ids=[
        "never",
        "too soon",
        "in time",
        "in time, too",
        "late",
        "the clock was set back",
        "in quiet hours",
        "as they end",
    ],
)
def test_a_reminder_is_due_one_interval_after_the_last_message(
    rule: Rule, now: datetime, reminded: dict[int, datetime]
) -> None:
    assert due(rule, {7: NOON}, now) == reminded


def test_reminders_that_are_due_within_a_minute_are_sent_together() -> None:
    told = {1: NOON, 2: at(30), 3: at(300)}

    assert due(HOURLY, told, at(3_600)) == {1: at(3_600), 2: at(3_630)}
    assert due(HOURLY, {2: at(30), 3: at(300)}, at(3_610)) == {}, "none is told too early for itself alone"


def test_reminders_continue_until_the_failure_ends() -> None:
    assert list(moments(HOURLY, NOON, at(3 * 3_600))) == [at(3_600), at(7_200)]
    assert list(moments(AT_NIGHT, NOON, at(6 * 3_600))) == [at(4 * 3_600), at(5 * 3_600)]
    assert list(moments(Rule(), NOON, at(90_000))) == []
