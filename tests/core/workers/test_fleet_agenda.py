"""A worker of a fleet gets its share of the checks, with a real store and a job queue of the test."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.orm import Session

from core import clock, database, signals
from core.database import in_session
from core.errors import StoreError
from core.models import CheckSchedule, MonitorCheck, MonitorStatus, Region, Website
from core.monitoring.downtime import Confirmation
from core.monitoring.judged_result import ABANDONED_REASON
from core.monitoring.schedule import Plan
from core.schemas import WebsiteCreate
from core.services import DowntimeWindowCRUD, MonitorCheckCRUD, WebsiteCRUD, check_schedule, region_state
from core.services.check_schedule import Slot
from core.workers import check_writer
from core.workers.check_writer import CheckWriter
from core.workers.failure_policy import FailurePolicy
from core.workers.fleet_agenda import FleetAgenda
from core.workers.job_queue import Handle
from core.workers.monitor import Monitor
from core.workers.slot_jobs import as_job, jobs_of
from core.workers.spool import FILE
from tests import postgres
from tests.core.workers.test_check_writer import is_held, let_die
from tests.factories import make_website
from tests.probe_results import judged_check
from tests.sites.flaky import FlakySite
from tests.waiting import until

SOON = 15.0  # s; what is awaited here takes well under one


class Queue:
    """A job queue of one process."""

    trouble = None

    def __init__(self) -> None:
        self.is_away = False
        self.jobs: list[bytes] = []
        self.answers: list[bool] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.handle: Handle | None = None

    async def start(self, handle: Handle, *, at_once: int) -> None:
        self.handle, self._loop = handle, asyncio.get_running_loop()

    def put(self, db: Session, jobs: Sequence[bytes]) -> None:
        if self.is_away:
            raise StoreError("away")
        given = list(jobs)
        event.listen(db, "after_commit", lambda _db: self._loop.call_soon_threadsafe(self.give, given), once=True)

    def give(self, jobs: Sequence[bytes]) -> None:
        for job in jobs:
            self.jobs.append(job)
            task = asyncio.ensure_future(self._do(job))
            self._tasks.add(task)

    async def _do(self, job: bytes) -> None:
        assert self.handle is not None
        self.answers.append(await self.handle(job))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()


@pytest.fixture(scope="module")
def server() -> Iterator[Engine]:
    url = postgres.new_database()
    engine = database.make_engine(url)
    database.upgrade(engine)
    yield engine
    engine.dispose()
    postgres.drop_database(url)


@pytest.fixture
def store(server: Engine) -> Iterator[Engine]:
    database.bind(server)
    yield server
    with Session(server) as db:
        db.query(Website).delete()
        db.commit()


@pytest.fixture
async def agenda(store: Engine) -> AsyncIterator[FleetAgenda]:
    agenda = FleetAgenda({"": Queue()})
    await agenda.start()
    agenda.set([])
    yield agenda
    await agenda.stop()


def queue_of(agenda: FleetAgenda) -> Queue:
    queue = agenda._queues[""]
    assert isinstance(queue, Queue)
    return queue


def plan_of(website: Website) -> Plan:
    return Plan(website_id=website.id, interval_seconds=website.check_interval, due_at=0.0)


async def new_website(**fields: object) -> Website:
    return await in_session(lambda db: make_website(db, **fields))


async def taken(agenda: FleetAgenda, count: int = 1) -> list[Plan]:
    plans: list[Plan] = []

    def is_enough() -> bool:
        if (plan := agenda.take(monotonic())) is not None:
            plans.append(plan)
        return len(plans) >= count

    await until(is_enough)
    return plans


async def test_a_worker_checks_its_regions_and_a_share_of_the_others_and_reports(
    store: Engine,
) -> None:
    queues = {"": Queue(), "eu": Queue()}
    agenda = FleetAgenda(queues)
    here, anywhere, elsewhere = [await new_website(regions=named) for named in (["eu", "us"], None, ["us"])]
    await agenda.start()
    agenda.set(map(plan_of, (here, anywhere)))

    plans = await taken(agenda, 2)
    await agenda.stop()

    assert sorted(plan.website_id for plan in plans) == [here.id, anywhere.id]
    assert [len(queue.jobs) for queue in queues.values()] == [1, 1]
    with Session(store) as db:
        assert [row.name for row in db.scalars(select(Region))] == ["eu"]
        waiting = db.scalar(select(CheckSchedule.region).where(CheckSchedule.next_due_at <= func.now()))
    assert waiting == "us", elsewhere.id


async def test_a_due_slot_is_taken_once_and_its_job_ends_when_its_check_is_stored(agenda: FleetAgenda) -> None:
    websites = [await new_website() for _ in range(12)]
    agenda.set(map(plan_of, websites))

    plans = await taken(agenda, len(websites))
    is_done_before = list(queue_of(agenda).answers)
    for plan in plans:
        agenda.settle(plan.website_id, plan.slot)
    await until(lambda: len(queue_of(agenda).answers) == len(queue_of(agenda).jobs))

    assert sorted(plan.website_id for plan in plans) == [website.id for website in websites]
    assert all(plan.slot is not None and abs(monotonic() - plan.due_at) < SOON for plan in plans)
    assert is_done_before == []
    assert all(queue_of(agenda).answers)


async def test_a_slot_delivered_twice_is_checked_once(agenda: FleetAgenda) -> None:
    website = await new_website()
    agenda.set([plan_of(website)])
    (plan,) = await taken(agenda)
    queue = queue_of(agenda)

    queue.give(queue.jobs[:])
    await asyncio.sleep(0)
    again = agenda.take(monotonic() + 1)
    agenda.settle(plan.website_id, plan.slot)
    await until(lambda: queue.answers == [True, True])

    assert again is None


async def test_a_slot_of_an_unknown_website_waits_until_the_worker_knows_it(agenda: FleetAgenda) -> None:
    website = await new_website()
    await in_session(check_schedule.plan)

    await until(lambda: bool(queue_of(agenda).jobs))
    before = agenda.take(monotonic() + 1)
    agenda.set([plan_of(website)])

    assert before is None
    assert [plan.website_id for plan in await taken(agenda)] == [website.id]


async def test_a_worker_claims_nothing_before_it_has_read_the_websites(store: Engine) -> None:
    queue = Queue()
    agenda = FleetAgenda({"": queue})

    await agenda.start()
    for _ in range(3):
        await asyncio.sleep(0)
    await agenda.stop()

    assert queue.handle is None


async def test_a_slot_older_than_its_interval_is_skipped(agenda: FleetAgenda) -> None:
    website = await new_website(check_interval=30)
    agenda.set([plan_of(website)])
    await taken(agenda)
    late = await in_session(check_schedule.store_now) - timedelta(seconds=31)

    queue_of(agenda).give(jobs_of([Slot(website_id=website.id, due_at=late, interval_seconds=30)]))
    await until(lambda: agenda.take(monotonic() + 1) is None and queue_of(agenda).answers == [True])


async def test_a_worker_without_a_network_leaves_jobs_to_others(agenda: FleetAgenda) -> None:
    agenda.is_fit = lambda: False
    website = await new_website()
    agenda.set([plan_of(website)])

    await until(lambda: queue_of(agenda).answers == [False])
    late = await in_session(check_schedule.store_now) - timedelta(seconds=6)
    queue_of(agenda).give(jobs_of([Slot(website_id=website.id, due_at=late, interval_seconds=60)]))

    assert (await taken(agenda))[0].slot == late


async def test_a_failing_website_is_due_sooner_for_all_workers(agenda: FleetAgenda, store: Engine) -> None:
    website = await new_website(check_interval=3_600)
    agenda.set([plan_of(website)])
    await taken(agenda)

    agenda.put(Plan(website_id=website.id, interval_seconds=3_600, due_at=monotonic() + 5))

    def due_in() -> float:
        with Session(store) as db:
            wait = func.extract("epoch", CheckSchedule.next_due_at - func.now())
            return float(db.scalars(select(wait).where(CheckSchedule.website_id == website.id)).one())

    await until(lambda: 0 < due_in() <= 5)


async def test_a_requested_check_is_made_by_this_worker_at_once(agenda: FleetAgenda) -> None:
    website = await new_website(check_interval=3_600)
    agenda.set([plan_of(website)])
    await taken(agenda)

    agenda.put(Plan(website_id=website.id, interval_seconds=3_600, due_at=monotonic()))

    assert (await taken(agenda))[0].slot is None


async def test_no_slot_is_lost_while_the_queue_is_unavailable(agenda: FleetAgenda) -> None:
    queue_of(agenda).is_away = True
    website = await new_website()
    agenda.set([plan_of(website)])
    await asyncio.sleep(0)
    agenda._wake.set()
    await until(lambda: not agenda._wake.is_set())

    queue_of(agenda).is_away = False

    assert (await taken(agenda))[0].website_id == website.id


async def test_a_worker_with_a_wrong_clock_uses_the_stores_clock(store: Engine) -> None:
    clock.set_clock(clock.utc_now() + timedelta(hours=1))
    agenda = FleetAgenda({"": Queue()})

    await agenda.start()
    agenda.set([])
    await until(agenda._is_timed.is_set)
    await agenda.stop()

    assert abs(clock.utc_now() - await in_session(check_schedule.store_now)) < timedelta(seconds=2)


async def test_a_fleet_monitor_checks_stores_and_judges_like_a_single_one(store: Engine, tmp_path: Path) -> None:
    heard: asyncio.Queue[signals.WindowChanged] = asyncio.Queue()
    disconnect = signals.window_changed.connect(heard.put_nowait)
    policy = FailurePolicy(confirmation=Confirmation(retries=1), retry_seconds=1)
    queue = Queue()
    monitor = Monitor(tmp_path, policy, agenda=FleetAgenda({"": queue}))
    await monitor.start()
    try:
        with FlakySite() as site:
            site.go_down()
            website = await in_session(WebsiteCRUD.create, WebsiteCreate(url=site.url, check_interval=3_600))
            signals.website_changed.send(signals.WebsiteChanged(website_id=website.id))
            opened = await asyncio.wait_for(heard.get(), SOON)
            await until(lambda: len(queue.answers) >= 2)
    finally:
        disconnect()
        await monitor.stop()

    window = await in_session(DowntimeWindowCRUD.get_by_id, opened.window_id)
    assert window is not None
    assert window.website_id == website.id
    with Session(store) as db:
        checks = db.execute(select(MonitorCheck.status, MonitorCheck.due_at, MonitorCheck.lag_ms)).all()
    assert len(checks) >= 2
    assert all(status is MonitorStatus.DOWN and (lag_ms or 0) < 5_000 for status, _due_at, lag_ms in checks)
    assert any(due_at for _status, due_at, _lag_ms in checks), (
        "on a busy machine retries may be due at once, by no slot"
    )


async def test_checks_during_a_hanging_store_are_spooled_and_stored_once(
    store: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_writer, "PATIENCE_SECONDS", 0.05)
    website = await new_website(url="http://127.0.0.1:9/", check_interval=3_600)
    slot = await in_session(check_schedule.store_now)
    workers = [CheckWriter(tmp_path) for _ in range(2)]
    for worker in workers:
        worker.start()

    with Session(store) as other:
        other.execute(text("LOCK TABLE monitor_checks IN EXCLUSIVE MODE"))
        for second, worker in enumerate(workers):
            worker.keep(judged_check(website.id, second, due_at=slot))
        await until(lambda: is_held(tmp_path, 1) and is_held(tmp_path / "held-2", 1))
        other.rollback()
    await until(lambda: not is_held(tmp_path, 1) and not is_held(tmp_path / "held-2", 1))
    for worker in workers:
        await worker.stop()

    with Session(store) as db:
        assert db.scalar(select(func.count()).select_from(MonitorCheck)) == 1


async def test_checks_spooled_by_a_killed_worker_are_stored_once_from_any_folder(
    store: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.setattr(check_writer, "TAKE_OVER_SECONDS", 0.05)
    website = await new_website(url="http://127.0.0.1:9/", check_interval=3_600)
    slot = await in_session(check_schedule.store_now)
    gone, here = tmp_path / "gone", tmp_path / "here"
    killed, other = CheckWriter(gone), CheckWriter(here)
    killed.start()
    other.start()

    nowhere = store.url.set(host="127.0.0.1", port=unused_tcp_port)
    away = database.make_engine(nowhere.render_as_string(hide_password=False))
    database.bind(away)
    for seconds in (0, 3_600):
        killed.keep(judged_check(website.id, seconds, due_at=slot + timedelta(seconds=seconds)))
    await until(lambda: is_held(gone, 2))
    await let_die(killed)
    database.bind(store)
    other.keep(judged_check(website.id, 10, due_at=slot))  # checked anew, as nobody knew of the first
    (here / "held-99").mkdir()
    (gone / FILE).rename(here / "held-99" / FILE)
    await until(lambda: not is_held(here / "held-99", 1) and not is_held(here, 1))
    await other.stop()
    away.dispose()

    with Session(store) as db:
        due = list(db.scalars(select(MonitorCheck.due_at).order_by(MonitorCheck.due_at)))
    assert due == [slot, slot + timedelta(seconds=3_600)]


async def test_one_of_three_regions_that_cannot_reach_a_website_opens_no_window(store: Engine, tmp_path: Path) -> None:
    policy = FailurePolicy(confirmation=Confirmation(retries=0), retry_seconds=1)
    regions = ("eu", "us", "ap")
    lies = {"eu": lambda _host, _address, _port: "Nothing may be reached from here."}
    monitors = {
        region: Monitor(
            tmp_path,
            policy,
            may_connect=lies.get(region),
            agenda=FleetAgenda({"": Queue(), region: Queue()}),
            region=region,
        )
        for region in regions
    }
    opened: asyncio.Queue[signals.WindowChanged] = asyncio.Queue()
    try:
        with FlakySite() as site:
            website = await new_website(url=site.url, check_interval=3_600, regions=list(regions))
            for monitor in monitors.values():
                await monitor.start()
            expected = {"eu": True, "us": False, "ap": False}
            await until(lambda: _sees_it_down(website, expected))
            checks, _total = await in_session(MonitorCheckCRUD.get_by_website, website.id)
            windows = await in_session(DowntimeWindowCRUD.get_by_website, website.id)
            disconnect = signals.window_changed.connect(opened.put_nowait)
            site.go_down()
            await monitors["us"].check_now(website.id)  # which has ap look too
            changed = await asyncio.wait_for(opened.get(), SOON)
            disconnect()
    finally:
        await asyncio.gather(*(monitor.stop() for monitor in monitors.values()))

    window = await in_session(DowntimeWindowCRUD.get_by_id, changed.window_id)
    stored_last = max(checks, key=lambda check: check.id)  # one may have begun before another and be stored after it
    assert stored_last.status is MonitorStatus.DEGRADED
    assert windows == ([], 0)
    assert window is not None
    # Where ap had been asked to look once more, as eu could not reach it, it may have been the first to see it.
    assert re.search("Down in eu and (us|ap)", window.root_cause or "")


async def test_a_website_whose_checks_kill_workers_is_no_longer_checked(store: Engine, tmp_path: Path) -> None:
    queue = Queue()
    monitor = Monitor(tmp_path, FailurePolicy(), agenda=FleetAgenda({"": queue}))
    with FlakySite() as site:
        websites = [await new_website(url=f"{site.url}/{number}", check_interval=3_600) for number in range(2)]
        await monitor.start()
        await until(lambda: queue.answers == [True])
        later = await in_session(check_schedule.store_now)
        slots = [Slot(website_id=one.id, due_at=later, interval_seconds=3_600) for one in websites]
        assert queue.handle is not None

        parted = await queue.handle(as_job(slots), 2)
        await until(lambda: len(queue.answers) == 3)
        alone = await queue.handle(as_job([replace(slots[0], due_at=later + timedelta(seconds=1))]), 2)
        checks = select(MonitorCheck).where(MonitorCheck.status == MonitorStatus.UNKNOWN)
        await until(lambda: bool(database.run_in_session(lambda db: db.scalars(checks).all())))
    await monitor.stop()

    assert parted and alone
    assert queue.jobs[1:] == [as_job([slot]) for slot in slots]
    with Session(store) as db:
        check = db.scalars(checks).one()
        planned = select(CheckSchedule.next_due_at).where(CheckSchedule.website_id == websites[0].id)
        due_at = db.scalar(planned)
    assert (check.website_id, check.error_message) == (websites[0].id, ABANDONED_REASON)
    assert due_at is not None
    assert due_at > later + timedelta(minutes=59)


async def _sees_it_down(website: Website, expected: dict[str, bool]) -> bool:
    """Whether exactly these regions see *website* as down."""
    sights = await in_session(region_state.read, [website.id])
    return {region: sight.is_down for (_id, region), sight in sights.items()} == expected
