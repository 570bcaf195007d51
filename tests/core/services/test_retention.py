"""Old checks go in batches; uptime stays."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.models import MonitorCheck, MonitorStatus, WebsiteState
from core.models.rollup import RollupMinute
from core.schemas import MonitorCheckCreate
from core.services import MonitorCheckCRUD, retention, rollups, statistics
from core.services.levels import MINUTE
from core.services.statistics import Uptime
from tests.factories import at, make_website


def test_old_checks_go_batch_by_batch_and_uptime_stays(store: Session) -> None:
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


def test_of_a_website_that_is_added_up_in_part_only_that_part_goes(store: Session) -> None:
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


def test_minutes_go_by_whole_hours(store: Session) -> None:
    website = make_website(store, check_interval=60)
    MonitorCheckCRUD.bulk_create(
        store,
        [
            MonitorCheckCreate(website_id=website.id, status=MonitorStatus.UP, checked_at=at(600 * number))
            for number in range(18)
        ],
    )
    while not rollups.catch_up(store, website.id, at(86_400)):
        pass

    assert retention.delete_rollups(store, {MINUTE: at(5_400)}).rows == 6

    assert store.scalar(select(func.min(RollupMinute.bucket))) == at(3_600).timestamp() // 60
