"""The job queue on PgQueuer: jobs are rows, picked with SKIP LOCKED and announced by NOTIFY.

Its tables have their own schema, which PgQueuer migrates, not Watchwright.
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
APPLICATION = "watchwright worker"  # the application name in pg_stat_activity
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
"""The URL options that asyncpg knows. It would send others to the server, which rejects those that only libpq knows."""

SYSTEM = "system"  # libpq's sslrootcert value for the system's authorities; asyncpg would treat it as a file name

AWAY = "The job queue in the database is unavailable, so this worker checks nothing. It keeps retrying."
MAY_NOT = (
    f"The database user may not create the job queue's schema {SCHEMA}, so this worker checks nothing. Make it the "
    "owner of the database."
)

HEARTBEAT_TIMEOUT = timedelta(seconds=8)  # without a heartbeat, the jobs of a process go to others
POLL_INTERVAL = timedelta(seconds=1)  # between two polls for jobs of dead processes, which no NOTIFY announces
RETRY_DELAY = timedelta(seconds=0.5)  # before a returned job can be taken again, perhaps by the same full process
RETRY_SECONDS = 1.0
CONNECT_SECONDS = 5.0
END_SECONDS = 3.0
PRUNE_SECONDS = 600.0
LOG_KEPT = timedelta(hours=1)  # log entries of finished jobs are kept for analysis


def _settings() -> DBSettings:
    return DBSettings(db_schema=SCHEMA, prefix="", channel=SCHEMA, durability=Durability.balanced)


class PgQueuerQueue:
    """The queue of jobs named *name* in the store at *url*."""

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
                raise StoreError(f"Jobs cannot be added to the job queue: {error}") from error

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
            except Exception as error:  # noqa: BLE001 - both libraries raise many types when a connection dies
                self._may_not = isinstance(error, asyncpg.InsufficientPrivilegeError)
                logger.warning("the job queue is unavailable; retrying", extra={"reason": str(error)})
            finally:
                self._works.clear()
                self._has_tried.set()
            await until_set(self._is_stopping, RETRY_SECONDS)

    async def _work(self, handle: Handle, at_once: int) -> None:
        """Deliver jobs until the connection is lost or the queue stops."""
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
            running = [asyncio.create_task(coroutine) for coroutine in self._parts(manager, queries, at_once, is_lost)]
            self._works.set()
            self._has_tried.set()
            done, _others = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            if self._is_stopping.is_set():  # let PgQueuer record finished jobs before the end
                await asyncio.wait(running[:1], timeout=END_SECONDS)
            for task in done:
                task.result()
        finally:
            connection.terminate()  # first, because PgQueuer's run() waits on a dead connection even when cancelled
            await _end(running)

    def _parts(
        self, manager: QueueManager, queries: Queries, at_once: int, is_lost: asyncio.Event
    ) -> Sequence[Coroutine[Any, Any, Any]]:
        run = manager.run(
            dequeue_timeout=POLL_INTERVAL,
            batch_size=1,
            max_concurrent_tasks=max(at_once, 2),
            shutdown_on_listener_failure=True,
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            log_aggregation_interval=timedelta(0),
        )
        return run, is_lost.wait(), self._prune(queries), self._is_stopping.wait()

    def _managing(self, queries: Queries, handle: Handle) -> QueueManager:
        manager = QueueManager(queries, self._settings.channel)

        async def run(job: Job) -> None:
            try:
                deaths = await self._deaths(queries, job)
            except Exception as error:  # the connection died before the job began
                raise RetryRequested(RETRY_DELAY) from error
            doing = asyncio.ensure_future(handle(job.payload or b"", deaths))
            stopping = asyncio.ensure_future(self._is_stopping.wait())
            try:
                await asyncio.wait([doing, stopping], return_when=asyncio.FIRST_COMPLETED)
                is_done = doing.done() and doing.result()
            except Exception:  # log bugs, which PgQueuer would record only in its tables
                logger.exception("a job failed")
                raise
            finally:
                stopping.cancel()
                doing.cancel()
            if not is_done:
                raise RetryRequested(timedelta(0) if self._is_stopping.is_set() else RETRY_DELAY)

        manager.entrypoint(self._name, accepts_context=False)(run)
        return manager

    async def _deaths(self, queries: Queries, job: Job) -> int:
        """Return how many processes took *job* and died, which PgQueuer does not count.

        Its log has the answer. It is read only for jobs old enough to have been abandoned; most jobs are taken at once.
        """
        if job.updated - job.created < HEARTBEAT_TIMEOUT:
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
        """Create or upgrade PgQueuer's schema, under a lock against other starting processes."""
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
        """Delete old log entries of finished jobs, which PgQueuer never does."""
        log = self._settings.qualified.queue_table_log
        while True:
            await queries.driver.execute(f"DELETE FROM {log} WHERE created < now() - $1::interval", LOG_KEPT)  # noqa: S608
            await asyncio.sleep(PRUNE_SECONDS)


class _InTransaction:
    """A PgQueuer driver on a session's connection, so that enqueued jobs belong to its transaction."""

    def __init__(self, db: Session) -> None:
        self._connection: Any = db.connection().connection.driver_connection

    def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        with psycopg.RawCursor(self._connection, row_factory=dict_row) as cursor:
            return cursor.execute(query, args).fetchall()


def address_of(url: URL) -> str:
    """Return *url* in asyncpg's form."""
    asked = {**url.query, **patience(url)}
    understood = {name: value for name, value in asked.items() if name in UNDERSTOOD and value != SYSTEM}
    if isinstance(hosts := url.query.get("host"), tuple):  # asyncpg would use only the last of several host options
        understood["host"] = ",".join(hosts)
    return url.set(drivername="postgresql", query=understood).render_as_string(hide_password=False)


def trust_of(url: URL) -> ssl.SSLContext | None:
    """Return a context with the system's authorities if *url* asks for them; else None."""
    return ssl.create_default_context() if url.query.get("sslrootcert") == SYSTEM else None


async def _end(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Cancel *tasks* and wait for a limited time."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=END_SECONDS)
