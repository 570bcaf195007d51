"""A check changes its website's current state."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from core.models import MonitorCheck, MonitorStatus
from core.services import website_state
from core.services.runs import MAX_GAP
from core.services.website_state import State, after
from tests.factories import at, make_website

UP, DOWN, DEGRADED, UNKNOWN = MonitorStatus.UP, MonitorStatus.DOWN, MonitorStatus.DEGRADED, MonitorStatus.UNKNOWN


def told(*checks: tuple[float, MonitorStatus]) -> State:
    """The state after *checks*, each a second and a status."""
    state: State | None = None
    for number, (second, status) in enumerate(checks):
        check = MonitorCheck(id=number, website_id=1, status=status, checked_at=at(second))
        state, _ended = after(state, check, timedelta(minutes=2))
    assert state is not None
    return state


GAP = MAX_GAP.total_seconds()


@pytest.mark.parametrize(
    ("checks", "failing_since", "available_since", "count"),
    [
        pytest.param([(0, UP), (60, DEGRADED)], None, at(0), 2, id="degraded is available"),
        pytest.param([(0, UP), (60, DOWN), (65, DOWN)], at(60), None, 2, id="failures in a row"),
        pytest.param([(0, DOWN), (5, UP), (10, DOWN)], at(10), None, 1, id="a good check in between"),
        pytest.param([(0, DOWN), (5, UNKNOWN), (10, DOWN)], at(0), None, 2, id="unknown does not count"),
        pytest.param([(0, UNKNOWN), (5, UNKNOWN)], None, None, None, id="nothing was ever said"),
        pytest.param([(0, DOWN), (GAP + 1, DOWN)], at(GAP + 1), None, 1, id="nobody looked in between"),
        pytest.param([(0, DOWN), (GAP, UNKNOWN), (GAP + 1, DOWN)], at(GAP + 1), None, 1, id="unknown is no look"),
        pytest.param([(0, DOWN), (5, UNKNOWN)], at(0), None, 1, id="still failing as far as we know"),
    ],
)
def test_runs_are_consecutive_checks_with_the_same_result(
    checks: list[tuple[float, MonitorStatus]],
    failing_since: datetime | None,
    available_since: datetime | None,
    count: int | None,
) -> None:
    state = told(*checks)

    assert (state.failing_since, state.available_since, state.run_checks) == (failing_since, available_since, count)


def test_the_state_has_the_latest_check() -> None:
    check = MonitorCheck(
        id=9,
        website_id=1,
        status=DOWN,
        checked_at=at(60),
        response_time_ms=5.0,
        http_status_code=503,
        error_message="No",
    )

    state, _ended = after(told((0, UP)), check, timedelta(minutes=2))

    assert (state.latest_check_id, state.status, state.checked_at) == (9, DOWN, at(60))
    assert (state.response_time_ms, state.http_status_code, state.error_message) == (5.0, 503, "No")


@pytest.mark.parametrize("second", [(60, UP), (60, DOWN)], ids=["all go on as they were", "one does not"])
def test_states_are_stored_the_same_with_and_without_the_previous_ones(
    store: Session, second: tuple[float, MonitorStatus]
) -> None:
    ids = [make_website(store).id for _ in range(2)]
    before = {one: told((0, UP)) for one in ids}
    website_state.write(store, before)
    now = {ids[0]: told((0, UP), (60, UP)), ids[1]: told((0, UP), second)._replace(response_time_ms=5.0)}

    website_state.write(store, now, before=before)

    assert website_state.read(store, ids) == now


def test_a_run_continues_after_a_clock_ahead_was_corrected() -> None:
    ahead = told((3_600, DOWN), (3_605, DOWN))

    back, known = website_state.set_back(ahead, at(10))
    state, _ended = after(back, MonitorCheck(id=3, website_id=1, status=DOWN, checked_at=at(10)), timedelta(minutes=2))

    assert (state.failing_since, state.run_checks, state.known_since) == (at(10), 3, at(10))
    assert known == (at(3_600), at(3_605))
    assert state.rolled_until == at(0)
