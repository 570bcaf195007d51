"""Hundreds of late checks cost as many statements as one."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from core.models import MonitorStatus, Website
from core.schemas import MonitorCheckCreate
from core.services import MonitorCheckCRUD, statistics
from tests.conftest import Queries
from tests.factories import at, make_website

UP, UNKNOWN = MonitorStatus.UP, MonitorStatus.UNKNOWN
GAP = 600  # seconds between checks, each of which speaks for 150


def _store(db: Session, websites: Iterable[Website], seconds: Iterable[int], status: MonitorStatus = UP) -> None:
    told = [(website, second) for website in websites for second in seconds]
    MonitorCheckCRUD.bulk_create(
        db,
        [MonitorCheckCreate(website_id=one.id, status=status, checked_at=at(second)) for one, second in told],
    )


def test_hundreds_of_late_checks_take_as_many_statements_as_two(store: Session, query_counter: Queries) -> None:
    one, two, *rest = websites = [make_website(store, check_interval=60) for _ in range(12)]
    _store(store, websites, range(0, 30 * GAP, GAP))

    with query_counter.counted(store.get_bind()) as queries:  # type: ignore[arg-type]
        _store(store, [one, two], [300])
        for_two = len(queries)
        _store(store, rest, range(300, 29 * GAP, GAP))
        for_many = len(queries) - for_two

    assert for_many == for_two
    found = statistics.uptime(store, [one.id, rest[0].id], since=at(0), until=at(30 * GAP))
    assert [round(found[website.id].coverage * 30 * GAP / 150) for website in (one, rest[0])] == [30 + 1, 30 + 29]


def test_each_late_unknown_check_ends_known_time(store: Session) -> None:
    website = make_website(store, check_interval=60)
    _store(store, [website], [0, 100, 200, 300])

    _store(store, [website], [30, 250], UNKNOWN)

    found = statistics.uptime(store, [website.id], since=at(0), until=at(300))[website.id]
    assert round(found.coverage * 300) == 30 + 150
