"""Statements without the ORM see what the ORM has not flushed yet."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from core.models import DowntimeWindow, MonitorStatus, Website
from core.services.prepared import IDS, rows_of, run_many

TABLE = Website.__table__
WINDOWS = DowntimeWindow.__table__


def test_unflushed_rows_are_found(db: Session) -> None:
    website = Website(url="https://example.com", name="Shop", check_interval=60, timeout=10)
    db.add(website)

    (found,) = rows_of(db, select(TABLE.c.name), ids=[])

    assert found == ("Shop",)


def test_many_rows_are_inserted_with_one_statement_and_found_by_id(db: Session) -> None:
    rows = [{"url": f"https://{name}", "name": name, "check_interval": 60, "timeout": 10} for name in ("a", "b", "c")]

    run_many(db, TABLE.insert(), rows)  # type: ignore[attr-defined]

    assert rows_of(db, select(TABLE.c.name).where(TABLE.c.id.in_(IDS)).order_by(TABLE.c.id), ids=[1, 3]) == [
        ("a",),
        ("c",),
    ]


def test_times_and_enums_are_converted_as_in_the_models(db: Session) -> None:
    at = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=timezone(timedelta(hours=2)))
    row = {"website_id": 7, "created_at": at, "updated_at": at, "started_at": at, "initial_status": MonitorStatus.DOWN}
    db.add(Website(id=7, url="https://example.com", name="Shop", check_interval=60, timeout=10))

    run_many(db, WINDOWS.insert(), [{**row, "affected_checks_count": 1}])  # type: ignore[attr-defined]
    query = select(WINDOWS.c.started_at, WINDOWS.c.initial_status, WINDOWS.c.ended_at)
    (found,) = rows_of(db, query.where(WINDOWS.c.started_at == bindparam("at")), at=at)

    assert tuple(found) == (at, MonitorStatus.DOWN, None)
    assert found[0].tzinfo is UTC


def test_a_statement_with_a_literal_value_is_run(db: Session) -> None:
    db.add(Website(url="https://example.com", name="Shop", check_interval=60, timeout=10))

    assert rows_of(db, select(TABLE.c.name).where(TABLE.c.check_interval > 59), ids=[]) == [("Shop",)]


def test_a_statement_with_a_missing_parameter_is_refused(db: Session) -> None:
    with pytest.raises(StatementError):
        rows_of(db, select(TABLE.c.name).where(TABLE.c.check_interval > bindparam("least")))
