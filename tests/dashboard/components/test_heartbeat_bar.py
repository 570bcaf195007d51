"""The text alternative of a heartbeat bar."""

import pytest

from core.models import MonitorCheck, MonitorStatus
from dashboard.components.heartbeat_bar import summary


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        ([], "No checks yet"),
        ([MonitorStatus.DOWN], "Last 1 check: 1 down"),
        ([MonitorStatus.UP, MonitorStatus.UP, MonitorStatus.DOWN], "Last 3 checks: 2 up, 1 down"),
    ],
    ids=["none", "one", "several"],
)
def test_the_bar_is_counted_by_status(statuses: list[MonitorStatus], words: str) -> None:
    assert summary([MonitorCheck(status=status) for status in statuses]) == words
