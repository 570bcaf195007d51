"""Runs a process that checks websites or runs debug sessions, on the dashboard's machine or another one."""

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

QUIET = ("uvicorn", "asyncio", "alembic", "httpx", "httpcore", "urllib3")
"""Libraries whose warnings are logged, but nothing below: the last three log addresses with secrets."""
QUEUES = frozenset({"checks", "sessions"})
GC_THRESHOLD = 5_000  # new objects between two garbage collections; a batch of checks frees its objects by itself


class Part(Protocol):
    """A part of the worker that processes one queue."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...


def make_leased_monitor(settings: Settings, engine: Engine, name: str | None = None) -> LeasedMonitor:
    """Return the part that checks the websites of the store: one monitor at a time, or all workers of a fleet.

    Args:
        name: The monitor's name in its reports.
    """
    if not settings.fleet:
        writer = partial(CheckWriter, settings.data_dir, FailurePolicy.of(settings).confirmation)
        return LeasedMonitor(lease_of(engine), lambda: make_monitor(settings), name, make_writer=writer)
    from core.workers.fleet_agenda import FleetAgenda
    from core.workers.pgqueuer_queue import PgQueuerQueue  # imports a driver that nothing else needs

    regions = ("", settings.region) if settings.region else ("",)

    def make() -> Monitor:
        return make_monitor(
            settings, FleetAgenda({region: PgQueuerQueue(engine.url, _jobs_of(region)) for region in regions})
        )

    async def claim(fact: signals.CheckRequested) -> bool:
        return await database.in_session(check_schedule.claim_one, fact.website_id, fact.request, regions)

    return LeasedMonitor(lease_of(engine, is_fleet=True), make, name, claim=claim)


def _jobs_of(region: str) -> str:
    return f"checks:{region}" if region else "checks"


def make_monitor(settings: Settings, agenda: AnyAgenda | None = None) -> Monitor:
    """Return a monitor with these settings, not yet started."""
    return Monitor(
        settings.data_dir,
        FailurePolicy.of(settings),
        Policy(certificate_days=settings.certificate_days),
        may_connect=settings.address_policy.refusal,
        agenda=agenda,
        region=(settings.region or "") if settings.fleet else None,
    )


def make_session_worker(settings: Settings) -> Part:
    """Return the part that runs debug sessions which wait in the store."""
    from core.debugging.session import DebugSessions  # 2 MB, not needed where only checks run
    from core.workers.session_worker import SessionWorker

    return SessionWorker(DebugSessions(settings), max_running=settings.fleet_browsers)


async def work(
    settings: Settings,
    *,
    queues: Collection[str] = ("checks",),
    name: str | None = None,
    until: Callable[[asyncio.Event], None],
) -> None:
    """Process *queues* (see `QUEUES`) of the store, which must be migrated already.

    Args:
        name: The monitor's name in its reports.
        until: Called with an event; setting the event ends the work.
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
        gc.set_threshold(GC_THRESHOLD, 10, 10)
        gc.freeze()  # imported objects stay, so scanning them is wasted time
        await stop.wait()
    finally:
        connection_aborter.abort_if_unresponsive()
        for part in reversed(parts):
            await part.stop()
        await bridge.stop()
        engine.dispose()
        await asyncio.to_thread(end_spans)


def _parts(settings: Settings, engine: Engine, queues: Collection[str], name: str | None) -> Iterator[Part]:
    """Yield the parts for *queues*, in the order in which they start."""
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
    """Log to standard error, as `watchwright serve` does, with secrets masked."""
    handler = logging.StreamHandler()
    handler.setFormatter(LogLines.of(settings))
    logging.basicConfig(level=settings.log_level, handlers=[handler])
    for library in QUIET:
        logging.getLogger(library).setLevel(max(logging.WARNING, logging.getLogger().level))
    logging.getLogger("pgqueuer").setLevel(logging.CRITICAL)  # our queue logs the same errors in one line


def run(settings: Settings, *, queues: str) -> None:
    """Run `watchwright worker`: migrate the store, then process *queues* until SIGTERM or Ctrl+C.

    Raises:
        InvalidInput: A queue does not exist, or the settings allow no browser.
        BrowserMissing: Debug sessions are requested, and no browser is installed.
        StoreError: The store cannot be used.
    """
    chosen = {name.strip() for name in queues.split(",")}
    if not chosen <= QUEUES:
        raise InvalidInput(f"--queues {queues} is invalid. Use checks, sessions or checks,sessions.")
    if "sessions" in chosen and not settings.max_browsers:
        raise InvalidInput("WATCHWRIGHT_MAX_BROWSERS is 0, so no debug session can run here. Set it to 1 or more.")
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
