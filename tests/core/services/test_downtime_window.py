"""Downtime windows are opened, closed and found."""

import pytest
from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.models import MonitorStatus
from core.schemas import DowntimeWindowUpdate
from core.schemas.finding import FindingCreate
from core.services import DowntimeWindowCRUD, FindingCRUD
from tests.factories import at, make_website, make_window


def test_an_open_window_is_the_ongoing_downtime_until_it_ends(store: Session) -> None:
    website = make_website(store)
    make_window(store, website, started_at=at(-600), ended_at=at(-300))
    window = make_window(store, website, started_at=at(0))

    assert DowntimeWindowCRUD.get_ongoing_downtime(store, website.id) is window
    assert DowntimeWindowCRUD.get_all_ongoing(store) == {website.id: window}

    change = DowntimeWindowUpdate(ended_at=at(90), recovery_status=MonitorStatus.UP)
    updated = DowntimeWindowCRUD.update(store, window.id, change)

    assert updated is window
    assert (window.ended_at, window.duration_seconds, window.recovery_status) == (at(90), 90.0, MonitorStatus.UP)
    assert DowntimeWindowCRUD.get_ongoing_downtime(store, website.id) is None


def test_the_duration_is_calculated_from_start_and_end(store: Session) -> None:
    window = make_window(store, make_website(store), started_at=at(0), ended_at=at(60))
    assert window.duration_seconds == 60.0

    DowntimeWindowCRUD.update(store, window.id, DowntimeWindowUpdate(started_at=at(20)))
    assert window.duration_seconds == 40.0

    DowntimeWindowCRUD.update(store, window.id, DowntimeWindowUpdate(ended_at=None))
    assert window.duration_seconds is None


def test_an_update_of_notes_does_not_change_start_and_end(store: Session) -> None:
    window = make_window(store, make_website(store), started_at=at(0), ended_at=at(60))

    DowntimeWindowCRUD.update(store, window.id, DowntimeWindowUpdate(notes="deploy", root_cause="bad release"))

    assert (window.notes, window.root_cause, window.duration_seconds) == ("deploy", "bad release", 60.0)
    assert DowntimeWindowCRUD.update(store, 4711, DowntimeWindowUpdate(notes="x")) is None


def test_a_cause_that_a_person_empties_gives_way_to_the_one_that_was_found(store: Session) -> None:
    window = make_window(store, make_website(store), root_cause="The name does not resolve.")
    found = FindingCreate(kind="dns", sentence="The name does not resolve.", confidence="high", why="", rests_on=[])
    FindingCRUD.replace_for_window(store, window.id, [found])

    DowntimeWindowCRUD.update(store, window.id, DowntimeWindowUpdate(root_cause="A full disk."))
    assert window.root_cause == "A full disk."

    DowntimeWindowCRUD.update(store, window.id, DowntimeWindowUpdate(root_cause=None))
    assert (window.root_cause, window.is_cause_given) == ("The name does not resolve.", False)


def test_a_window_that_ends_before_its_start_is_refused(store: Session) -> None:
    window = make_window(store, make_website(store), started_at=at(0))

    with pytest.raises(InvalidInput, match="cannot end before it started"):
        DowntimeWindowCRUD.update(store, window.id, DowntimeWindowUpdate(ended_at=at(-1)))


def test_windows_that_overlap_a_span_are_found_newest_first(store: Session) -> None:
    website = make_website(store)
    before = make_window(store, website, started_at=at(0), ended_at=at(10))
    across = make_window(store, website, started_at=at(20), ended_at=at(40))
    still_open = make_window(store, website, started_at=at(50))
    make_window(store, make_website(store))

    assert DowntimeWindowCRUD.get_by_website(store, website.id) == ([still_open, across, before], 3)
    assert DowntimeWindowCRUD.get_by_website(store, website.id, at(30), at(45)) == ([across], 1)
    assert DowntimeWindowCRUD.get_by_website(store, website.id, start_time=at(100)) == ([still_open], 1)
    assert DowntimeWindowCRUD.get_by_website(store, website.id, skip=2) == ([before], 3)
    assert DowntimeWindowCRUD.get_by_website(store, None)[1] == 4


def test_a_deleted_window_is_gone(store: Session) -> None:
    window = make_window(store, make_website(store))

    assert DowntimeWindowCRUD.delete(store, window.id) is True
    assert DowntimeWindowCRUD.delete(store, window.id) is False
    assert DowntimeWindowCRUD.get_by_id(store, window.id) is None


def test_a_window_dated_in_the_future_ends_when_its_website_is_paused(
    store: Session,
) -> None:
    broken, planned = make_website(store), make_website(store, url="http://127.0.0.1:2/")
    ahead = make_window(store, broken, started_at=at(600))
    later = make_window(store, planned, started_at=at(600))
    ahead.created_at, later.created_at = at(601), at(-60)
    store.flush()

    for website in (broken, planned):
        DowntimeWindowCRUD.end_unknown(store, website.id, at(0))

    assert (ahead.ended_at, ahead.recovery_status) == (at(600), MonitorStatus.UNKNOWN)
    assert later.ended_at is None
