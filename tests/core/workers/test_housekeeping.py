"""The store does not grow without end."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from core import database
from core.clock import utc_now
from core.models import Base, CoverageSpan, MonitorStatus
from core.schemas import MonitorCheckCreate
from core.services import MonitorCheckCRUD, retention, website_days
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
async def test_days_that_are_over_are_told_to_other_readers(engine: Engine) -> None:
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


async def test_housekeeping_ends_when_it_is_told_to() -> None:
    keeper = Housekeeping(KEEPS)

    keeper.start()
    await keeper.stop()

    assert "housekeeping" not in {task.get_name() for task in asyncio.all_tasks()}
