"""Charts and percentiles match the single checks, in whatever order those came and after deletions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from core.models import MonitorCheck, MonitorStatus, RollupDay, RollupHour, RollupMinute, Website, WebsiteState
from core.schemas import MonitorCheckCreate
from core.services import MonitorCheckCRUD, retention, rollups, statistics
from core.services.coverage_rebuild import rebuild_coverage
from core.services.levels import DAY, HOUR, MINUTE
from core.services.retention import Place
from core.services.rollups import LEVELS
from core.services.sketch import ACCURACY
from core.services.statistics import SeriesPoint
from tests.conftest import Queries
from tests.factories import at, make_website, roll_up

UP, DOWN, DEGRADED, UNKNOWN = MonitorStatus.UP, MonitorStatus.DOWN, MonitorStatus.DEGRADED, MonitorStatus.UNKNOWN
SPAN = 2 * DAY
"""Seconds of a made-up history, from `NOON` on."""


@dataclass(frozen=True)
class Seen:
    """A check of a made-up history."""

    second: float
    status: MonitorStatus
    ms: float | None
    dns_ms: float | None


SECONDS = st.one_of(
    st.integers(0, SPAN).map(float),
    st.integers(0, SPAN // MINUTE).map(lambda it: it * 60.0),
    st.sampled_from([0.0, 30.0, 59.999999, 60.0, 3599.0, 3600.0, 40_000.5, 86_399.0, 86_400.0]),  # many in one bucket
)
HISTORIES = st.lists(
    st.builds(
        Seen,
        SECONDS,
        st.sampled_from([UP, UP, DOWN, DEGRADED, UNKNOWN]),
        st.one_of(st.none(), st.floats(0.1, 30_000)),
        st.one_of(st.none(), st.floats(0, 500)),
    ),
    max_size=40,
)


def keep(db: Session, website: Website, history: list[Seen], batch: int) -> None:
    """Store checks in the order given, *batch* at once."""
    for first in range(0, len(history), batch):
        MonitorCheckCRUD.bulk_create(
            db,
            [
                MonitorCheckCreate(
                    website_id=website.id,
                    status=one.status,
                    http_status_code=None if one.ms is None else 200,
                    response_time_ms=one.ms,
                    dns_time_ms=one.dns_ms,
                    checked_at=at(one.second),
                )
                for one in history[first : first + batch]
            ],
        )


def told(seen: list[Seen]) -> tuple[object, ...]:
    """What a chart's bucket is to say of these checks, slow and obvious."""
    times = sorted(one.ms for one in seen if one.ms is not None)
    dns = [one.dns_ms for one in seen if one.ms is not None and one.dns_ms is not None]
    return (
        len(seen),
        sum(one.status == DOWN for one in seen),
        sum(one.status == DEGRADED for one in seen),
        sum(one.status == UNKNOWN for one in seen),
        pytest.approx(sum(times) / len(times)) if times else None,
        max(times, default=None),
        pytest.approx(sum(dns) / len(dns)) if dns else None,
        _close(times, 0.5),
        _close(times, 0.95),
    )


def _close(times: list[float], share: float) -> object:
    return pytest.approx(times[ceil(share * len(times)) - 1], rel=ACCURACY + 1e-9) if times else None


def said(point: SeriesPoint) -> tuple[object, ...]:
    return (
        point.checks,
        point.down,
        point.degraded,
        point.unknown,
        point.response_ms,
        point.slowest_ms,
        point.dns_ms,
        point.p50_ms,
        point.p95_ms,
    )


def assert_chart(db: Session, website: Website, history: list[Seen], since: float, until: float, points: int) -> None:
    series = statistics.response_series(db, website.id, since=at(since), until=at(until), max_points=points)

    left = [one for one in history if since <= one.second < until]
    assert len(series) <= points
    for point in series:
        start = (point.started_at - at(0)).total_seconds()
        inside = [one for one in left if start <= one.second < start + point.seconds]
        assert said(point) == told(inside)
        left = [one for one in left if one not in inside]
    assert left == []


