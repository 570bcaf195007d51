"""Old checks go in batches; uptime stays."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.models import MonitorCheck, MonitorStatus
from core.schemas import MonitorCheckCreate
from core.services import MonitorCheckCRUD, retention, statistics
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
    assert retention.oldest_check(store) == at(60 * 50)
    hour = statistics.uptime(store, [website.id], since=at(0), until=at(3600))[website.id]
    assert hour == Uptime(share=1.0, coverage=1.0, down_seconds=0.0)
