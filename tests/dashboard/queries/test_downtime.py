"""The downtime page's list is cut into pages of entries, not of windows."""

from datetime import timedelta

from core.models import DowntimeWindow
from dashboard.queries.downtime import listed_of
from tests.factories import NOON


def test_a_flapping_website_takes_one_list_entry() -> None:
    def window(number: int, website_id: int) -> DowntimeWindow:
        started = NOON - timedelta(minutes=10 * number)
        return DowntimeWindow(
            id=number, website_id=website_id, started_at=started, ended_at=started + timedelta(minutes=3)
        )

    windows = [window(number, website_id=1 if number <= 120 else number) for number in range(1, 181)]
    found = [(one, "Shop") for one in windows]

    pages = [listed_of(found, page) for page in (1, 2, 3)]

    assert [entries for _shown, entries in pages] == [61, 61, 61]
    assert [[one.id for one, _name in shown] for shown, _entries in pages] == [
        list(range(1, 170)),
        list(range(170, 181)),
        [],
    ]
