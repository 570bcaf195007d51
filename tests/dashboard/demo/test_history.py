"""The demo's history is complete and plausible."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.database import make_engine
from core.models import Base, DowntimeWindow, MonitorCheck, MonitorStatus, Website
from core.monitoring.verdict import too_slow
from core.services import statistics
from dashboard.demo import history
from dashboard.demo.cast import ACCEPTED_MS, CAST, DAYS
from tests.factories import NOON

PORT = 9


@pytest.fixture(scope="module")
def past() -> Iterator[Session]:
    engine = make_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as db:
        history.fill(db, now=NOON, port=PORT)
        yield db
    engine.dispose()


def test_the_demo_has_24_local_websites(past: Session) -> None:
    websites = past.scalars(select(Website)).all()

    assert len(websites) == len(CAST) == 24
    assert all(website.url.endswith(f".localhost:{PORT}/") for website in websites)


def test_history_covers_ninety_days_and_ends_now(past: Session) -> None:
    first, last = past.execute(select(func.min(MonitorCheck.checked_at), func.max(MonitorCheck.checked_at))).one()

    assert timedelta(days=DAYS - 1) < NOON - first <= timedelta(days=DAYS)
    assert last < NOON


def test_only_slow_checks_exceed_the_limit(past: Session) -> None:
    checks = select(MonitorCheck.response_time_ms, MonitorCheck.error_message)

    for took_ms, message in past.execute(checks.where(MonitorCheck.status == MonitorStatus.DEGRADED)):
        assert took_ms is not None
        assert took_ms > ACCEPTED_MS
        assert message == too_slow(took_ms, ACCEPTED_MS)
    assert not past.execute(
        checks.where(MonitorCheck.status == MonitorStatus.UP, MonitorCheck.response_time_ms > ACCEPTED_MS)
    ).all()


def test_windows_reach_from_the_first_failed_check_to_the_first_good_one(past: Session) -> None:
    windows = past.scalars(select(DowntimeWindow)).all()

    assert sum(window.affected_checks_count for window in windows) == past.scalar(
        select(func.count(MonitorCheck.id)).where(MonitorCheck.status == MonitorStatus.DOWN)
    )
    for window in windows:
        checks = past.execute(
            select(MonitorCheck.checked_at, MonitorCheck.status)
            .where(MonitorCheck.website_id == window.website_id, MonitorCheck.checked_at >= window.started_at)
            .order_by(MonitorCheck.checked_at)
            .limit(window.affected_checks_count + 1)
        ).all()
        *failed, good = checks if window.ended_at else (*checks, (None, MonitorStatus.UP))
        assert failed[0][0] == window.started_at
        assert {status for _at, status in failed} == {MonitorStatus.DOWN}
        assert tuple(good) == (window.ended_at, MonitorStatus.UP)


def test_uptime_is_neither_perfect_nor_hopeless(past: Session) -> None:
    ids = list(past.scalars(select(Website.id)))

    shares = [
        uptime.share for uptime in statistics.uptime(past, ids, since=NOON - timedelta(days=30), until=NOON).values()
    ]

    assert all(share is not None and share > 0.95 for share in shares)
    assert any(share is not None and share < 0.9999 for share in shares)
