"""TimescaleDB's chunks of checks are created ahead and dropped as a whole."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import database
from core.clock import utc_now
from core.models import MonitorCheck, MonitorStatus, Website
from core.models.months import TABLE
from core.schemas import MonitorCheckCreate
from core.services import MonitorCheckCRUD, hypertable, resplit, retention
from core.services.coverage_rebuild import rebuild_coverage
from tests import timescale
from tests.factories import make_check, make_website, roll_up

NOW = utc_now()
WEEK = timedelta(days=7)


def test_a_store_without_chunks_creates_and_drops_nothing(store: Session) -> None:
    assert not hypertable.is_used(store.connection())
    assert hypertable.prepare(store, NOW) == 0
    assert hypertable.outdated(store, NOW) == []


@pytest.fixture(scope="module")
def migrated() -> Iterator[Engine]:
    """A store at the newest revision, whose checks are in chunks."""
    url = timescale.new_database()
    engine = database.make_engine(url)
    database.upgrade(engine)
    with engine.begin() as connection:
        resplit.use_chunks(connection)
    yield engine
    engine.dispose()
    timescale.drop_database(url)


@pytest.fixture
def chunked(migrated: Engine) -> Iterator[Session]:
    """A session on it, without websites, checks and chunks at first."""
    with Session(migrated, expire_on_commit=False) as db:
        db.execute(delete(Website))
        for chunk in hypertable.existing(db.connection()):
            hypertable.drop(db, chunk)
        db.commit()
        yield db


@pytest.mark.timescale
def test_a_batch_of_checks_is_stored_in_its_chunks_and_found(chunked: Session) -> None:
    website = make_website(chunked)
    moments = [NOW - timedelta(days=days) for days in range(40)]

    given = [MonitorCheckCreate(website_id=website.id, status=MonitorStatus.UP, checked_at=at) for at in moments]
    stored = MonitorCheckCRUD.insert_many(chunked, given)  # by COPY, as there are so many

    assert 6 <= len(hypertable.existing(chunked.connection())) <= 7
    assert [check.checked_at for check in MonitorCheckCRUD.get_newest(chunked, website.id, 3)] == moments[:3]
    assert chunked.get_one(MonitorCheck, stored[7].id).checked_at == moments[7]
    chunked.delete(website)
    chunked.flush()
    assert chunked.scalar(select(func.count()).select_from(MonitorCheck)) == 0


@pytest.mark.timescale
def test_chunks_are_created_a_week_in_advance_once(chunked: Session) -> None:
    make_website(chunked)

    assert hypertable.prepare(chunked, NOW) == 2
    assert hypertable.prepare(chunked, NOW) == 0

    this, following = hypertable.existing(chunked.connection())
    assert this.since <= NOW < this.until == following.since
    assert chunked.scalar(select(func.count()).select_from(MonitorCheck)) == 0


@pytest.mark.timescale
def test_a_slot_is_stored_once_in_a_chunk(chunked: Session) -> None:
    website = make_website(chunked)
    hypertable.prepare(chunked, NOW)
    make_check(chunked, website, checked_at=NOW, due_at=NOW)

    with pytest.raises(IntegrityError, match="_slot"):
        make_check(chunked, website, checked_at=NOW + timedelta(seconds=1), due_at=NOW)


@pytest.mark.timescale
def test_a_chunk_is_dropped_when_all_its_checks_are_old_and_aggregated(chunked: Session) -> None:
    websites = [make_website(chunked) for _ in range(2)]
    for website in websites:
        make_check(chunked, website, checked_at=NOW - 2 * WEEK)
        make_check(chunked, website, checked_at=NOW)
    old, new = hypertable.existing(chunked.connection())
    rebuild_coverage(chunked, [websites[0].id])

    assert hypertable.outdated(chunked, NOW) == []
    assert not hypertable.drop(chunked, old)
    for website in websites:
        roll_up(chunked, website.id, NOW)
    assert retention.delete_checks(chunked, NOW) == 0
    assert hypertable.outdated(chunked, old.until - timedelta(hours=1)) == []
    assert hypertable.outdated(chunked, NOW) == [old]
    assert hypertable.drop(chunked, old)

    assert not hypertable.drop(chunked, old)
    assert hypertable.existing(chunked.connection()) == [new]
    assert chunked.scalar(select(func.count()).select_from(MonitorCheck)) == 2
    assert chunked.scalar(text("SELECT sum(up) FROM rollup_hours")) == 2


@pytest.mark.timescale
def test_a_chunk_has_every_index_of_the_table(chunked: Session) -> None:
    make_check(chunked, make_website(chunked), checked_at=NOW)
    hypertable.prepare(chunked, NOW)

    count = "SELECT count(*) FROM pg_index WHERE indrelid = CAST(:name AS regclass)"
    of_whole, of_chunk = (
        chunked.scalar(text(count), {"name": name})
        for name in (TABLE, hypertable.existing(chunked.connection())[0].name)
    )
    assert of_chunk == of_whole + 1 == 6
