"""A process that checks websites or runs debug sessions, beside the dashboard's or on a machine of its own."""

import asyncio
import gc
import logging
import signal
from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from functools import partial
from typing import Protocol

from sqlalchemy import Engine

from core import database, sealing, signals
from core.config import Settings
from core.connection_aborter import ConnectionAborter
from core.errors import InvalidInput
from core.monitoring.verdict import Policy
from core.services import check_schedule, older_store
from core.services.sealed import sealer_of
from core.upgrading import upgrade_apart
from core.workers import otlp
from core.workers.agenda import AnyAgenda
from core.workers.bridge import Bridge
from core.workers.check_writer import CheckWriter
from core.workers.disk_reserve import DiskReserve
from core.workers.failure_policy import FailurePolicy
from core.workers.lease import lease_of
from core.workers.leased_monitor import LeasedMonitor
from core.workers.log_lines import LogLines
from core.workers.monitor import Monitor
from core.workers.partitions import PartitionMaker
from core.workers.store_bus import bus_of

logger = logging.getLogger(__name__)

QUEUES = frozenset({"checks", "sessions"})
LIVELY = 5_000  # new objects between two looks for garbage: what a batch of checks makes is let go of by its end


class Part(Protocol):
    """What works on one queue."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...


def make_leased_monitor(settings: Settings, engine: Engine, name: str | None = None) -> LeasedMonitor:
    """What has the websites of the store behind *engine* checked: by one monitor at a time, or by all of a fleet.

    Args:
        name: What the monitor calls itself in its reports.
    """
    if not settings.fleet:
        writer = partial(CheckWriter, settings.data_dir, FailurePolicy.of(settings).confirmation)
        return LeasedMonitor(lease_of(engine), lambda: make_monitor(settings), name, make_writer=writer)
    from core.workers.fleet_agenda import FleetAgenda
    from core.workers.pgqueuer_queue import PgQueuerQueue  # with a driver that nothing else has a use for

    regions = ("", settings.region) if settings.region else ("",)

    def make() -> Monitor:
        return make_monitor(settings, FleetAgenda({one: PgQueuerQueue(engine.url, _jobs_of(one)) for one in regions}))

    async def claim(fact: signals.CheckRequested) -> bool:
        return await database.in_session(check_schedule.claim_one, fact.website_id, fact.request, regions)

    return LeasedMonitor(lease_of(engine, is_fleet=True), make, name, claim=claim)


def _jobs_of(region: str) -> str:
    return f"checks:{region}" if region else "checks"


def make_monitor(settings: Settings, agenda: AnyAgenda | None = None) -> Monitor:
    """The monitor that *settings* describe, which is still to be started."""
    return Monitor(
        settings.data_dir,
        FailurePolicy.of(settings),
        Policy(certificate_days=settings.certificate_days),
        may_connect=settings.address_policy.refusal,
        agenda=agenda,
        region=(settings.region or "") if settings.fleet else None,
    )


def make_session_worker(settings: Settings) -> Part:
    """What runs the debug sessions that wait in the store."""
    from core.debugging.session import DebugSessions  # with what drives browsers: 2 MB where only checks run
    from core.workers.session_worker import SessionWorker

    return SessionWorker(DebugSessions(settings), most=settings.fleet_browsers)


async def work(
    settings: Settings,
    *,
    queues: Collection[str] = ("checks",),
    name: str | None = None,
    until: Callable[[asyncio.Event], None],
) -> None:
    """Work on *queues*, of `QUEUES`, of the store, which is at the revision needed.

    Args:
        name: What the monitor calls itself in its reports.
        until: Given an event to set when this is to end.
    """
    stop = asyncio.Event()
    until(stop)
    engine = database.make_engine(settings.store_url, may_make=False)
    database.bind(engine)
    connection_aborter = ConnectionAborter(engine)
    sealing.use(sealing.Sealer.of(settings))
    end_spans = otlp.start(settings, "+".join(sorted(queues)))
    bridge = Bridge(bus_of(engine, _role(settings, queues)))
    parts = list(_parts(settings, engine, queues, name))
    await bridge.start()
    try:
        for part in parts:
            await part.start()
        gc.collect()
        gc.set_threshold(LIVELY, 10, 10)
        gc.freeze()  # what was imported stays: looking through it again and again is for nothing
        await stop.wait()
    finally:
        connection_aborter.abort_if_unresponsive()
        for part in reversed(parts):
            await part.stop()
        await bridge.stop()
        engine.dispose()
        await asyncio.to_thread(end_spans)


def _parts(settings: Settings, engine: Engine, queues: Collection[str], name: str | None) -> Iterator[Part]:
    """What works on *queues*, in the order in which it starts."""
    if "checks" in queues:
        if engine.dialect.name == "postgresql":
            yield PartitionMaker(timedelta(days=settings.retention_checks_days))
        yield make_leased_monitor(settings, engine, name)
    if "sessions" in queues:
        yield make_session_worker(settings)


def _role(settings: Settings, queues: Collection[str]) -> str:
    place = f"@{settings.region}" if settings.region and settings.fleet else ""
    return "+".join(sorted(queues)) + place


def set_up_logging(settings: Settings) -> None:
    """Log to standard error, as `watchwright serve` does; no secret gets there."""
    handler = logging.StreamHandler()
    handler.setFormatter(LogLines.of(settings))
    logging.basicConfig(level=settings.log_level, handlers=[handler])
    for noisy in ("uvicorn", "httpx", "asyncio", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("pgqueuer").setLevel(logging.CRITICAL)  # our queue says in a line what this says in fifty


def run(settings: Settings, *, queues: str) -> None:
    """`watchwright worker`: migrate the store, then work on *queues* of it until SIGTERM or Ctrl+C.

    Raises:
        InvalidInput: There is no such queue, or no browser is allowed here.
        BrowserMissing: Debug sessions are to run, and there is no browser.
        StoreError: The store cannot be used.
    """
    chosen = {name.strip() for name in queues.split(",")}
    if not chosen <= QUEUES:
        raise InvalidInput(f"--queues {queues} cannot be worked on: give checks, sessions or checks,sessions.")
    if "sessions" in chosen and not settings.max_browsers:
        raise InvalidInput("WATCHWRIGHT_MAX_BROWSERS is 0, so no debug session can run here: give 1 or more.")
    DiskReserve(settings.data_dir).make_room()
    engine = database.make_engine(settings.store_url)
    upgrade_apart(engine)
    sealing.use(sealer_of(settings, engine))
    database.bind(engine)
    older_store.learn_known_time()
    engine.dispose()

    def until(stop: asyncio.Event) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)

    asyncio.run(work(settings, queues=chosen, until=until))
