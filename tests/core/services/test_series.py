"""Measured times are read in buckets and as percentiles."""

import pytest
from sqlalchemy.orm import Session

from core.models import MonitorStatus, Website
from core.schemas import MonitorCheckCreate
from core.services import MonitorCheckCRUD, rollups, statistics
from core.services.sketch import ACCURACY
from core.services.statistics import Percentiles
from tests.conftest import Queries
from tests.factories import at, make_check, make_website


def measured(db: Session, website: Website, values: list[float], *, every: int = 60) -> None:
    """A check with each of *values*, one after the other, from `NOON` on."""
    MonitorCheckCRUD.bulk_create(
        db,
        [
            MonitorCheckCreate(
                website_id=website.id,
                status=MonitorStatus.UP,
                http_status_code=200,
                response_time_ms=value,
                checked_at=at(number * every),
            )
            for number, value in enumerate(values)
        ],
    )


def test_a_series_has_checks_by_bucket_without_empty_ones(store: Session) -> None:
    website = make_website(store)
    measured(store, website, [100, 300, 200])
    for second, status in ((600, MonitorStatus.DOWN), (610, MonitorStatus.UNKNOWN)):
        make_check(store, website, status=status, checked_at=at(second))

    series = statistics.response_series(store, website.id, since=at(0), until=at(1200), max_points=4)

    assert [(point.started_at, point.seconds) for point in series] == [(at(0), 300), (at(600), 300)]
    assert (series[0].checks, series[0].response_ms, series[0].slowest_ms) == (3, 200, 300)
    assert (series[1].checks, series[1].down, series[1].unknown, series[1].p50_ms) == (2, 1, 1, None)


def test_percentiles_are_of_checks_with_a_response(store: Session) -> None:
    website = make_website(store)
    measured(store, website, [float(value) for value in range(1, 101)], every=1)
    make_check(store, website, status=MonitorStatus.DOWN, response_time_ms=9_000, checked_at=at(50.5))

    found = statistics.percentiles(store, website.id, since=at(0), until=at(100))

    assert found.checks == 100
    assert (found.p50_ms, found.p95_ms) == pytest.approx((50, 95), rel=ACCURACY)


def test_without_checks_there_are_no_percentiles(store: Session) -> None:
    found = statistics.percentiles(store, make_website(store).id, since=at(0), until=at(100))

    assert found == Percentiles(p50_ms=None, p95_ms=None, checks=0)


def test_sqlite_reads_only_the_edges_of_a_span_from_checks(db: Session, query_counter: Queries) -> None:
    website = make_website(db)
    measured(db, website, [100.0] * 300)
    rollups.catch_up(db, website.id, at(300 * 60))
    engine = db.get_bind().engine

    with query_counter.counted(engine) as queries:
        found = statistics.percentiles(db, website.id, since=at(90), until=at(290 * 60 + 30))

    assert found.checks == 289
    assert (
        len(queries.statements) == 5
    )  # besides those three what is kept, and single checks: a report asks for hundreds
    asked = [statement for statement in queries.statements if "FROM rollup_" in statement and "sketch" in statement]
    assert len(asked) == 3  # minutes, hours, minutes
    for statement in asked:
        parameters = (0,) * statement.count("?")
        plan = db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        assert "(website_id=? AND bucket>? AND bucket<?)" in plan[0][3]
