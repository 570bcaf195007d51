"""Which downtime windows a list folds into one line."""

import pytest

from core.models import DowntimeWindow
from dashboard.components.window_list import episodes
from tests.factories import at

MINUTE = 60.0


def window(window_id: int, started: float, ended: float | None, website_id: int = 1) -> DowntimeWindow:
    return DowntimeWindow(
        id=window_id,
        website_id=website_id,
        started_at=at(started * MINUTE),
        ended_at=None if ended is None else at(ended * MINUTE),
    )


def ids(windows: list[DowntimeWindow]) -> list[list[int]]:
    newest_first = sorted(windows, key=lambda one: one.started_at, reverse=True)
    return [[one.id for one in episode] for episode in episodes(newest_first)]


def test_many_windows_of_one_website_in_short_order_are_one_episode() -> None:
    assert ids([window(1, 0, 5), window(2, 20, 25), window(3, 60, None)]) == [[3, 2, 1]]


def test_two_windows_stay_apart() -> None:
    assert ids([window(1, 0, 5), window(2, 20, 25)]) == [[2], [1]]


@pytest.mark.parametrize(("pause", "found"), [(60, [[3, 2, 1]]), (61, [[3], [2], [1]])], ids=["hour", "longer"])
def test_after_an_hour_up_a_new_episode_begins(pause: int, found: list[list[int]]) -> None:
    assert ids([window(1, 0, 5), window(2, 20, 25), window(3, 25 + pause, None)]) == found


def test_each_flapping_website_has_its_own_episode() -> None:
    shop = [window(number, number * 10, number * 10 + 1) for number in range(3)]
    blog = [window(10 + number, number * 10 + 5, number * 10 + 6, website_id=2) for number in range(3)]
    between = window(20, 22, 23, website_id=3)

    assert ids([*shop, *blog, between]) == [[12, 11, 10], [20], [2, 1, 0]]
