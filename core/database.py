"""Provides the store: transactions from threads and from the event loop, and migrations."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Concatenate, Literal, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from core import sqlite, store_place
from core.errors import InvalidInput, StoreError
from core.revision import BASE, chain, migrations, resolve_revision
from core.revision import latest_revision as latest_revision  # noqa: PLC0414
from core.store_engine import make_engine as make_engine  # noqa: PLC0414 (the store's users know it by this name)
from core.store_engine import store_errors as store_errors  # noqa: PLC0414
from core.store_engine import store_file as store_file  # noqa: PLC0414
from core.store_session import StoreSession
from core.write_condition import current_condition

if TYPE_CHECKING:
    from alembic.config import Config

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

MIGRATION_TIMEOUT_MS = 600_000  # one process migrates a large store while the others wait

STALLED_SECONDS = 5.0  # far longer than a busy machine needs between two statements
LOCKED_SECONDS = 30.0  # a waiting transaction keeps its place in PostgreSQL's lock queue, so no worker is starved

MIGRATION_LOCK = 0x77617463686D6967  # pg_advisory_xact_lock takes any 64-bit number: "watchmig"
NO_LIMIT = text(
    "SELECT set_config(name, '0', true) FROM pg_settings WHERE name IN "
    "('statement_timeout', 'transaction_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')"
)
"""Lifts the timeouts that a database owner may have set: migrating a large store takes minutes, and others wait."""

_open_session = sessionmaker(class_=StoreSession, expire_on_commit=False)


def release_when_stalled(db: Session, seconds: float = STALLED_SECONDS, lock_seconds: float = LOCKED_SECONDS) -> None:
    """Let PostgreSQL abort this transaction after *seconds* of idling, or *lock_seconds* of waiting for a lock.

    For transactions that hold locks which other processes need. A frozen or disconnected process must not block them.
    The caller retries, so that it can report a table that somebody has locked. Does nothing on SQLite.
    """
    if db.get_bind().dialect.name == "postgresql":
        limits = {"idle": f"{round(seconds * 1_000)}", "locks": f"{round(lock_seconds * 1_000)}"}
        idle = "set_config('idle_in_transaction_session_timeout', :idle, true)"
        db.execute(text(f"SELECT {idle}, set_config('lock_timeout', :locks, true)"), limits)


def bind(engine: Engine) -> None:
    """Make *engine* the one that `session_scope` and `in_session` use; only the composition root calls this."""
    _open_session.configure(bind=engine)


@contextmanager
def session_scope(*, immediate: bool = False) -> Iterator[Session]:
    """Open one transaction: it commits when the block ends and rolls back when the block raises.

    Args:
        immediate: Take SQLite's write lock at the start. A block that reads and then writes needs this if it cannot be
            retried.
    """
    with _open_session() as db, db.begin():
        if immediate:
            db.connection(execution_options={"immediate": True})
        yield db


async def in_session(work: Callable[Concatenate[Session, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Run ``work(db, *args, **kwargs)`` on a worker thread in one transaction and return its result.

    Retries once if SQLite refuses to let a reader write because another writer committed in between, so *work* must
    not have effects outside the session. Returned objects are detached: attributes that were not loaded raise. If this
    is cancelled, it raises only after the transaction has ended, so that nobody closes the store under a thread that
    writes.
    """
    return await on_thread(run_in_session, work, *args, **kwargs)


async def on_thread(work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Run *work* on a worker thread without creating a task; if cancelled, raises only after *work* has ended."""
    running = asyncio.get_running_loop().run_in_executor(None, partial(copy_context().run, work, *args, **kwargs))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.gather(running, return_exceptions=True)
        raise


def run_in_session(work: Callable[Concatenate[Session, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Do the same as `in_session` on the calling thread, for instance for commands."""
    condition = current_condition()

    def run(*, immediate: bool) -> R:
        with session_scope(immediate=immediate) as db:
            if condition is not None:
                condition.hold(db)
            return work(db, *args, **kwargs)

    try:
        return run(immediate=condition is not None)
    except OperationalError as error:
        if "database is locked" not in str(error.orig):
            raise
        logger.debug("another writer committed in between; retrying")
    return run(immediate=True)  # SQLite waits for a lock taken at the start, so a second retry would not help


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Upgrade the store to *revision*; if several processes call this at once, one migrates and the others wait.

    Raises:
        StoreError: The store cannot be reached, or is newer than this version.
        InvalidInput: There is no such revision, or the store is past it.
    """
    if revision != "head" or current(engine) != latest_revision():
        _migrate(engine, "upgrade", revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Downgrade the store to *revision* (``base`` for an empty one); data that later revisions added is lost.

    Raises:
        StoreError: As `upgrade`.
        InvalidInput: There is no such revision, or the store is not at it yet.
    """
    _migrate(engine, "downgrade", revision)


def current(engine: Engine) -> str | None:
    """Return the store's revision; None if it was never migrated.

    Raises:
        StoreError: The store cannot be reached, or its file was replaced after it was opened.
    """
    with store_errors(engine), engine.connect() as connection:
        store_place.require_same_file(connection)
        if not inspect(connection).has_table("alembic_version"):
            return None
        revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return revision


def _migrate(engine: Engine, way: Literal["upgrade", "downgrade"], revision: str) -> None:
    from alembic import command

    config, target = _alembic_config(), _target(current(engine) or BASE, way, revision)
    with store_errors(engine), migration_lock(engine) as connection:
        config.attributes["connection"] = connection
        getattr(command, way)(config, target)


def _target(at: str, way: Literal["upgrade", "downgrade"], given: str) -> str:
    if at not in chain():
        raise StoreError(f"A newer Watchwright has changed the database (revision {at}). Run that version.")
    target = resolve_revision(given, at)
    if target is None:
        raise InvalidInput(f"There is no revision {given}. Give head or one that `watchwright db current` has shown.")
    if target != at and (chain().index(target) > chain().index(at)) != (way == "upgrade"):
        other = "downgrade" if way == "upgrade" else "upgrade"
        raise InvalidInput(f"The database is at revision {at}. Use `watchwright db {other} {target}`.")
    return target


def _alembic_config() -> "Config":
    # Imported here: the monitor process never migrates, and Alembic would be a third of its memory.
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations()))
    return config


@contextmanager
def migration_lock(engine: Engine) -> Iterator[Connection]:
    """Open a connection in a transaction that holds the migration lock."""
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect().execution_options(immediate=True) as connection:
        if is_sqlite:
            # Rebuilding a table drops it. With foreign keys on, that would delete the rows that reference it.
            # The pragma has no effect inside a transaction, so it is set before one begins, bypassing SQLAlchemy.
            _pragma(connection, "foreign_keys = OFF")
            _pragma(connection, f"busy_timeout = {MIGRATION_TIMEOUT_MS}")
        try:
            with connection.begin():
                if not is_sqlite:
                    connection.execute(NO_LIMIT)
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
                yield connection
                if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise StoreError("A migration would leave rows without their parents. The database is unchanged.")
        finally:
            if is_sqlite:
                _pragma(connection, "foreign_keys = ON")
                _pragma(connection, f"busy_timeout = {sqlite.BUSY_TIMEOUT_MS}")


def _pragma(connection: Connection, pragma: str) -> None:
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute(f"PRAGMA {pragma}")