@contextmanager
def forgotten(db: Session) -> Iterator[None]:
    """Undo in the end what the block stores, so that the next made-up history begins on an empty store."""
    try:
        yield
    finally:
        db.rollback()


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HISTORIES, st.integers(1, 12), st.integers(0, SPAN), st.integers(1, SPAN), st.integers(1, 300), st.booleans())
def test_charts_match_the_checks(
    db: Session, history: list[Seen], batch: int, since: int, length: int, points: int, is_rebuilt: bool
) -> None:
    with forgotten(db):
        website = make_website(db)
        keep(db, website, history, batch)
        if is_rebuilt:
            rebuild_coverage(db)
        roll_up(db, website.id, at(SPAN / 2))

        assert_chart(db, website, history, since, since + length, points)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HISTORIES, st.integers(1, 12), st.integers(0, SPAN // HOUR), st.integers(1, 48), st.integers(1, 300))
def test_charts_of_whole_hours_stay_when_checks_and_minutes_are_deleted(
    db: Session, history: list[Seen], batch: int, first: int, hours: int, points: int
) -> None:
    with forgotten(db):
        website = make_website(db)
        keep(db, website, history, batch)
        roll_up(db, website.id, at(SPAN))
        retention.delete_checks(db, at(SPAN * 0.75))
        retention.delete_rollups(db, {MINUTE: at(SPAN / 2)})

        assert_chart(db, website, history, first * HOUR, (first + hours) * HOUR, points)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HISTORIES, st.integers(1, 12), st.integers(0, SPAN), st.integers(1, SPAN))
def test_percentiles_match_the_checks(db: Session, history: list[Seen], batch: int, since: int, length: int) -> None:
    with forgotten(db):
        website = make_website(db)
        keep(db, website, history, batch)

        found = statistics.percentiles(db, website.id, since=at(since), until=at(since + length))

        times = sorted(one.ms for one in history if one.ms is not None and since <= one.second < since + length)
        assert found.checks == len(times)
        shares = (found.p50_ms, found.p95_ms)
        assert shares == tuple(_close(times, share) for share in (0.5, 0.95))


def test_completed_slices_are_aggregated_as_checks_arrive(store: Session) -> None:
    website = make_website(store)
    history = [Seen(second, UP, 100.0 + second % 7, None) for second in range(-12 * HOUR, 13 * HOUR, 300)]

    keep(store, website, history, 5)

    count = {
        model: store.scalar(select(func.count()).select_from(model)) for model in (RollupMinute, RollupHour, RollupDay)
    }
    assert count == {RollupMinute: 25 * 12 - 2, RollupHour: 24, RollupDay: 1}
    assert_chart(store, website, history, -12 * HOUR, 13 * HOUR, 25)


