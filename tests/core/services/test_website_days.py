"""The view of days matches the pages, and is refreshed once a day and after changes of past days."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import CoverageSpan, MonitorStatus, RollupDay, Website, WebsiteState
from core.models.website_days import VIEW
from core.schemas.maintenance_window import MaintenanceWindowUpdate
from core.services import MaintenanceWindowCRUD, TagCRUD, statistics, website_days
from core.services.coverage_rebuild import rebuild_coverage
from tests.factories import make_maintenance, make_website, make_window

DAY = 86_400
SHOWN = 20  # days of history
TODAY = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
NOW = TODAY + timedelta(hours=13)

on_postgresql = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


def _ago(days: float) -> datetime:
    return TODAY - timedelta(days=days)


def _checks(db: Session, website: Website, day: date, **given: Any) -> None:
    """What the checks of a day were added up to."""
    names = {column.name for column in RollupDay.__table__.columns} - {"fastest_ms", "slowest_ms", "sketch"}
    none = dict.fromkeys(names, 0) | {"sketch": b"", "website_id": website.id, "bucket": (day - date(1970, 1, 1)).days}
    db.add(RollupDay(**none | given))
    db.flush()


def _fared(db: Session, website: Website, chance: random.Random) -> None:
    """A history with gaps, outages some of which reach into them, and a span that is still open."""
    edges = sorted(chance.uniform(0, SHOWN) for _ in range(2 * chance.randint(1, 6)))[::-1]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        db.add(CoverageSpan(website_id=website.id, started_at=_ago(start), ended_at=_ago(end)))
    known = {"known_since": _ago(edges[-1] / 2), "known_until": NOW, "checked_at": NOW}
    db.add(WebsiteState(website_id=website.id, status=MonitorStatus.UP, **known))
    for _ in range(chance.randint(0, 5)):
        began = chance.uniform(0, SHOWN)
        make_window(db, website, started_at=_ago(began), ended_at=_ago(began - chance.uniform(0, 2)))


def _days(db: Session, website: Website) -> dict[date, Any]:
    query = text(f"SELECT * FROM {VIEW} WHERE website_id = :id ORDER BY day")
    return {row.day: row for row in db.execute(query, {"id": website.id})}


@on_postgresql
def test_each_day_has_the_values_of_the_pages(store: Session) -> None:
    chance = random.Random(7)
    websites = [make_website(store) for _ in range(12)]
    (tag,) = TagCRUD.set_for_website(store, websites[3].id, ["shop"])
    for website in websites:
        _fared(store, website, chance)
    make_window(store, websites[0], started_at=_ago(2.5))  # and still open
    weekly = {"recurrence": "FREQ=WEEKLY", "timezone": "Europe/Berlin", "duration_seconds": 9_000}
    make_maintenance(store, starts_at=_ago(30.99), **weekly)
    make_maintenance(store, starts_at=_ago(6.1), duration_seconds=2 * DAY, website_id=websites[1].id)
    make_maintenance(store, starts_at=_ago(9), duration_seconds=DAY, tag_id=tag.id)
    store.flush()

    assert website_days.refresh(store, NOW)

    for website in websites:
        found, first = _days(store, website), (TODAY - timedelta(days=SHOWN)).date()
        told = statistics.daily_uptime(store, website.id, first_day=first, last_day=_ago(1).date(), zone=UTC)
        for day in told:
            row = found.get(day.day)
            assert (row.known_seconds if row else 0.0) == pytest.approx(day.coverage * DAY, abs=1e-3)
            assert (row.down_seconds if row else 0.0) == pytest.approx(day.down_seconds, abs=1e-3)
            assert (row.uptime if row else None) == (None if day.share is None else pytest.approx(day.share, abs=1e-7))
        assert TODAY.date() not in found


@on_postgresql
def test_aggregated_checks_match_single_checks(store: Session) -> None:
    website, paused = make_website(store), make_website(store)
    yesterday, before = _ago(1).date(), _ago(2).date()
    measured = {"answered": 4, "response_ms": 100.0, "fastest_ms": 10.0, "slowest_ms": 50.0}
    _checks(store, website, yesterday, up=3, degraded=1, down=2, unknown=5, **measured)
    _checks(store, website, TODAY.date(), up=1)
    _checks(store, website, _ago(500).date(), up=1)
    store.add(CoverageSpan(website_id=paused.id, started_at=_ago(2), ended_at=_ago(1.5)))
    store.flush()

    website_days.refresh(store, NOW)

    (row,) = _days(store, website).values()
    assert (row.day, row.up, row.degraded, row.down, row.unknown) == (yesterday, 3, 1, 2, 5)
    assert (row.response_ms, row.fastest_ms, row.slowest_ms) == (25.0, 10.0, 50.0)
    assert (row.known_seconds, row.down_seconds, row.uptime) == (0.0, 0.0, None)
    (row,) = _days(store, paused).values()
    assert (row.day, row.up, row.known_seconds, row.uptime, row.response_ms) == (before, 0, DAY / 2, 1.0, None)


@on_postgresql
def test_the_view_is_refreshed_once_a_day_and_after_changes_of_past_days(store: Session) -> None:
    window = make_maintenance(store)

    assert website_days.refresh(store, NOW)
    assert not website_days.refresh(store, NOW + timedelta(hours=1))
    assert not website_days.refresh(store, TODAY + timedelta(days=1, hours=1))  # not all of it was added up yet
    assert website_days.refresh(store, TODAY + timedelta(days=1, hours=2))

    later = TODAY + timedelta(days=1, hours=3)
    MaintenanceWindowCRUD.update(store, window.id, MaintenanceWindowUpdate(duration_seconds=60))
    assert website_days.refresh(store, later)
    rebuild_coverage(store)
    assert website_days.refresh(store, later)
    MaintenanceWindowCRUD.delete(store, window.id)
    assert website_days.refresh(store, later)
    assert not website_days.refresh(store, later)


@on_postgresql
def test_a_refresh_does_not_block_readers_and_a_second_one_does_nothing(store: Session) -> None:
    engine = store.get_bind()
    assert isinstance(engine, Engine)
    website_days.refresh(store, NOW)
    store.commit()

    with Session(engine) as other:
        website_days.outdate(other)
        other.commit()
        assert website_days.refresh(other, NOW)
        store.execute(text("SET LOCAL lock_timeout = 100"))
        assert store.execute(text(f"SELECT * FROM {VIEW}")).all() == []
        assert not website_days.refresh(store, NOW + timedelta(days=1))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_sqlite_has_no_view_of_days(store: Session) -> None:
    website_days.outdate(store)

    assert not website_days.refresh(store, NOW)


@on_postgresql
def test_a_dropped_view_is_not_an_error(store: Session) -> None:
    store.execute(text(f"DROP MATERIALIZED VIEW {VIEW}"))

    assert not website_days.refresh(store, NOW)
