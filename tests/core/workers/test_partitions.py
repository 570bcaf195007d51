"""Partitions are created ahead and dropped as a whole, without blocking others."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, text, update

from core import database
from core.clock import utc_now
from core.config import Settings
from core.models import (
    DebugSession,
    DebugSessionState,
    MonitorStatus,
    NetworkEvent,
    SessionTrigger,
    WebsiteState,
)
from core.models.months import EVENTS, TABLE, Month
from core.schemas import MonitorCheckCreate
from core.services import MonitorCheckCRUD, event_months, months
from core.workers import partitions
from core.workers.housekeeping import Housekeeping, Keeps
from core.workers.worker import work
from tests.factories import make_session, make_website, record_event

KEPT = timedelta(days=30)
SOON = 20.0  # s; takes some milliseconds

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


@pytest.fixture(autouse=True)
def _bound(engine: Engine) -> None:
    database.bind(engine)


def _made(table: str = TABLE) -> list[Month]:
    with database.session_scope() as db:
        return months.existing(db.connection(), table)


async def _months_there() -> list[Month]:
    async with asyncio.timeout(SOON):
        while not (there := await asyncio.to_thread(_made)):  # noqa: ASYNC110 - nothing tells of a new table
            await asyncio.sleep(0.01)
    return there


async def test_a_month_of_old_checks_is_dropped_at_once() -> None:
    moments = [utc_now() - timedelta(days=days) for days in (0, 70, 130)]
    with database.session_scope() as db:
        website_id = make_website(db).id
        MonitorCheckCRUD.bulk_create(
            db, [MonitorCheckCreate(website_id=website_id, status=MonitorStatus.UP, checked_at=at) for at in moments]
        )
        db.execute(update(WebsiteState).values(rolled_until=utc_now()))

    made = await partitions.make_ahead(timedelta(days=80))
    await partitions.drop_before(utc_now() - KEPT)

    with database.session_scope() as db:
        assert MonitorCheckCRUD.get_by_website(db, website_id)[1] == 2  # the third is older than any month
    assert made == len(_made()) + 1 + len(_made(EVENTS))  # one of checks was dropped whole
    assert _made()[0] == Month.of(moments[0])


async def test_a_month_of_events_is_dropped_after_moving_kept_ones() -> None:
    began = utc_now() - timedelta(days=70)
    month = Month.of(began, EVENTS)
    facts = {"started_at": began, "trigger": SessionTrigger.FAILURE, "state": DebugSessionState.COMPLETED}
    with database.session_scope() as db:
        assert event_months.make(db, month)
        website = make_website(db)
        gone = make_session(db, website, **facts)
        pinned = make_session(db, website, is_pinned=True, **facts)
        for session in (gone, pinned):
            record_event(db, session, month.first_day)

    await Housekeeping(Keeps(checks=KEPT, levels={}, evidence=timedelta(days=14))).delete_old()

    assert month not in _made(EVENTS)
    with database.session_scope() as db:
        assert [(event.debug_session_id, event.month) for event in db.scalars(select(NetworkEvent))] == [
            (pinned.id, None)
        ]
        assert list(db.scalars(select(DebugSession.id))) == [pinned.id]


async def test_a_locked_month_does_not_prevent_other_work(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(months, "LOCK_TIMEOUT_MS", 10)
    monkeypatch.setattr(partitions, "PAUSE_SECONDS", 0.0)

    with engine.begin() as reader:
        reader.execute(text("SELECT FROM monitor_checks"))
        reader.execute(text("LOCK TABLE network_events IN SHARE UPDATE EXCLUSIVE MODE"))
        made = await partitions.make_ahead(KEPT)
        await partitions.drop_before(utc_now() - KEPT)

    assert made == 0
    reasons = [getattr(record, "reason", "") for record in caplog.records if record.name == partitions.__name__]
    assert reasons
    assert all("lock timeout" in reason for reason in reasons)


async def test_workers_of_a_fleet_create_partitions_without_a_dashboard(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    settings = Settings(database_url=url, canaries=frozenset())
    there: list[Month] = []

    async def look(stop: asyncio.Event) -> None:
        there.extend(await _months_there())
        stop.set()

    looking: list[asyncio.Task[None]] = []
    await work(settings, until=lambda stop: looking.append(asyncio.create_task(look(stop))))

    assert Month.of(utc_now()) in there