def test_a_late_check_is_added_to_its_minute_hour_and_day(store: Session) -> None:
    website = make_website(store)
    history = [Seen(second, UP, 100.0, None) for second in range(-12 * HOUR, 13 * HOUR, 600)]
    late = [Seen(-11 * HOUR, DOWN, 900.0, 3.0), Seen(-11 * HOUR + 1.0, UP, 5.0, None), Seen(11.5 * HOUR, UP, 7.0, 1.0)]
    keep(store, website, history, 5)

    keep(store, website, late, 2)

    for seconds, points in ((DAY, 1), (HOUR, 24), (MINUTE, 1_440)):
        assert_chart(store, website, [*history, *late], -12 * HOUR, 12 * HOUR, points)
        since = int(at(-11 * HOUR).timestamp())
        model = dict(LEVELS)[seconds]
        assert store.scalar(select(model.down).where(model.bucket == since // seconds)) == 1


def test_a_chart_of_days_reads_checks_only_at_its_end(store: Session, query_counter: Queries) -> None:
    website = make_website(store)
    history = [Seen(second, UP, 50.0, 1.0) for second in range(0, 4 * DAY, 3_000)]
    keep(store, website, history, 7)
    kept = store.scalar(select(WebsiteState.rolled_until))
    assert kept is not None
    for check in store.scalars(select(MonitorCheck).where(MonitorCheck.checked_at < kept)):
        store.delete(check)
    store.flush()

    with query_counter.counted(store.get_bind().engine) as queries:
        assert_chart(store, website, history, 0, 4 * DAY, 100)

    assert len(queries) <= 6


def test_rebuilding_keeps_days_whose_checks_are_gone(store: Session) -> None:
    website = make_website(store)
    history = [Seen(second, UP, 50.0, 1.0) for second in range(0, 4 * DAY, 1_800)]
    keep(store, website, history, 7)
    roll_up(store, website.id, at(4 * DAY))
    retention.delete_checks(store, at(1.2 * DAY))

    rebuild_coverage(store)
    roll_up(store, website.id, at(4 * DAY))

    assert_chart(store, website, history, -DAY / 2, 4.5 * DAY, 5)


def test_checks_are_deleted_only_after_aggregation(store: Session) -> None:
    website = make_website(store)
    keep(store, website, [Seen(second, UP, 50.0, 1.0) for second in (0, 60, 120)], 3)

    assert retention.delete_checks(store, at(DAY)) == 0

    rollups.catch_up(store, website.id, at(HOUR))
    assert retention.delete_checks(store, at(DAY)) == 3
    assert retention.delete_rollups(store, {MINUTE: at(DAY)}).rows == 0  # hours are made of them, days of those
    roll_up(store, website.id, at(DAY))
    batches = [retention.delete_rollups(store, {MINUTE: at(DAY), HOUR: at(DAY)}, limit=2)]
    while batches[-1].rows:
        batches.append(
            retention.delete_rollups(store, {MINUTE: at(DAY), HOUR: at(DAY)}, limit=2, place=batches[-1].place)
        )
    assert [batch.rows for batch in batches] == [2, 2, 0]
    assert store.scalar(select(RollupDay.up)) == 3


def test_deleting_continues_after_its_last_batch(store: Session) -> None:
    websites = [make_website(store) for _ in range(3)]
    for website in websites:
        keep(store, website, [Seen(second, UP, 50.0, 1.0) for second in (0, 60)], 2)
        roll_up(store, website.id, at(DAY))

    first = retention.delete_rollups(store, {MINUTE: at(DAY)}, limit=3)
    beyond = retention.delete_rollups(store, {MINUTE: at(DAY)}, place=Place(website_id=websites[2].id))
    rest = retention.delete_rollups(store, {MINUTE: at(DAY)}, place=first.place)

    assert (first.rows, first.place) == (3, Place(website_id=websites[1].id))
    assert (beyond.rows, rest.rows) == (2, 1)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_only_one_of_two_processes_deletes_rollups(store: Session, engine: Engine) -> None:
    website = make_website(store)
    keep(store, website, [Seen(0, UP, 50.0, 1.0)], 1)
    roll_up(store, website.id, at(DAY))
    store.commit()

    with Session(engine) as other:
        assert retention.delete_rollups(other, {MINUTE: at(DAY)}).rows == 1
        assert retention.delete_rollups(store, {MINUTE: at(DAY)}).rows == 0
        other.rollback()
    assert retention.delete_rollups(store, {MINUTE: at(DAY)}).rows == 1


def test_a_website_without_rollups_is_behind_until_it_is_caught_up(store: Session) -> None:
    website = make_website(store)
    store.add(MonitorCheck(website_id=website.id, status=UP, checked_at=at(0)))
    store.add(WebsiteState(website_id=website.id, status=UP, checked_at=at(0)))
    store.flush()
    now: datetime = at(0) + timedelta(hours=3)
    assert rollups.behind(store, now) == [website.id]

    assert rollups.catch_up(store, website.id, now)

    assert rollups.behind(store, now) == []
    assert store.scalar(select(RollupHour.up)) == 1


LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def test_years_without_checks_are_skipped(store: Session) -> None:
    website = make_website(store)
    for moment in (LONG_AGO, LONG_AGO + timedelta(hours=1, minutes=5), at(0), at(HOUR), at(DAY)):
        MonitorCheckCRUD.create(store, MonitorCheckCreate(website_id=website.id, status=UP, checked_at=moment))

    rounds = 1
    while not rollups.catch_up(store, website.id, at(2 * DAY)):
        rounds += 1

    assert rounds < 20
    days = store.execute(select(RollupDay.bucket, RollupDay.up).order_by(RollupDay.bucket)).all()
    assert days == [(0, 2), (at(0).timestamp() // DAY, 2), (at(DAY).timestamp() // DAY, 1)]
    hours = store.execute(select(RollupHour.bucket, RollupHour.up).order_by(RollupHour.bucket)).all()
    assert [bucket for bucket, _up in hours][:2] == [0, 1] and len(hours) == 5


def test_checks_are_aggregated_again_after_a_fast_clock_was_corrected(store: Session) -> None:
    website = make_website(store)
    MonitorCheckCRUD.create(store, MonitorCheckCreate(website_id=website.id, status=UP, checked_at=at(0)))
    roll_up(store, website.id, at(90 * DAY))

    for seconds in (DAY, DAY + 2 * HOUR):
        MonitorCheckCRUD.create(store, MonitorCheckCreate(website_id=website.id, status=UP, checked_at=at(seconds)))

    assert store.scalar(select(func.sum(RollupHour.up))) == 2
    points = statistics.response_series(store, website.id, since=at(DAY), until=at(DAY + 3 * HOUR), max_points=3)
    assert sum(point.checks for point in points) == 2
