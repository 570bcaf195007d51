"""Automatic sessions stay within their limits during hours of flapping."""

import itertools
from datetime import timedelta

import pytest

from core.diagnosis.limits import SPAN, Limits, PlannedSession, Started, refusal
from core.models import SessionTrigger
from tests.core.diagnosis.facts import NOON

FAILURE, BASELINE = SessionTrigger.FAILURE, SessionTrigger.BASELINE


def _flap(websites: int, every_seconds: int, limits: Limits, hours: int = 3) -> list[Started]:
    """Return the sessions that start for websites that fail repeatedly, each at its own second."""
    started: list[Started] = []
    for second in range(0, hours * 3_600, every_seconds):
        for website_id in range(websites):
            now = NOON + timedelta(seconds=second, milliseconds=website_id)
            if refusal(PlannedSession(website_id=website_id, trigger=FAILURE), started, limits, now) is None:
                started.append(Started(website_id=website_id, trigger=FAILURE, at=now))
    return started


@pytest.mark.parametrize(("websites", "every_seconds"), [(1, 10), (3, 30), (40, 60)])
def test_flapping_websites_start_no_more_than_the_limits(websites: int, every_seconds: int) -> None:
    limits = Limits(per_hour=20, per_website=6, cooldown_seconds=120)

    started = _flap(websites, every_seconds, limits)

    for first in started:
        within = [one for one in started if timedelta() <= one.at - first.at < SPAN]
        assert len(within) <= 20
        assert all(sum(one.website_id == website_id for one in within) <= 6 for website_id in range(websites))
    for website_id in range(websites):
        own = [one.at for one in started if one.website_id == website_id]
        assert all(later - earlier >= timedelta(seconds=120) for earlier, later in itertools.pairwise(own))


def test_limits_apply_to_the_last_hour() -> None:
    started = _flap(1, 10, Limits(), hours=1)

    assert len(started) == 6
    assert refusal(PlannedSession(website_id=0, trigger=FAILURE), started, Limits(), NOON + SPAN) is None


def test_a_website_that_forbids_automatic_sessions_starts_none() -> None:
    unwanted = PlannedSession(website_id=1, trigger=FAILURE, is_wanted=False)

    assert "are off for this website" in str(refusal(unwanted, [], Limits(), NOON))


def test_with_a_limit_of_zero_no_session_starts() -> None:
    assert refusal(PlannedSession(website_id=1, trigger=FAILURE), [], Limits(per_hour=0), NOON) is not None


def test_baselines_leave_half_of_the_hour_to_failures() -> None:
    started = [Started(website_id=number, trigger=BASELINE, at=NOON) for number in range(5)]

    limits = Limits(per_hour=10)

    assert "half" in str(refusal(PlannedSession(website_id=9, trigger=BASELINE), started, limits, NOON))
    assert refusal(PlannedSession(website_id=9, trigger=FAILURE), started, limits, NOON) is None
