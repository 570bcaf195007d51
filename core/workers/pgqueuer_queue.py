"""The job queue on PgQueuer: jobs are rows of the store, picked with SKIP LOCKED and told of by NOTIFY.

Its tables are in a schema of their own, which no migration of ours touches: PgQueuer keeps them at its own version.
"""

import asyncio
import logging
import ssl
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import asyncpg
import psycopg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.adapters.persistence.queries import Queries, SyncQueries
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job
from pgqueuer.domain.settings import DBSettings, Durability
from psycopg.rows import dict_row
from sqlalchemy import URL
from sqlalchemy.orm import Session

from core.background import until_set
from core.errors import StoreError
from core.store_engine import patience
from core.workers.job_queue import Handle

logger = logging.getLogger(__name__)

SCHEMA = "watchwright_queue"
APPLICATION = "watchwright worker"  # as pg_stat_activity calls the connection of each that takes jobs
SCHEMA_LOCK = 0x7761746368717565  # pg_advisory_lock takes any 64-bit number: "watchque"
UNDERSTOOD = {
    "host",
    "port",
    "sslmode",
    "sslcert",
    "sslkey",
    "sslrootcert",
    "sslcrl",
    "passfile",
    "target_session_attrs",
}
"""What asyncpg takes of an address; it sends everything else to the server, which refuses what libpq alone knows."""

SYSTEM = "system"  # of libpq, as sslrootcert: the authorities that the system trusts; asyncpg takes it for a file

AWAY = "The store's job queue cannot be reached, so this worker gets nothing to check; it tries again."
MAY_NOT = (
    f"The user of the store may not make the job queue's schema, {SCHEMA}, so this worker gets nothing to check: "
    "make it the owner of the database."
)

SILENT = timedelta(seconds=8)  # without a sign of life, after which the jobs of a process are given to others
LOOK = timedelta(seconds=1)  # how often is looked for jobs of the silent, of which no notification tells
AGAIN = timedelta(seconds=0.5)  # what was given back waits so long: not to be taken at once by who has no room for it
RETRY_SECONDS = 1.0
CONNECT_SECONDS = 5.0
END_SECONDS = 3.0
PRUNE_SECONDS = 600.0
LOG_KEPT = timedelta(hours=1)  # of finished jobs, for whoever looks for the reason of something


def _settings() -> DBSettings:
    return DBSettings(db_schema=SCHEMA, prefix="", channel=SCHEMA, durability=Durability.balanced)


