"""PostgreSQL has a partition of checks per month; SQLite has none."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from core.models import MonitorCheck, Website, WebsiteState
from core.models.months import REST, TABLE, Month
from core.services import months, retention
from core.services.coverage_rebuild import rebuild_coverage
from tests.factories import make_check, make_website, roll_up

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
FEBRUARY, MARCH = Month.of(NOW - timedelta(days=20)), Month.of(NOW)
LONG_AGO = NOW - timedelta(days=400)

on_postgresql = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


def _is_postgresql(db: Session) -> bool:
    return db.get_bind().dialect.name == "postgresql"


def _make_months(db: Session, since: datetime = LONG_AGO) -> list[Month]:
    return [month for month in months.missing(db, NOW, since) if months.make(db, month)]


def _where(db: Session) -> dict[str, int]:
    """How many checks are in which table."""
    counted = text(f"SELECT tableoid::regclass::text AS name, count(*) AS checks FROM {TABLE} GROUP BY 1")
    return {row.name: row.checks for row in db.execute(counted)}


@pytest.mark.parametrize(
    ("moment", "name", "until"),
    [
        ("2026-03-31T23:59:59.999999+00:00", "monitor_checks_2026_03", "2026-04-01T00:00:00+00:00"),
        ("2026-12-01T00:00:00+00:00", "monitor_checks_2026_12", "2027-01-01T00:00:00+00:00"),
        ("2026-01-01T00:30:00+01:00", "monitor_checks_2025_12", "2026-01-01T00:00:00+00:00"),
    ],
)
def test_a_check_belongs_to_the_month_of_its_start_in_utc(moment: str, name: str, until: str) -> None:
    month = Month.of(datetime.fromisoformat(moment))

    assert (month.name, month.until.isoformat()) == (name, until)
    assert Month.named(name) == month


def test_partitions_are_created_in_advance_once(store: Session) -> None:
    made = _make_months(store)

    assert [month.name[-7:] for month in made] == (["2026_03", "2026_04", "2026_05"] if _is_postgresql(store) else [])
    assert _make_months(store) == []


@on_postgresql
def test_checks_are_stored_in_their_months_and_found(store: Session) -> None:
    _make_months(store)
    website = make_website(store)

    checks = [make_check(store, website, checked_at=NOW + timedelta(days=days)) for days in (-60, 0, 30)]

    assert _where(store) == {REST: 1, "monitor_checks_2026_03": 1, "monitor_checks_2026_04": 1}
    store.expire_all()
    assert [store.get_one(MonitorCheck, check.id) for check in checks] == checks
    store.delete(website)
    store.flush()
    assert _where(store) == {}


@on_postgresql
def test_checks_in_the_default_partition_move_into_a_new_month(store: Session) -> None:
    website = make_website(store)
    for days in (-500, -20, -19, 0, 4000):
        make_check(store, website, checked_at=NOW + timedelta(days=days))
    before = store.scalars(select(MonitorCheck).order_by(MonitorCheck.id)).all()

    made = _make_months(store)

    assert [month.name[-7:] for month in made] == ["2026_02", "2026_03", "2026_04", "2026_05"]
    assert _where(store) == {REST: 2, FEBRUARY.name: 2, MARCH.name: 1}  # too old to be kept, and too far ahead
    store.expire_all()
    assert store.scalars(select(MonitorCheck).order_by(MonitorCheck.id)).all() == before


@on_postgresql
def test_a_slot_is_stored_once_in_a_month(store: Session) -> None:
    _make_months(store)
    website = make_website(store)
    make_check(store, website, checked_at=NOW, due_at=NOW)

    with pytest.raises(IntegrityError, match="monitor_checks_2026_03_slot"):
        make_check(store, website, checked_at=NOW + timedelta(seconds=1), due_at=NOW)


@on_postgresql
def test_partitions_have_every_index_of_the_table(store: Session) -> None:
    _make_months(store)

    indexes = text("SELECT indexdef FROM pg_indexes WHERE tablename = :name")
    of_month, of_rest = (
        sorted(row.replace(name, "") for row in store.scalars(indexes, {"name": name})) for name in (MARCH.name, REST)
    )
    assert of_month == of_rest
    assert len(of_month) == 6


@on_postgresql
def test_a_month_is_dropped_when_all_its_checks_are_old_and_aggregated(store: Session) -> None:
    websites = [make_website(store) for _ in range(2)]
    for website in websites:
        make_check(store, website, checked_at=MARCH.since - timedelta(hours=1))
        make_check(store, website, checked_at=MARCH.since)
    _make_months(store)
    rebuild_coverage(store, [websites[0].id])

    assert months.outdated(store, MARCH.until) == []
    assert not months.drop(store, FEBRUARY)
    for website in websites:
        roll_up(store, website.id, MARCH.since + timedelta(minutes=5))
    assert months.outdated(store, FEBRUARY.until - timedelta(hours=1)) == []
    assert months.outdated(store, FEBRUARY.until) == [FEBRUARY]
    assert months.drop(store, FEBRUARY)

    assert not months.drop(store, FEBRUARY)
    assert store.scalar(select(func.count()).select_from(MonitorCheck)) == 2
    assert store.scalar(text("SELECT sum(up) FROM rollup_hours")) == 2


@on_postgresql
def test_only_checks_outside_of_months_are_deleted_by_row(store: Session) -> None:
    website = make_website(store)
    for days in (-100, -16, 0):
        make_check(store, website, checked_at=NOW + timedelta(days=days))
    _make_months(store, since=NOW - timedelta(days=30))
    store.execute(update(WebsiteState).values(rolled_until=NOW))

    assert retention.delete_checks(store, NOW - timedelta(days=1)) == 1
    assert _where(store) == {FEBRUARY.name: 1, MARCH.name: 1}


@on_postgresql
def test_a_change_that_would_wait_for_a_lock_is_given_up(store: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(months, "LOCK_TIMEOUT_MS", 20)
    website = make_website(store)
    store.commit()
    engine = store.get_bind()
    assert isinstance(engine, Engine)

    with Session(engine) as other:
        make_check(other, other.get_one(Website, website.id), checked_at=NOW)
        with pytest.raises(OperationalError, match="lock timeout"):
            months.make(store, MARCH)
        store.rollback()
        other.commit()
    assert months.make(store, MARCH)
    assert _where(store) == {MARCH.name: 1}
    store.commit()


@on_postgresql
def test_two_processes_create_one_month(store: Session) -> None:
    engine = store.get_bind()
    assert isinstance(engine, Engine)
    answers = []

    def make() -> None:
        with Session(engine) as db, db.begin():
            answers.append(months.make(db, MARCH))

    both = [threading.Thread(target=make) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(answers) == [False, True]
