"""Of two monitors on one store, one checks, and the other stands by and takes over."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from core import signals
from core.database import make_engine
from core.workers import leased_monitor
from core.workers.lease import Lease, NoLease, lease_of
from core.workers.leased_monitor import LeasedMonitor
from tests import postgres
from tests.waiting import until

SOON = 20.0  # s; takes one or two

TAKE = """
import sys, time
from core.database import make_engine
from core.workers.lease import lease_of
lease = lease_of(make_engine(sys.argv[1]))
print(lease.take(), flush=True)
time.sleep(600)
"""


class Checking:
    """A monitor that checks nothing, and says whether it runs."""

    trouble = None
    is_cut_off = False

    def __init__(self) -> None:
        self.runs = asyncio.Event()
        self.asked: list[int] = []

    async def start(self) -> None:
        self.runs.set()

    async def stop(self) -> None:
        self.runs.clear()

    async def check_now(self, website_id: int) -> None:
        self.asked.append(website_id)


class Keeping:
    """Stores nothing, and says whether it runs."""

    trouble = None
    runs = False

    def start(self) -> None:
        self.runs = True

    async def stop(self) -> None:
        self.runs = False


class Away:
    """A lease that nobody can be asked about while it is None whether it is ours."""

    can_be_lost = True
    says: bool | None = True

    def take(self) -> bool | None:
        return self.says

    is_held = take

    def can_be_asked(self) -> bool:
        return self.says is not None

    def release(self) -> None:
        pass


@pytest.fixture
def lease(monkeypatch: pytest.MonkeyPatch) -> Away:
    """One of which is looked after all the time."""
    for name in ("STAND_BY_SECONDS", "HELD_SECONDS", "GIVE_WAY_SECONDS"):
        monkeypatch.setattr(leased_monitor, name, 0.001)
    return Away()


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A store that other processes may open."""
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}" if request.param == "sqlite" else postgres.new_database()
    engine = make_engine(url)
    yield engine
    engine.dispose()
    if request.param == "postgresql":
        postgres.drop_database(url)


def test_one_lease_at_a_time(shared: Engine) -> None:
    first, second = lease_of(shared), lease_of(shared)

    assert first.take() and first.is_held()
    assert not second.take()
    assert not second.is_held()

    first.release()
    assert second.take() and second.is_held()
    second.release()


def test_the_lease_of_a_killed_process_is_free(shared: Engine) -> None:
    url = shared.url.render_as_string(hide_password=False)
    lease = lease_of(shared)
    with subprocess.Popen([sys.executable, "-c", TAKE, url], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "True\n"
        assert not lease.take()

        holder.kill()

    assert _taken_soon(lease)
    lease.release()


async def test_the_second_monitor_stands_by_and_takes_over(shared: Engine) -> None:
    monitors = Checking(), Checking()
    first, second = (LeasedMonitor(lease_of(shared), lambda one=one: one) for one in monitors)  # type: ignore[misc]
    await first.start()
    await second.start()
    assert [one.runs.is_set() for one in monitors] == [True, False]

    await first.stop()

    await asyncio.wait_for(monitors[1].runs.wait(), SOON)
    assert not monitors[0].runs.is_set()
    await second.stop()


async def test_only_the_checking_monitor_answers_a_request(shared: Engine) -> None:
    monitors = Checking(), Checking()
    duties = [LeasedMonitor(lease_of(shared), lambda one=one: one) for one in monitors]  # type: ignore[misc]
    for each in duties:
        await each.start()
    answered = asyncio.Event()
    disconnect = signals.check_answered.connect(lambda fact: answered.set() if fact.request == "it" else None)

    signals.check_requested.send(signals.CheckRequested(website_id=7, request="it"))

    await asyncio.wait_for(answered.wait(), SOON)
    disconnect()
    for each in duties:
        await each.stop()
    assert [one.asked for one in monitors] == [[7], []]


async def test_one_of_several_checking_monitors_makes_a_requested_check(shared: Engine) -> None:
    monitors = Checking(), Checking()
    claimed: set[str] = set()

    async def claim(fact: signals.CheckRequested) -> bool:
        is_ours = fact.request not in claimed
        claimed.add(fact.request)
        return is_ours

    duties = [LeasedMonitor(NoLease(), lambda one=one: one, claim=claim) for one in monitors]  # type: ignore[misc]
    for each in duties:
        await each.start()
    answers: list[str] = []
    disconnect = signals.check_answered.connect(lambda fact: answers.append(fact.request))

    signals.check_requested.send(signals.CheckRequested(website_id=7, request="it"))
    for _ in range(5):
        await asyncio.sleep(0)

    disconnect()
    assert all(one.runs.is_set() for one in monitors)
    for each in duties:
        await each.stop()
    assert [one.asked for one in monitors] == [[7], []]
    assert answers == ["it"]


async def test_a_monitor_reports_its_end(shared: Engine) -> None:
    reports: list[signals.MonitorReported] = []
    disconnect = signals.monitor_reported.connect(reports.append)
    ours = LeasedMonitor(lease_of(shared), Checking, "mine")
    await ours.start()

    await ours.stop()

    disconnect()
    assert reports[0] == signals.MonitorReported(monitor="mine", is_checking=True, trouble=None)
    assert reports[-1].is_ending and not reports[-1].is_checking


async def test_a_monitor_continues_while_the_holder_of_the_lease_is_unknown(lease: Away) -> None:
    monitor = Checking()
    ours = LeasedMonitor(lease, lambda: monitor)
    await ours.start()

    lease.says = None
    await asyncio.sleep(0.05)
    goes_on = monitor.runs.is_set()
    lease.says = False
    await until(lambda: not monitor.runs.is_set())

    assert goes_on
    await ours.stop()


async def test_a_disconnected_monitor_stands_by(lease: Away) -> None:
    monitor = Checking()
    ours = LeasedMonitor(lease, lambda: monitor)
    await ours.start()

    monitor.is_cut_off, lease.says = True, None

    await until(lambda: not monitor.runs.is_set())
    await ours.stop()


async def test_a_standby_leaves_a_restored_store_to_the_previous_holder(
    lease: Away, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leased_monitor, "GIVE_WAY_SECONDS", 600.0)
    lease.says = None
    monitor = Checking()
    second = LeasedMonitor(lease, lambda: monitor)
    await second.start()
    await asyncio.sleep(0.05)

    lease.says = True
    await asyncio.sleep(0.05)

    assert not monitor.runs.is_set()
    await second.stop()


async def test_held_checks_are_stored_during_standby(lease: Away) -> None:
    monitor, writer = Checking(), Keeping()
    ours = LeasedMonitor(lease, lambda: monitor, make_writer=lambda: writer)
    await ours.start()
    assert not writer.runs

    lease.says = False
    await until(lambda: writer.runs)
    assert not monitor.runs.is_set()

    lease.says = True
    await until(monitor.runs.is_set)
    assert not writer.runs
    await ours.stop()


def _taken_soon(lease: Lease) -> bool:
    """PostgreSQL takes a moment to see that its client is gone."""
    import time

    deadline = time.monotonic() + SOON
    while not lease.take():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
