"""The store knows its processes, its silent regions and its waiting sessions."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import DebugSession, Region
from core.services import check_schedule, fleet_state, regions, session_queue
from core.services.fleet_state import FleetState, Share
from tests.factories import make_session, make_website


def test_regions_and_their_websites_are_listed_by_the_clock_of_the_store(store: Session) -> None:
    if store.get_bind().dialect.name == "sqlite":
        assert fleet_state.read(store) == FleetState()
        return
    make_website(store, name="B", regions=["eu", "us"])
    make_website(store, name="A", regions=["eu", "us"])
    make_website(store, name="C", regions=["eu"], quorum=1)
    make_website(store, name="D", regions=["af"], is_active=False)
    make_website(store, name="E")
    for name in ("eu", "us"):
        regions.record_heartbeat(store, name)
    then = check_schedule.store_now(store) - timedelta(seconds=61)
    store.execute(update(Region).where(Region.name == "us").values(heard_at=then))

    state = fleet_state.read(store)

    assert state.is_shared
    assert state.shares == (
        Share(regions=("eu", "us"), quorum=None, websites=2, first="A"),
        Share(regions=("eu",), quorum=1, websites=1, first="C"),
    )
    assert (list(state.reporting), state.silent) == (["eu"], {"us": then})
    assert abs(state.skew_seconds) < 0.5


def test_sessions_wait_until_a_worker_takes_them(store: Session) -> None:
    first, second = (make_session(store, make_website(store)) for _ in range(2))
    for session in (first, second):
        session_queue.offer(store, session.id, {"url": "http://localhost/"})
    store.execute(
        update(DebugSession).where(DebugSession.id == first.id).values(created_at=utc_now() - timedelta(minutes=5))
    )

    before = fleet_state.read(store).waiting
    for _session in (first, second):
        session_queue.take(store, owner="host/1/a", until=utc_now() + timedelta(minutes=1))

    assert before is not None
    assert (before.sessions, round(before.seconds / 60)) == (2, 5)
    assert fleet_state.read(store).waiting is None