class PgQueuerQueue:
    """Jobs named *name*, in the store at *url*."""

    def __init__(self, url: URL, name: str) -> None:
        self._url = url
        self._name = name
        self._settings = _settings()
        self._builder = QueryQueueBuilder(settings=self._settings)
        self._manager: QueueManager | None = None
        self._is_stopping = asyncio.Event()
        self._works = asyncio.Event()
        self._has_tried = asyncio.Event()
        self._is_prepared = False
        self._may_not = False
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def trouble(self) -> str | None:
        if self._works.is_set() or not self._tasks:
            return None
        return MAY_NOT if self._may_not else AWAY

    async def start(self, handle: Handle, *, at_once: int) -> None:
        self._tasks = [asyncio.create_task(self._keep_working(handle, at_once), name="job queue")]
        with suppress(TimeoutError):
            await asyncio.wait_for(self._has_tried.wait(), CONNECT_SECONDS)

    def put(self, db: Session, jobs: Sequence[bytes]) -> None:
        if jobs:
            names, priorities = [self._name] * len(jobs), [0] * len(jobs)
            try:
                SyncQueries(_InTransaction(db), self._builder).enqueue(names, list(jobs), priorities)
            except psycopg.Error as error:
                raise StoreError(f"Nothing can be put into the job queue: {error}") from error

    async def stop(self) -> None:
        self._is_stopping.set()
        if self._manager is not None:
            self._manager.shutdown.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=2 * END_SECONDS)
        await _end(self._tasks)
        self._tasks = []

    async def _keep_working(self, handle: Handle, at_once: int) -> None:
        while not self._is_stopping.is_set():
            try:
                await self._work(handle, at_once)
            except Exception as error:  # noqa: BLE001 - what both engines raise as their connection dies is without end
                self._may_not = isinstance(error, asyncpg.InsufficientPrivilegeError)
                logger.warning("the job queue is away; trying again", extra={"reason": str(error)})
            finally:
                self._works.clear()
                self._has_tried.set()
            await until_set(self._is_stopping, RETRY_SECONDS)

    async def _work(self, handle: Handle, at_once: int) -> None:
        """Hand out jobs until the connection is lost, or we are stopped."""
        connection = await asyncpg.connect(
            address_of(self._url),
            ssl=trust_of(self._url),
            timeout=CONNECT_SECONDS,
            command_timeout=30,
            server_settings={"application_name": APPLICATION},
        )
        is_lost = asyncio.Event()
        connection.add_termination_listener(lambda _connection: is_lost.set())
        running: list[asyncio.Task[None]] = []
        try:
            queries = self._queries(connection)
            await self._prepare(connection, queries)
            manager = self._manager = self._managing(queries, handle)
            running = [asyncio.create_task(one) for one in self._parts(manager, queries, at_once, is_lost)]
            self._works.set()
            self._has_tried.set()
            done, _others = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            if self._is_stopping.is_set():  # what was done and is not yet said to be, is said before we end
                await asyncio.wait(running[:1], timeout=END_SECONDS)
            for task in done:
                task.result()
        finally:
            connection.terminate()  # first: PgQueuer's run() waits on a connection that is dead, even when cancelled
            await _end(running)

    def _parts(
        self, manager: QueueManager, queries: Queries, at_once: int, is_lost: asyncio.Event
    ) -> Sequence[Coroutine[Any, Any, Any]]:
        run = manager.run(
            dequeue_timeout=LOOK,
            batch_size=1,
            max_concurrent_tasks=max(at_once, 2),
            shutdown_on_listener_failure=True,
            heartbeat_timeout=SILENT,
            log_aggregation_interval=timedelta(0),
        )
        return run, is_lost.wait(), self._prune(queries), self._is_stopping.wait()

    def _managing(self, queries: Queries, handle: Handle) -> QueueManager:
        manager = QueueManager(queries, self._settings.channel)

        async def run(job: Job) -> None:
            try:
                deaths = await self._deaths(queries, job)
            except Exception as error:  # as its connection dies: nothing has begun yet
                raise RetryRequested(AGAIN) from error
            doing = asyncio.ensure_future(handle(job.payload or b"", deaths))
            stopping = asyncio.ensure_future(self._is_stopping.wait())
            try:
                await asyncio.wait([doing, stopping], return_when=asyncio.FIRST_COMPLETED)
                is_done = doing.done() and doing.result()
            except Exception:  # a mistake in one job must not be PgQueuer's alone to know
                logger.exception("a job failed")
                raise
            finally:
                stopping.cancel()
                doing.cancel()
            if not is_done:
                raise RetryRequested(timedelta(0) if self._is_stopping.is_set() else AGAIN)

        manager.entrypoint(self._name, accepts_context=False)(run)
        return manager

    async def _deaths(self, queries: Queries, job: Job) -> int:
        """How many processes took *job* and let it go without a word: PgQueuer gives it out again and does not count.

        Its log tells, which is asked only of what may have been given up: most jobs are taken as soon as they are put.
        """
        if job.updated - job.created < SILENT:
            return 0
        log = self._settings.qualified.queue_table_log
        taken = f"SELECT count(*) AS times FROM {log} WHERE job_id = $1 AND status = 'picked'"  # noqa: S608
        (row,) = await queries.driver.fetch(taken, job.id)
        return max(int(str(row["times"])) - 1 - job.attempts, 0)

    def _queries(self, connection: asyncpg.Connection) -> Queries:
        environment = QueryBuilderEnvironment(self._settings)
        return Queries(
            AsyncpgDriver(connection), environment, self._builder, QuerySchedulerBuilder(settings=self._settings)
        )

    async def _prepare(self, connection: asyncpg.Connection, queries: Queries) -> None:
        """Make the schema, or bring it to PgQueuer's version; of processes that start at once, one does it."""
        if self._is_prepared:
            return
        await connection.execute("SELECT pg_advisory_lock($1)", SCHEMA_LOCK)
        try:
            if await queries.schema_is_installed():
                await queries.apply_upgrade()
            else:
                await queries.install()
                await queries.optimize_autovacuum()
        finally:
            if not connection.is_closed():
                await connection.execute("SELECT pg_advisory_unlock($1)", SCHEMA_LOCK)
        self._is_prepared = True

    async def _prune(self, queries: Queries) -> None:
        """Delete what PgQueuer noted of finished jobs, which it never does itself."""
        log = self._settings.qualified.queue_table_log
        while True:
            await queries.driver.execute(f"DELETE FROM {log} WHERE created < now() - $1::interval", LOG_KEPT)  # noqa: S608
            await asyncio.sleep(PRUNE_SECONDS)


class _InTransaction:
    """PgQueuer's driver on the connection of a session, so that what it puts belongs to that one's transaction."""

    def __init__(self, db: Session) -> None:
        self._connection: Any = db.connection().connection.driver_connection

    def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        with psycopg.RawCursor(self._connection, row_factory=dict_row) as cursor:
            return cursor.execute(query, args).fetchall()


def address_of(url: URL) -> str:
    """*url* as asyncpg takes it."""
    asked = {**url.query, **patience(url)}
    understood = {name: value for name, value in asked.items() if name in UNDERSTOOD and value != SYSTEM}
    if isinstance(hosts := url.query.get("host"), tuple):  # each named by itself, of which it would take the last
        understood["host"] = ",".join(hosts)
    return url.set(drivername="postgresql", query=understood).render_as_string(hide_password=False)


def trust_of(url: URL) -> ssl.SSLContext | None:
    """Whom to trust where *url* says that it is whom the system trusts; None leaves it to the address."""
    return ssl.create_default_context() if url.query.get("sslrootcert") == SYSTEM else None


async def _end(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Cancel *tasks* and wait, but not for ever."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=END_SECONDS)
