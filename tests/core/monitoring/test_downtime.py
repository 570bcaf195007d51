"""Which checks open, extend and close a downtime window."""

import pytest

from core.models import DowntimeWindow, MonitorCheck, MonitorStatus
from core.monitoring.downtime import Closed, Extended, Opened, advance
from tests.factories import at


def check(status: MonitorStatus, seconds: float = 0, error: str | None = None) -> MonitorCheck:
    return MonitorCheck(id=1, website_id=1, status=status, checked_at=at(seconds), error_message=error)


def window(seconds: float = 0, affected: int = 1) -> DowntimeWindow:
    return DowntimeWindow(id=7, website_id=1, started_at=at(seconds), affected_checks_count=affected)


def test_a_failed_check_opens_a_window_at_its_own_start_with_its_own_words() -> None:
    assert advance(None, check(MonitorStatus.DOWN, 5, "refused")) == Opened(started_at=at(5), root_cause="refused")


def test_a_further_failed_check_extends_it() -> None:
    assert advance(window(affected=3), check(MonitorStatus.DOWN, 60)) == Extended(affected_checks_count=4)


@pytest.mark.parametrize("status", [MonitorStatus.UP, MonitorStatus.DEGRADED])
def test_an_available_check_closes_it_at_its_own_start(status: MonitorStatus) -> None:
    assert advance(window(), check(status, 90)) == Closed(ended_at=at(90), recovery_status=status)


@pytest.mark.parametrize("status", [MonitorStatus.UP, MonitorStatus.DEGRADED, MonitorStatus.UNKNOWN])
def test_nothing_opens_a_window_but_a_failed_check(status: MonitorStatus) -> None:
    assert advance(None, check(status)) is None


def test_an_unknown_check_leaves_an_open_window_as_it_is() -> None:
    assert advance(window(), check(MonitorStatus.UNKNOWN, 60)) is None


def test_a_check_from_before_the_window_cannot_close_it() -> None:
    with pytest.raises(ValueError, match="older than the window"):
        advance(window(100), check(MonitorStatus.UP, 99))
