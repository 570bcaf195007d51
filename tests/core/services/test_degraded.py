"""Degraded time is exact from checks, and accurate to the hour from rollups."""

from datetime import timedelta
from random import Random

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.models import MonitorCheck, MonitorStatus, Website
from core.schemas import MonitorCheckCreate
from core.services import MonitorCheckCRUD
from core.services.degraded import Shares, degraded
from tests.conftest import Queries
from tests.factories import NOON, at, make_website, roll_up

UP, DEGRADED = MonitorStatus.UP, MonitorStatus.DEGRADED
HOUR, DAY = 3_600, 86_400


def watch(db: Session, website: Website, *, until: int, slow: range) -> None:
    """A check a minute, DEGRADED in *slow*."""
    seconds = range(0, until, 60)
    MonitorCheckCRUD.bulk_create(
        db,
        [
            MonitorCheckCreate(website_id=website.id, status=DEGRADED if second in slow else UP, checked_at=at(second))
            for second in seconds
        ],
    )


def add_up(db: Session, website: Website, until: int) -> None:
    roll_up(db, website.id, at(until))


def told(db: Session, website: Website, *, until: int = DAY, by_hour: bool) -> Shares:
    """Return the degraded spans by share, in seconds after noon."""
    shares = degraded(db, [website.id], since=NOON, until=at(until), by_hour=by_hour)[website.id]
    noon = NOON.timestamp()
    return {share: [(start - noon, end - noon) for start, end in spans] for share, spans in shares.items() if spans}


def test_degraded_time_from_checks_is_exact_to_the_second(store: Session) -> None:
    website = make_website(store)
    watch(store, website, until=6 * HOUR, slow=range(HOUR + 600, HOUR + 900))
    add_up(store, website, 6 * HOUR)

    assert told(store, website, by_hour=False) == {1.0: [(HOUR + 600, HOUR + 900)]}


def test_a_check_before_the_span_covers_its_start(store: Session) -> None:
    website = make_website(store)
    watch(store, website, until=3 * HOUR, slow=range(2 * HOUR - 60, 2 * HOUR))
    add_up(store, website, 3 * HOUR)

    shares = degraded(store, [website.id], since=at(2 * HOUR - 30), until=at(3 * HOUR), by_hour=False)[website.id]

    assert shares == {1.0: [(at(2 * HOUR - 30).timestamp(), at(2 * HOUR).timestamp())]}


def test_a_span_begins_with_the_status_of_the_last_check_before_it(store: Session) -> None:
    website = make_website(store, check_interval=60)
    seconds = {0: UP, HOUR - 30: DEGRADED, HOUR + 40: UP, 2 * HOUR + 300: UP}
    MonitorCheckCRUD.bulk_create(
        store,
        [
            MonitorCheckCreate(website_id=website.id, status=status, checked_at=at(second))
            for second, status in seconds.items()
        ],
    )
    add_up(store, website, 2 * HOUR)

    shares = degraded(store, [website.id], since=at(HOUR), until=at(2 * HOUR), by_hour=False)[website.id]

    assert shares == {1.0: [(at(HOUR).timestamp(), at(HOUR + 40).timestamp())]}


def test_rollups_do_not_change_results(db: Session) -> None:
    chance = Random(7)
    websites = [make_website(db, check_interval=chance.choice([60, 600, 1_800])) for _ in range(30)]
    for website in websites:
        statuses = chance.choices([UP, DEGRADED, MonitorStatus.UNKNOWN], [5, 1, 1], k=12)
        checks = {at(chance.randrange(6 * HOUR)): status for status in statuses}
        MonitorCheckCRUD.bulk_create(
            db,
            [
                MonitorCheckCreate(website_id=website.id, status=status, checked_at=moment)
                for moment, status in sorted(checks.items())
            ],
        )

    def said() -> dict[int, Shares]:
        ids = [website.id for website in websites]
        return degraded(db, ids, since=at(2 * HOUR), until=at(5 * HOUR), by_hour=False)

    before = said()
    for website in websites:
        add_up(db, website, chance.randrange(7) * HOUR)

    assert said() == before
    assert any(before.values())


def test_an_hour_has_the_share_of_its_checks_that_were_degraded(store: Session) -> None:
    website = make_website(store)
    watch(store, website, until=6 * HOUR, slow=range(HOUR + 600, HOUR + 1_500))
    add_up(store, website, 6 * HOUR)

    assert told(store, website, by_hour=True) == {0.25: [(HOUR, 2 * HOUR)]}


def test_degraded_hours_are_kept_when_checks_are_deleted(store: Session) -> None:
    website = make_website(store)
    watch(store, website, until=6 * HOUR, slow=range(HOUR, 3 * HOUR))
    add_up(store, website, 6 * HOUR)
    store.execute(delete(MonitorCheck))

    assert told(store, website, by_hour=True) == {1.0: [(HOUR, 3 * HOUR)]}


def test_time_without_hourly_rollups_comes_from_checks(store: Session) -> None:
    website = make_website(store)
    watch(store, website, until=4 * HOUR + 1_800, slow=range(3 * HOUR, 4 * HOUR + 600))
    add_up(store, website, 4 * HOUR)

    assert told(store, website, by_hour=True) == {1.0: [(3 * HOUR, 4 * HOUR + 600)]}


def test_the_first_hour_is_read_from_checks(store: Session) -> None:
    website = make_website(store)
    watch(store, website, until=HOUR, slow=range(600, 900))

    assert told(store, website, by_hour=True) == {1.0: [(600, 900)]}


def test_any_number_of_websites_takes_as_many_queries_as_one(store: Session, query_counter: Queries) -> None:
    websites = [make_website(store) for _ in range(3)]
    for website in websites:
        watch(store, website, until=HOUR, slow=range(0))
    until = NOON + timedelta(days=1)

    for by_hour in (True, False):
        with query_counter.counted(store.get_bind().engine) as queries:
            degraded(store, [website.id for website in websites], since=NOON, until=until, by_hour=by_hour)
        assert len(queries) == 4
