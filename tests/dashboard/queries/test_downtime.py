"""The downtime page's list is cut into pages of entries, not of windows."""

from datetime import timedelta

from core.models import MonitorStatus
from core.services.downtime_list import Outline
from dashboard.queries.downtime import listed_of
from tests.factories import NOON


def test_a_flapping_website_takes_one_list_entry() -> None:
    def window(number: int, website_id: int) -> Outline:
        started = NOON - timedelta(minutes=10 * number)
        ended, down = started + timedelta(minutes=3), MonitorStatus.DOWN
        return Outline(number, website_id, started, ended, down, root_cause=None, acknowledged_at=None)

    windows = [window(number, website_id=1 if number <= 120 else number) for number in range(1, 181)]

    pages = [listed_of(windows, page) for page in (1, 2, 3)]

    assert [entries for _shown, entries in pages] == [61, 61, 61]
    assert [[one.id for one in shown] for shown, _entries in pages] == [
        list(range(1, 170)),
        list(range(170, 181)),
        [],
    ]
