"""The effect of a check depends on its website's state before and after it."""

from collections.abc import Sequence
from datetime import timedelta

from core.models import MonitorStatus
from core.monitoring.check_effect import CheckEffect, effects
from core.monitoring.downtime import Confirmation, Run
from core.services.monitor_check import StoredCheck
from core.services.website_state import State, after
from tests.factories import at

UP, DOWN = MonitorStatus.UP, MonitorStatus.DOWN
MINUTES = timedelta(minutes=3)


def check(number: int, status: MonitorStatus, seconds: float) -> StoredCheck:
    return StoredCheck(
        id=number,
        website_id=1,
        status=status,
        checked_at=at(seconds),
        response_time_ms=None,
        http_status_code=None,
        error_message=None,
    )


def of(checks: Sequence[StoredCheck], *, late: Sequence[int] = ()) -> list[CheckEffect]:
    state: State | None = None
    states: dict[int, State] = {}
    for one in checks:
        if one.id not in late:
            state, _ended = after(state, one, MINUTES)
            states[one.id] = state
    validity, confirmation = {1: MINUTES}, Confirmation(retries=1)
    votes = [None] * len(checks)
    return list(effects(checks, votes, before={}, after=states, validity=validity, confirmation=confirmation))


def test_each_check_starts_from_the_state_after_the_previous_one() -> None:
    first, second = of([check(1, DOWN, 0), check(2, DOWN, 60)])

    assert first.before is None
    assert second.before == first.after
    assert second.run == Run(since=at(0), checks=2)
    assert [effect.may_open for effect in (first, second)] == [False, True]


def test_a_late_check_does_not_change_the_current_state() -> None:
    first, late, next_one = of([check(1, UP, 0), check(2, DOWN, 30), check(3, UP, 60)], late=[2])

    assert (late.is_late, late.is_failing, late.run) == (True, False, None)
    assert next_one.before == first.after


def test_a_gap_without_checks_starts_at_the_last_check_before_it() -> None:
    first, soon, later = of([check(1, UP, 0), check(2, UP, 600), check(3, UP, 1_300)])

    assert [effect.gap_since for effect in (first, soon, later)] == [None, None, at(600)]


def test_failures_before_a_gap_are_an_unobserved_failure() -> None:
    _down, seen = of([check(1, DOWN, 0), check(2, UP, 60)])
    _down, back = of([check(1, DOWN, 0), check(2, UP, 400)])

    assert seen.unobserved_failure is None
    assert back.unobserved_failure == (at(0), at(180))
