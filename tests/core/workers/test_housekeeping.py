"""Old data is deleted, and rollups are completed."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from core import database
from core.clock import utc_now
from core.models import Base, CoverageSpan, MonitorStatus, Pause
from core.schemas import MonitorCheckCreate
from core.services import MonitorCheckCRUD, pause, retention, website_days
from core.workers.housekeeping import Housekeeping, Keeps, SteadyClock
from tests.factories import make_website

KEEPS = Keeps(checks=timedelta(days=30), levels={})


def make_checks(db: Session, website_id: int, moments: Iterable[datetime]) -> None:
    given = {"website_id": website_id, "status": MonitorStatus.UP}
    MonitorCheckCRUD.bulk_create(db, [MonitorCheckCreate(**given, checked_at=moment) for moment in moments])


async def test_any_number_of_old_checks_is_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 10)
    engine = database.make_engine(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    Base.metadata.create_all(engine)
    database.bind(engine)
    with database.session_scope() as db:
        website_id = make_website(db).id
        ages = [timedelta(days=31, minutes=number) for number in range(25)] + [timedelta(days=29)]
        make_checks(db, website_id, [utc_now() - age for age in ages])

    housekeeping = Housekeeping(KEEPS)
    await housekeeping.catch_up()
    deleted = await housekeeping.delete_old()

    assert deleted == 25
    with database.session_scope() as db:
        assert MonitorCheckCRUD.get_by_website(db, website_id)[1] == 1
    engine.dispose()


async def test_old_pauses_are_deleted(stored: Engine) -> None:
    now = utc_now()
    with database.session_scope() as db:
        website_id = make_website(db).id
        for days in (60, 5):
            pause.begin(db, website_id, now - timedelta(days=days))
            pause.end(db, website_id, now - timedelta(days=days - 1))

    await Housekeeping(KEEPS).delete_old()

    with database.session_scope() as db:
        assert [one.started_at for one in db.scalars(select(Pause))] == [now - timedelta(days=5)]


async def test_nothing_is_deleted_for_a_day_after_the_clock_jumped_ahead(
    stored: Engine, clock_at: Callable[[datetime], None]
) -> None:
    now, ahead = utc_now(), datetime(2038, 1, 1, tzinfo=UTC)
    kept = []
    with database.session_scope() as db:
        website_id = make_website(db, check_interval=3_600).id
        make_checks(db, website_id, [now - timedelta(hours=hours) for hours in range(48)])

    for hours in (0, 1, 23, 25):
        clock_at(ahead + timedelta(hours=hours))
        with database.session_scope() as db:
            make_checks(db, website_id, [utc_now()])
        await Housekeeping(KEEPS).round()
        with database.session_scope() as db:
            kept.append(MonitorCheckCRUD.get_by_website(db, website_id)[1])

    assert kept == [49, 50, 51, 4]


def test_a_clock_without_jumps_for_a_day_is_trusted() -> None:
    now, day = utc_now(), 86_400.0
    clock = SteadyClock(now, 0.0)

    def has_run(wall: float, ticks: float) -> bool:
        return clock.has_run(now + timedelta(seconds=wall), ticks)

    assert [has_run(3_600, 3_600), has_run(day + 2, day)] == [False, True]
    years = 400 * day
    assert [has_run(years, day + 60), has_run(years + day - 1, 2 * day), has_run(years + day, 2 * day + 60)] == [
        False,
        False,
        True,
    ]


async def test_old_checks_are_deleted_although_every_website_is_paused(stored: Engine) -> None:
    now = utc_now()
    with database.session_scope() as db:
        website_id = make_website(db, is_active=False).id
        make_checks(db, website_id, [now - timedelta(days=days) for days in (40, 41, 42)])
    keeping = Housekeeping(KEEPS)
    keeping._clock = SteadyClock(now - timedelta(days=2), monotonic() - 2 * 86_400)

    await keeping.round()

    with database.session_scope() as db:
        assert MonitorCheckCRUD.get_by_website(db, website_id)[1] == 0


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_the_view_of_days_has_past_days(engine: Engine) -> None:
    database.bind(engine)
    today = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
    with database.session_scope() as db:
        website_id = make_website(db).id
        yesterday = {"started_at": today - timedelta(days=1), "ended_at": today}
        db.add(CoverageSpan(website_id=website_id, **yesterday))
        website_days.outdate(db)

    await Housekeeping(KEEPS).catch_up()

    with database.session_scope() as db:
        assert db.scalars(text("SELECT known_seconds FROM website_days")).all() == [86_400]


async def test_housekeeping_stops() -> None:
    housekeeping = Housekeeping(KEEPS)

    housekeeping.start()
    await housekeeping.stop()

    assert "housekeeping" not in {task.get_name() for task in asyncio.all_tasks()}
