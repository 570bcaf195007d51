"""Conditions for notifications are found without reading the whole history."""

from sqlalchemy.orm import Session

from core.services import notification_conditions
from tests.conftest import Queries
from tests.factories import NOON


def test_notifications_of_open_windows_are_found_by_indexes(db: Session, query_counter: Queries) -> None:
    with query_counter.counted(db.get_bind().engine) as queries:
        notification_conditions.still_down(db, [1, 2], NOON)

    (asked,) = queries.statements
    plan = str(db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", (0,) * asked.count("?")).all())
    assert "(website_id=? AND ended_at=?)" in plan
    assert "(window_id=?)" in plan
    assert "(rule_id=?)" not in plan
