"""An outage is found whoever of several workers stores its part of the checks first."""

from itertools import permutations

import pytest
from sqlalchemy.orm import Session

from core.models import DowntimeWindow, Website
from core.monitoring.record import record
from core.services import DowntimeWindowCRUD
from tests.core.monitoring.test_record import BAD, found
from tests.core.monitoring.test_verdict import GOOD
from tests.factories import at, make_maintenance, make_website

OUTAGE = ((0, GOOD), (20, BAD), (25, BAD), (30, BAD), (35, BAD), (40, GOOD))


def store_in_parts(db: Session, website: Website, *parts: list[int]) -> list[DowntimeWindow]:
    """Store each of *parts* of the outage, by number, in a transaction of its own; the windows after that."""
    for part in parts:
        record(db, [found(website.id, OUTAGE[number][0], OUTAGE[number][1]) for number in part])
    return DowntimeWindowCRUD.get_by_website(db, website.id)[0]


@pytest.mark.parametrize("parts", list(permutations(([0, 1, 3], [2, 4], [5]))), ids=str)
def test_an_outage_is_one_window_whatever_part_of_it_is_stored_first(
    store: Session, parts: tuple[list[int], ...]
) -> None:
    (window,) = store_in_parts(store, make_website(store), *parts)

    assert (window.started_at, window.ended_at) == (at(20), at(40))


def test_what_still_fails_goes_down_with_the_checks_that_came_late(store: Session) -> None:
    (window,) = store_in_parts(store, make_website(store), [0, 2, 4], [1])

    assert (window.started_at, window.ended_at, window.affected_checks_count) == (at(20), None, 3)


def test_a_window_that_is_open_begins_with_what_comes_late(store: Session) -> None:
    (window,) = store_in_parts(store, make_website(store), [0, 2, 3, 4], [1])

    store.refresh(window)
    assert (window.started_at, window.ended_at) == (at(20), None)


def test_a_window_ends_with_the_first_good_check_though_that_comes_late(store: Session) -> None:
    website = make_website(store)
    (window,) = store_in_parts(store, website, [0, 1, 2, 3, 4])
    record(store, [found(website.id, 60)])
    store.expire_all()

    record(store, [found(website.id, 40)])

    store.refresh(window)
    assert (window.ended_at, window.duration_seconds) == (at(40), 20)


def test_a_failure_that_retries_absorb_is_no_outage_when_it_comes_late(store: Session) -> None:
    assert store_in_parts(store, make_website(store), [0, 5], [1, 2]) == []


def test_what_failed_in_maintenance_is_no_outage_when_it_comes_late(store: Session) -> None:
    website = make_website(store)
    make_maintenance(store, starts_at=at(10), duration_seconds=60)

    assert store_in_parts(store, website, [0, 5], [1, 2, 3, 4]) == []


def test_a_window_that_somebody_deleted_does_not_come_back_with_other_late_checks(store: Session) -> None:
    website = make_website(store)
    (window,) = store_in_parts(store, website, [0, 1, 2, 3, 4, 5])
    DowntimeWindowCRUD.delete(store, window.id)

    record(store, [found(website.id, 60), found(website.id, 50, BAD)])

    assert DowntimeWindowCRUD.get_by_website(store, website.id)[1] == 0
