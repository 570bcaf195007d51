"""Old checks are deleted in batches, and uptime stays."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.models import MonitorCheck, MonitorStatus, WebsiteState
from core.models.rollup import RollupMinute
from core.schemas import MonitorCheckCreate
from core.services import MonitorCheckCRUD, retention, statistics
from core.services.levels import MINUTE
from core.services.statistics import Uptime
from tests import sqlite
from tests.factories import at, make_website, roll_up


def test_old_checks_are_deleted_in_batches_and_uptime_stays(store: Session) -> None:
    website = make_website(store, check_interval=60)
    statuses = list(MonitorStatus)[:3]  # UNKNOWN would leave gaps
    MonitorCheckCRUD.bulk_create(
        store,
        [
            MonitorCheckCreate(website_id=website.id, status=statuses[minute % 3], checked_at=at(60 * minute))
            for minute in range(60)
        ],
    )

    batches = [retention.delete_checks(store, at(60 * 50), limit=20) for _ in range(4)]

    assert batches == [20, 20, 10, 0]
    assert store.scalar(select(func.count()).select_from(MonitorCheck)) == 10
    assert store.scalar(select(func.min(MonitorCheck.checked_at))) == at(60 * 50)
    hour = statistics.uptime(store, [website.id], since=at(0), until=at(3600))[website.id]
    assert hour == Uptime(share=1.0, coverage=1.0, down_seconds=0.0)


def test_sqlite_deletes_the_checks_stored_first_and_imported_ones_too() -> None:
    with Session(sqlite.in_memory()) as db:
        websites = [make_website(db, check_interval=60).id for _ in range(2)]
        for moment in (3_600, 3_660, 0, 9_000):  # the third is of a past that was imported
            rows = [
                MonitorCheckCreate(website_id=one, status=MonitorStatus.UP, checked_at=at(moment)) for one in websites
            ]
            MonitorCheckCRUD.bulk_create(db, rows)
        db.execute(update(WebsiteState).values(rolled_until=at(9_000)))

        left = []
        while retention.delete_checks(db, at(8_000), limit=2):
            left.append(sorted(db.execute(select(MonitorCheck.website_id, MonitorCheck.checked_at)).all()))

        moments = [[moment for one, moment in rows if one == websites[0]] for rows in left]
        assert moments == [[at(0), at(3_660), at(9_000)], [at(0), at(9_000)], [at(9_000)]]


def test_only_aggregated_checks_are_deleted(store: Session) -> None:
    website = make_website(store, check_interval=60)
    MonitorCheckCRUD.bulk_create(
        store,
        [
            MonitorCheckCreate(website_id=website.id, status=MonitorStatus.UP, checked_at=at(60 * minute))
            for minute in range(60)
        ],
    )
    store.execute(update(WebsiteState).values(rolled_until=at(60 * 30)))

    assert retention.delete_checks(store, at(60 * 50)) == 30

    assert store.scalar(select(func.min(MonitorCheck.checked_at))) == at(60 * 30)


def test_minute_rollups_are_deleted_by_whole_hours(store: Session) -> None:
    website = make_website(store, check_interval=60)
    MonitorCheckCRUD.bulk_create(
        store,
        [
            MonitorCheckCreate(website_id=website.id, status=MonitorStatus.UP, checked_at=at(600 * number))
            for number in range(18)
        ],
    )
    roll_up(store, website.id, at(86_400))

    assert retention.delete_rollups(store, {MINUTE: at(5_400)}).rows == 6

    assert store.scalar(select(func.min(RollupMinute.bucket))) == at(3_600).timestamp() // 60
