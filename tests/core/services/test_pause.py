"""Pauses are stored, and those that have not ended are found."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import Pause
from core.services import pause
from core.services.pause import Paused
from tests.factories import at, make_check, make_website


def test_a_pause_is_found_until_it_ends(store: Session) -> None:
    website = make_website(store)

    pause.begin(store, website.id, at(100))
    assert pause.not_over(store, [website.id], at(500)) == {website.id: [Paused(at(100), None)]}
    pause.end(store, website.id, at(200))

    assert pause.not_over(store, [website.id], at(50)) == {website.id: [Paused(at(100), at(200))]}
    assert pause.not_over(store, [website.id], at(200)) == {}


def test_checks_from_before_the_end_of_a_pause_do_not_show_the_current_state() -> None:
    paused = [Paused(at(100), at(200)), Paused(at(300), None)]

    assert [pause.is_before_end(paused[:1], at(moment)) for moment in (50, 100, 199, 200)] == [True, True, True, False]
    assert [pause.is_within(paused, at(moment)) for moment in (50, 100, 200, 300, 900)] == [
        False,
        True,
        False,
        True,
        True,
    ]
    assert [pause.first_after(paused, at(moment)) for moment in (50, 150, 300)] == [at(100), at(300), None]


def test_a_pause_that_began_in_the_future_is_removed_when_it_ends(store: Session) -> None:
    website = make_website(store)
    pause.begin(store, website.id, at(3_600))

    pause.end(store, website.id, at(10))

    assert list(store.scalars(select(Pause))) == []


def test_a_pause_ended_by_a_clock_ahead_is_over_after_its_correction(store: Session) -> None:
    website, year = make_website(store), timedelta(days=365)
    pause.begin(store, website.id, utc_now() - timedelta(hours=1))

    pause.end(store, website.id, utc_now() + year)

    assert pause.not_over(store, [website.id], utc_now()) == {}


def test_a_pause_is_kept_while_checks_from_before_its_end_are_stored(store: Session) -> None:
    website, other = make_website(store), make_website(store)
    make_check(store, website, checked_at=at(5))
    make_check(store, other, checked_at=at(11))
    for one in (website, other):
        pause.begin(store, one.id, at(6))
        pause.end(store, one.id, at(10))
        pause.begin(store, one.id, at(20))

    pause.delete_old(store, at(90 * 86_400))

    kept = [(one.website_id, one.started_at) for one in store.scalars(select(Pause).order_by(Pause.id))]
    assert kept == [(website.id, at(6)), (website.id, at(20)), (other.id, at(20))]


def test_a_pause_is_kept_while_checks_of_its_time_may_still_arrive(store: Session) -> None:
    website = make_website(store)
    pause.begin(store, website.id, at(0))
    pause.end(store, website.id, at(10))

    pause.delete_old(store, at(10) + pause.KEEP_TIME)
    assert len(list(store.scalars(select(Pause)))) == 1
    pause.delete_old(store, at(11) + pause.KEEP_TIME)

    assert list(store.scalars(select(Pause))) == []
