"""The store does not grow without end."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text, update

from core import database
from core.clock import utc_now
from core.models import Base, MonitorStatus, WebsiteState
from core.models.months import Month
from core.schemas import MonitorCheckCreate
from core.services import MonitorCheckCRUD, months, retention
from core.workers import housekeeping
from core.workers.housekeeping import Housekeeping, Keeps
from tests.factories import make_website

KEEPS = Keeps(checks=timedelta(days=30), levels={})


async def test_checks_older_than_what_is_kept_are_deleted_however_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 10)
    engine = database.make_engine(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    Base.metadata.create_all(engine)
    database.bind(engine)
    with database.session_scope() as db:
        website_id = make_website(db).id
        ages = [timedelta(days=31, minutes=number) for number in range(25)] + [timedelta(days=29)]
        MonitorCheckCRUD.bulk_create(
            db,
            [
                MonitorCheckCreate(website_id=website_id, status=MonitorStatus.UP, checked_at=utc_now() - age)
                for age in ages
            ],
        )

    keeper = Housekeeping(KEEPS)
    await keeper.catch_up()
    deleted = await keeper.delete_old()

    assert deleted == 25
    with database.session_scope() as db:
        assert MonitorCheckCRUD.get_by_website(db, website_id)[1] == 1
    engine.dispose()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_a_month_of_checks_that_is_over_goes_at_once(engine: Engine) -> None:
    database.bind(engine)
    moments = [utc_now() - timedelta(days=days) for days in (0, 70, 130)]
    with database.session_scope() as db:
        website_id = make_website(db).id
        MonitorCheckCRUD.bulk_create(
            db, [MonitorCheckCreate(website_id=website_id, status=MonitorStatus.UP, checked_at=at) for at in moments]
        )
        db.execute(update(WebsiteState).values(rolled_until=utc_now()))

    made = await Housekeeping(Keeps(checks=timedelta(days=80), levels={})).make_months()
    deleted = await Housekeeping(KEEPS).delete_old()

    with database.session_scope() as db:
        assert MonitorCheckCRUD.get_by_website(db, website_id)[1] == 1
        there = months.made(db.connection())
        for month in there:
            db.execute(text(f"DROP TABLE {month.name}"))
    assert made == len(there) + 1  # the month that was dropped whole
    assert deleted == 1  # what had been too old for a month
    assert there[0] == Month.of(moments[0])


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_a_month_that_is_in_use_keeps_nothing_else_from_being_done(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(months, "LOCK_TIMEOUT_MS", 10)
    monkeypatch.setattr(housekeeping, "PAUSE_SECONDS", 0.0)
    database.bind(engine)

    with engine.begin() as reader:
        reader.execute(text("SELECT FROM monitor_checks"))
        made = await Housekeeping(KEEPS).make_months()
        deleted = await Housekeeping(KEEPS).delete_old()

    assert (made, deleted) == (0, 0)


async def test_housekeeping_ends_when_it_is_told_to() -> None:
    keeper = Housekeeping(KEEPS)

    keeper.start()
    await keeper.stop()

    assert "housekeeping" not in {task.get_name() for task in asyncio.all_tasks()}
