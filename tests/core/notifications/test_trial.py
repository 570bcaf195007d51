"""A rule is tried on what has happened, before anybody is woken by it."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from core.notifications.trial import messages
from tests.core.notifications.test_rules import Rule
from tests.factories import at


@dataclass
class Window:
    started_at: datetime
    ended_at: datetime | None
    website_id: int = 1


@dataclass
class Tried(Rule):
    cooldown_seconds: int = 0


WINDOWS = [Window(at(0), at(60)), Window(at(600), at(1_800)), Window(at(7_200), None), Window(at(30), at(90), 2)]


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        (Tried(), 7),
        (Tried(events=["DOWN"]), 4),
        (Tried(events=["UP"]), 3),
        (Tried(after_seconds=300), 3),
        (Tried(cooldown_seconds=3_600), 5),
        (Tried(events=["CERTIFICATE"]), 0),
        (Tried(quiet_from="12:00", quiet_until="12:20"), 3),
    ],
    ids=["both", "failures", "recoveries", "long ones", "cool-down", "another event", "quiet hours"],
)
def test_what_it_would_have_sent(rule: Tried, count: int) -> None:
    assert messages(rule, WINDOWS) == count
