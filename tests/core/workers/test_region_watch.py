"""A silent region raises an alarm and is shown on every page until it works again."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from core import database, signals
from core.models import Notification, NotificationEvent, Region
from core.services import regions
from core.workers.region_watch import RegionWatch
from tests.core.notifications.conftest import make_channel, make_rule
from tests.factories import make_website


@pytest.fixture
def fleet(_postgresql_engine: Engine) -> Iterator[Engine]:
    database.bind(_postgresql_engine)
    yield _postgresql_engine
    tables = "notifications, notification_rules, notification_channels, regions, websites"
    with _postgresql_engine.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")


def told(engine: Engine) -> list[tuple[NotificationEvent, str]]:
    with Session(engine) as db:
        rows = db.execute(select(Notification.event, Notification.detail).order_by(Notification.id))
        return [(event, detail or "") for event, detail in rows]


async def test_a_silent_region_is_shown_on_every_page_and_announced_once_per_rule(
    fleet: Engine,
) -> None:
    with Session(fleet) as db:
        for _number in range(3):
            make_website(db, regions=["eu", "us"])
        channel = make_channel(db)
        make_rule(db, channel, events=["SILENT"])
        make_rule(db, channel, events=["DOWN"])
        for name in ("eu", "us"):
            regions.record_heartbeat(db, name)
        db.execute(update(Region).where(Region.name == "eu").values(heard_at=func.now() - timedelta(minutes=5)))
        db.commit()
    heard: list[signals.HealthChanged] = []
    disconnect = signals.health_changed.connect(heard.append)
    watch, other = RegionWatch(), RegionWatch()

    await watch.look()
    await other.look()
    said, fallen = watch.trouble, told(fleet)
    with Session(fleet) as db:
        regions.record_heartbeat(db, "eu")
        db.commit()
    await watch.look()
    disconnect()

    assert said is not None
    assert said.startswith("This region is not reporting: eu since ")
    assert other.trouble == said
    ((event, detail),) = fallen
    assert event is NotificationEvent.SILENT
    assert detail.startswith("The region eu has not reported since ")
    assert detail.endswith("so it does not vote on 3 websites.")
    assert (watch.trouble, watch.silent) == (None, {})
    assert told(fleet)[1][0] is NotificationEvent.HEARD
    assert told(fleet)[1][1].startswith("The region eu reports again after 5 minutes")
    assert len(heard) == 3


async def test_an_unavailable_store_is_shown_on_every_page_until_it_is_back(fleet: Engine) -> None:
    heard: list[signals.HealthChanged] = []
    disconnect = signals.health_changed.connect(heard.append)
    watch = RegionWatch()
    away = database.make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")

    database.bind(away)
    await watch.look()
    said = watch.trouble
    database.bind(fleet)
    await watch.look()
    disconnect()

    assert said is not None
    assert said.startswith("The database is unavailable. ")
    assert watch.trouble is None
    assert len(heard) == 2
    away.dispose()
