"""Monitor checks are stored and found."""

from datetime import timedelta

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import MonitorCheck, MonitorStatus
from core.schemas import MonitorCheckCreate
from core.services import MonitorCheckCRUD
from core.services.monitor_check import has_status
from tests.factories import at, make_check, make_website

INDEX = "ix_monitor_checks_status_checked_at"
UP, DOWN, DEGRADED, UNKNOWN = MonitorStatus.UP, MonitorStatus.DOWN, MonitorStatus.DEGRADED, MonitorStatus.UNKNOWN


def test_a_check_with_only_a_status_is_stored(store: Session) -> None:
    website = make_website(store)

    check = MonitorCheckCRUD.create(store, MonitorCheckCreate(website_id=website.id, status=MonitorStatus.UP))

    assert MonitorCheckCRUD.get_by_id(store, check.id) is check
    assert MonitorCheckCRUD.get_by_id(store, 4711) is None
    assert abs(check.checked_at - utc_now()) < timedelta(seconds=60)


def test_checks_of_a_website_are_found_by_time_newest_first(store: Session) -> None:
    website, other = make_website(store), make_website(store)
    checks = [make_check(store, website, checked_at=at(60 * minute)) for minute in range(5)]
    make_check(store, other)

    assert MonitorCheckCRUD.get_by_website(store, website.id) == (checks[::-1], 5)
    assert MonitorCheckCRUD.get_by_website(store, website.id, at(60), at(180)) == (checks[3:0:-1], 3)
    naive = at(180).replace(tzinfo=None)
    assert MonitorCheckCRUD.get_by_website(store, website.id, start_time=naive) == ([checks[4], checks[3]], 2)
    assert MonitorCheckCRUD.get_by_website(store, website.id, skip=1, limit=2) == ([checks[3], checks[2]], 5)


@pytest.mark.parametrize(
    ("limit", "kept"),
    [(7, [6, 5, 4, 3, 2, 1, 0]), (4, [6, 4, 2, 0]), (3, [6, 3, 0]), (2, [6, 2])],
    ids=["all", "half", "third", "two"],
)
def test_a_limited_number_of_checks_is_spread_over_the_whole_span(store: Session, limit: int, kept: list[int]) -> None:
    website, other = make_website(store), make_website(store)
    checks = [make_check(store, website, checked_at=at(minute * 60)) for minute in range(9)]
    make_check(store, other, checked_at=at(60))

    found = MonitorCheckCRUD.spread(store, website.id, since=at(0), until=at(6 * 60), limit=limit)

    assert [checks.index(check) for check in found] == kept


def test_two_checks_of_the_same_time_keep_their_order(store: Session) -> None:
    website = make_website(store)
    first, second = make_check(store, website), make_check(store, website)

    assert MonitorCheckCRUD.get_by_website(store, website.id)[0] == [second, first]
    assert MonitorCheckCRUD.get_latest_by_website(store, website.id) is second


def test_the_latest_check_is_the_one_that_began_last(store: Session) -> None:
    website = make_website(store)
    latest = make_check(store, website, checked_at=at(60))
    make_check(store, website, checked_at=at(0))

    assert MonitorCheckCRUD.get_latest_by_website(store, website.id) is latest
    assert MonitorCheckCRUD.get_latest_by_website(store, make_website(store).id) is None


def test_recent_checks_are_listed_for_all_websites_or_one(store: Session) -> None:
    website, other = make_website(store), make_website(store)
    old = make_check(store, website, checked_at=utc_now() - timedelta(hours=3))
    down = make_check(store, other, status=DOWN, checked_at=utc_now() - timedelta(hours=1))
    new = make_check(store, website, checked_at=utc_now())

    assert MonitorCheckCRUD.get_recent_checks(store) == [new, down, old]
    assert MonitorCheckCRUD.get_recent_checks(store, limit=1) == [new]
    assert MonitorCheckCRUD.get_recent_checks(store, hours=2) == [new, down]
    assert MonitorCheckCRUD.get_recent_checks(store, website.id) == [new, old]
    assert MonitorCheckCRUD.get_recent_checks(store, status=DOWN) == [down]


@pytest.mark.parametrize(
    ("statuses", "percentage"),
    [
        ([], None),
        ([UNKNOWN], None),
        ([UP, UP, UP, DOWN], 75.0),
        ([UP, DEGRADED], 100.0),
        ([DOWN, UNKNOWN], 0.0),
        ([UP, DOWN, UNKNOWN, UNKNOWN], 50.0),
    ],
)
def test_the_uptime_percentage_ignores_unknown_checks(
    store: Session, statuses: list[MonitorStatus], percentage: float | None
) -> None:
    website = make_website(store)
    for status in statuses:
        make_check(store, website, status=status, checked_at=utc_now() - timedelta(hours=1))
    make_check(store, website, status=DOWN, checked_at=utc_now() - timedelta(hours=25))
    make_check(store, make_website(store), status=DOWN, checked_at=utc_now())

    assert MonitorCheckCRUD.calculate_uptime_percentage(store, website.id) == percentage


def test_the_uptime_percentage_covers_the_given_hours(store: Session) -> None:
    website = make_website(store)
    make_check(store, website, checked_at=utc_now() - timedelta(minutes=30))
    make_check(store, website, status=DOWN, checked_at=utc_now() - timedelta(hours=40))

    assert MonitorCheckCRUD.calculate_uptime_percentage(store, website.id, hours=1) == 100.0
    assert MonitorCheckCRUD.calculate_uptime_percentage(store, website.id, hours=48) == 50.0


def test_failures_are_found_by_an_index_that_contains_no_good_check(store: Session) -> None:
    query = select(MonitorCheck.checked_at).where(has_status(DOWN), MonitorCheck.checked_at > at(0))
    is_sqlite = store.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        store.execute(text("SET LOCAL enable_seqscan = off"))  # nothing is stored: it would be read whole

    asked = query.compile(store.get_bind(), compile_kwargs={"literal_binds": True})
    plan = "\n".join(str(row) for row in store.execute(text(f"EXPLAIN {'QUERY PLAN' if is_sqlite else ''} {asked}")))

    assert "status_checked_at" in plan
    (index,) = [one for one in inspect(store.connection()).get_indexes("monitor_checks") if one["name"] == INDEX]
    assert "UP" in str(index["dialect_options"][f"{store.get_bind().dialect.name}_where"])
