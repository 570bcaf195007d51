"""Websites that fail now and then are found, but not those that are down, in maintenance or failing right now."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.models import FlappingSpan, HTTPMethod, MonitorCheck, MonitorStatus, Website
from core.services.unsteadiness import USUAL_PERCENT, Unsteadiness, unsteadiness
from tests.conftest import Queries
from tests.factories import at, make_check, make_maintenance, make_website, make_window

NOW = at(3_600)
AN_HOUR = range(60)


def checks(db: Session, website: Website, fails: set[int], minutes: range = AN_HOUR) -> None:
    """A check each minute, those of *fails* failed."""
    for minute in minutes:
        status = MonitorStatus.DOWN if minute in fails else MonitorStatus.UP
        make_check(db, website, checked_at=at(60 * minute), status=status)


def begins(db: Session, percent: int = USUAL_PERCENT) -> list[int]:
    return [key for key, one in unsteadiness(db, NOW).items() if one.begins(percent)]


def test_three_failures_of_sixty_are_unsteady_and_two_are_not(store: Session) -> None:
    shop, other, well = make_website(store), make_website(store), make_website(store)
    checks(store, shop, {10, 20, 50})
    checks(store, other, {10, 20})
    checks(store, well, set())

    found = unsteadiness(store, NOW)

    assert {key: (one.passing, one.checks) for key, one in found.items()} == {shop.id: (3, 60), other.id: (2, 60)}
    assert begins(store) == [shop.id]
    assert begins(store, percent=10) == []
    assert set(unsteadiness(store, NOW, [other.id])) == {other.id}


def test_a_day_of_downtime_takes_no_more_work_than_minutes(store: Session) -> None:
    if store.get_bind().dialect.name != "sqlite":
        return  # which alone counts what it does
    website = make_website(store)
    steps: list[int] = []

    def look() -> int:
        steps.clear()
        connection = store.connection().connection.driver_connection
        assert connection is not None
        connection.set_progress_handler(lambda: steps.append(1), 100)
        assert unsteadiness(store, NOW)[website.id].all_failed == 60
        connection.set_progress_handler(None, 0)
        return len(steps)

    fails_every_second(store, website, range(3_400, 3_600))
    minutes = look()
    fails_every_second(store, website, range(-2_400, 3_400))

    assert look() < 2 * minutes


def fails_every_second(db: Session, website: Website, seconds: range) -> None:
    failed = {"website_id": website.id, "status": MonitorStatus.DOWN, "http_method": HTTPMethod.GET}
    db.execute(insert(MonitorCheck), [failed | {"checked_at": at(second)} for second in seconds])


def test_only_the_last_sixty_checks_count(store: Session) -> None:
    website = make_website(store)
    checks(store, website, {-3, -2, -1, 0, 30}, range(-10, 60))

    one = unsteadiness(store, NOW)[website.id]

    assert (one.passing, one.checks) == (2, 60)


def test_checks_older_than_a_day_do_not_count(store: Session) -> None:
    website = make_website(store, check_interval=3_600)
    for hour in range(40):
        status = MonitorStatus.DOWN if hour in (12, 14, 20, 30) else MonitorStatus.UP
        make_check(store, website, checked_at=NOW - timedelta(hours=40 - hour), status=status)

    one = unsteadiness(store, NOW)[website.id]

    assert (one.passing, one.checks) == (2, 24)


def test_a_current_failure_is_not_yet_unsteady(store: Session) -> None:
    website = make_website(store)
    checks(store, website, {57, 58, 59})
    assert begins(store) == []

    make_check(store, website, checked_at=at(3_595), status=MonitorStatus.UNKNOWN)
    assert begins(store) == [], "our own network fails"

    make_check(store, website, checked_at=at(3_599), status=MonitorStatus.DEGRADED)
    assert begins(store) == [website.id]


def test_downtime_does_not_begin_or_end_unsteadiness(store: Session) -> None:
    website = make_website(store)
    checks(store, website, {10, 20, 30, 31, 32, 33, 50})
    make_window(store, website, started_at=at(1_800), ended_at=at(2_040))

    one = unsteadiness(store, NOW)[website.id]

    assert (one.passing, one.checks, one.all_failed, one.all_checks) == (1, 25, 7, 60)
    assert (one.begins(USUAL_PERCENT), one.lasts(USUAL_PERCENT)) == (False, True)


@pytest.mark.parametrize("told", ["down", "flapping", "paused"])
def test_websites_with_other_announcements_are_not_unsteady(store: Session, told: str) -> None:
    website = make_website(store, is_active=told != "paused")
    checks(store, website, {10, 20, 30})
    if told == "down":
        make_window(store, website, started_at=at(-60))
    elif told == "flapping":
        store.add(FlappingSpan(website_id=website.id, started_at=at(0)))
        store.flush()

    assert begins(store) == []


def test_only_checks_since_the_last_maintenance_count(store: Session) -> None:
    deployed, other = make_website(store), make_website(store)
    make_maintenance(store, website_id=deployed.id, starts_at=at(1_170), duration_seconds=600)
    for website in (deployed, other):
        checks(store, website, {10, 20, 21, 22, 50})

    found = unsteadiness(store, NOW)

    assert (found[deployed.id].passing, found[deployed.id].checks) == (1, 30)
    assert begins(store) == [other.id]


def test_unsteadiness_lasts_until_half_as_many_checks_fail() -> None:
    begun = Unsteadiness(
        checks=60, passing=6, last_failed_id=1, is_answering=True, is_down=False, all_checks=60, all_failed=6
    )

    lasting = [replace(begun, all_failed=failed).lasts(10) for failed in range(5)]

    assert lasting == [False, False, False, True, True]


def test_many_websites_take_as_many_queries_as_one(store: Session, query_counter: Queries) -> None:
    for _ in range(4):
        checks(store, make_website(store), {10, 20, 30})
    store.flush()

    with query_counter.counted(store.get_bind()) as queries:  # type: ignore[arg-type]
        unsteadiness(store, NOW)

    assert len(queries) <= 3
