"""Due times are spread at the start, do not drift, and skip missed slots."""

import pytest

from core.monitoring.schedule import (
    SPREAD_SECONDS,
    Plan,
    brought_forward,
    first_plan,
    gap_seconds,
    next_plan,
    with_interval,
)


def plan(due_at: float, interval_seconds: float = 60.0) -> Plan:
    return Plan(website_id=1, interval_seconds=interval_seconds, due_at=due_at)


def test_a_new_website_is_due_at_once() -> None:
    assert first_plan(1, 60, now=1_000, seconds_since_check=None, place=0.5).due_at == 1_000


def test_websites_added_together_are_spread_from_their_second_check_on() -> None:
    first = [first_plan(number, 60, now=0, seconds_since_check=None, place=number / 100) for number in range(100)]

    second = [next_plan(plan, now=plan.website_id / 100) for plan in first]  # as fast as they may start

    assert sorted(plan.due_at for plan in second) == pytest.approx([0.6 * number for number in range(2, 102)])
    assert all(plan.due_at - plan.website_id / 100 <= 60 for plan in second)
    assert [next_plan(plan, now=plan.due_at).due_at - plan.due_at for plan in second] == pytest.approx([60] * 100)


def test_a_restart_keeps_the_due_time_of_a_website_that_is_not_due_yet() -> None:
    assert first_plan(1, 60, now=1_000, seconds_since_check=20, place=0.5).due_at == 1_040


def test_overdue_websites_are_spread_after_a_restart() -> None:
    places = [number / 100 for number in range(100)]

    due = [first_plan(1, 60, now=0, seconds_since_check=3_600, place=place).due_at for place in places]

    assert due == sorted(due)
    assert all(0 <= at < SPREAD_SECONDS for at in due)
    per_second = [sum(second <= at < second + 1 for at in due) for second in range(int(SPREAD_SECONDS))]
    assert max(per_second) <= 6


def test_a_clock_set_back_delays_a_check_by_one_interval_at_most() -> None:
    assert first_plan(1, 60, now=0, seconds_since_check=-500, place=0.5).due_at == 60


@pytest.mark.parametrize(
    ("now", "due_at"),
    [(100, 160), (100.9, 160), (159.9, 160), (160, 220), (1_000, 1_060)],
    ids=["in time", "a little late", "almost an interval late", "an interval late", "after a long sleep"],
)
def test_the_next_slot_keeps_the_phase_and_is_never_in_the_past(now: float, due_at: float) -> None:
    assert next_plan(plan(100), now=now).due_at == due_at


def test_a_shorter_interval_applies_at_once() -> None:
    assert with_interval(plan(3_000, 3_600), 60, now=100).due_at == 160
    assert with_interval(plan(3_000, 3_600), 3_600, now=100) == plan(3_000, 3_600)


def test_a_longer_interval_does_not_delay_a_check_that_was_due_before() -> None:
    assert with_interval(plan(130, 60), 3_600, now=100).due_at == 130


def test_a_failing_website_is_checked_sooner_but_never_later() -> None:
    assert brought_forward(plan(160), 5, now=100).due_at == 105
    assert brought_forward(plan(103), 5, now=100).due_at == 103


def test_checks_start_more_often_as_more_websites_fail_up_to_a_limit() -> None:
    assert gap_seconds(100, early_checks=0) == gap_seconds(100, early_checks=50) == 1 / 100
    assert gap_seconds(100, early_checks=200) == 1 / 200
    assert gap_seconds(100, early_checks=9_000) == 1 / 300
    assert gap_seconds(700, early_checks=9_000) == 1 / 700


def test_after_an_early_check_the_interval_counts_from_it() -> None:
    assert next_plan(brought_forward(plan(160), 5, now=100), now=105).due_at == 165
