"""Checks open, extend and close downtime windows."""

import pytest

from core.models import DowntimeWindow, MonitorCheck, MonitorStatus
from core.monitoring.downtime import Closed, Confirmation, Extended, Opened, Run, advance, unexcused
from tests.factories import at


def check(status: MonitorStatus, seconds: float = 0, error: str | None = None) -> MonitorCheck:
    return MonitorCheck(id=1, website_id=1, status=status, checked_at=at(seconds), error_message=error)


def window(seconds: float = 0, affected: int = 1) -> DowntimeWindow:
    return DowntimeWindow(id=7, website_id=1, started_at=at(seconds), affected_checks_count=affected)


def run(since: float, checks: int = 1) -> Run:
    return Run(since=at(since), checks=checks)


NOW = Confirmation(retries=0)


def down(seconds: float) -> MonitorCheck:
    return check(MonitorStatus.DOWN, seconds, "refused")


def test_without_retries_a_failed_check_opens_a_window_with_its_start_and_reason() -> None:
    opened = advance(None, down(5), run(5), NOW)

    assert opened == Opened(started_at=at(5), root_cause="refused", affected_checks_count=1)


def test_the_third_failure_in_a_row_opens_a_window_that_starts_at_the_first() -> None:
    assert advance(None, down(0), run(0)) is None
    assert advance(None, down(5), run(0, 2)) is None
    opened = advance(None, down(10), run(0, 3))

    assert opened == Opened(started_at=at(0), root_cause="refused", affected_checks_count=3)


def test_a_recovery_that_must_be_confirmed_ends_the_window_at_its_first_good_check() -> None:
    twice = Confirmation(recoveries=2)

    assert advance(window(), check(MonitorStatus.UP, 60), run(60), twice) is None
    closed = advance(window(), check(MonitorStatus.UP, 65), run(60, 2), twice)

    assert closed == Closed(ended_at=at(60), recovery_status=MonitorStatus.UP)


def test_a_window_opened_after_the_last_failure_does_not_end_before_its_start() -> None:
    assert advance(window(100), check(MonitorStatus.UP, 120), run(0, 9)) == Closed(
        ended_at=at(100), recovery_status=MonitorStatus.UP
    )


def test_a_further_failed_check_extends_the_window() -> None:
    assert advance(window(affected=3), down(60), run(0, 4)) == Extended(affected_checks_count=4)


@pytest.mark.parametrize("status", [MonitorStatus.UP, MonitorStatus.DEGRADED])
def test_an_available_check_closes_the_window_at_its_own_start(status: MonitorStatus) -> None:
    assert advance(window(), check(status, 90), run(90)) == Closed(ended_at=at(90), recovery_status=status)


@pytest.mark.parametrize("status", [MonitorStatus.UP, MonitorStatus.DEGRADED, MonitorStatus.UNKNOWN])
def test_only_a_failed_check_opens_a_window(status: MonitorStatus) -> None:
    assert advance(None, check(status), run(0, 9)) is None


def test_an_unknown_check_does_not_change_an_open_window() -> None:
    assert advance(window(), check(MonitorStatus.UNKNOWN, 60), run(0, 9)) is None


def test_a_check_from_before_the_window_does_not_close_it() -> None:
    with pytest.raises(ValueError, match="older than the window"):
        advance(window(100), check(MonitorStatus.UP, 99), run(99))


def between(start: float, end: float) -> tuple[float, float]:
    return at(start).timestamp(), at(end).timestamp()


@pytest.mark.parametrize(
    ("maintenance", "counted_from"),
    [
        ([], 0),
        ([between(-50, -10)], 0),
        ([between(-50, 0)], 0),  # it ended as the failures began
        ([between(5, 20)], 20),
        ([between(5, 10), between(20, 30)], 30),  # the later one excuses what lies before it, too
        ([between(5, 60)], 60),  # the check begins as it ends
        ([between(70, 90)], 0),
        ([between(5, 61)], None),
        ([between(60, 90)], None),
        ([between(5, 10), between(50, 90)], None),
    ],
)
def test_failures_are_counted_from_the_end_of_maintenance(
    maintenance: list[tuple[float, float]], counted_from: float | None
) -> None:
    counted = unexcused(run(0, 4), maintenance, at(60))

    assert counted == (None if counted_from is None else run(counted_from, 4))
