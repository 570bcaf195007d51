"""Decides which of several monitors on one store checks: the one that holds a lock.

A lock needs no writes and no clock, and the system releases it as soon as its holder dies.
"""

import fcntl
import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from core.database import store_file
from core.owned_files import create_file

logger = logging.getLogger(__name__)

MONITOR_LOCK = 0x77617463686D6F6E  # pg_try_advisory_lock takes any 64-bit number: "watchmon"
KEEPALIVE = ("tcp_keepalives_idle = 5", "tcp_keepalives_interval = 2", "tcp_keepalives_count = 3")
"""With these, PostgreSQL notices within some 11 s that the holder's machine is unreachable."""


class Lease(Protocol):
    """A lock that one process can hold. All calls block briefly."""

    can_be_lost: bool
    """Whether the lease can be lost while this process runs, for example with its connection."""

    def take(self) -> bool | None:
        """Try to take the lease; returns whether we have it, or None if the store is unreachable."""
        ...

    def is_held(self) -> bool | None:
        """Return whether we still have the lease, or have it again; None if the store is unreachable."""
        ...

    def can_be_asked(self) -> bool:
        """Return whether the store can be reached to ask for the lease."""
        ...

    def release(self) -> None:
        """Release the lease."""
        ...


class NoLease:
    """The lease of a store in memory, which no other process can use."""

    can_be_lost = False

    def take(self) -> bool:
        return True

    def is_held(self) -> bool:
        return True

    def can_be_asked(self) -> bool:
        return True

    def release(self) -> None:
        pass


class FileLease:
    """A lock on a file beside a SQLite store."""

    can_be_lost = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        descriptor = self._open()
        if descriptor is None:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except OSError as error:  # a file system without locks: two monitors are better than none
            logger.warning("the database's folder does not support locks", extra={"reason": str(error)})
        self._descriptor = descriptor
        return True

    def is_held(self) -> bool:
        return self._descriptor is not None

    def can_be_asked(self) -> bool:
        return True

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int | None:
        """Open or create the lock file; None if neither is possible. Read access is enough to lock it."""
        try:
            create_file(self._path)
            return os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        except OSError as error:
            with suppress(OSError):
                return os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            logger.warning("the database's folder cannot be used", extra={"reason": str(error)})
            return None


class AdvisoryLease:
    """An advisory lock of PostgreSQL, held by a dedicated connection."""

    can_be_lost = True
    _try = "pg_try_advisory_lock"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def take(self) -> bool | None:
        self.release()
        try:
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            for setting in KEEPALIVE:
                connection.exec_driver_sql(f"SET {setting}")
            is_ours = bool(connection.scalar(text(f"SELECT {self._try}(:key)"), {"key": MONITOR_LOCK}))
        except SQLAlchemyError as error:
            logger.warning("the lease cannot be taken; the database is unreachable", extra={"reason": str(error)})
            return None
        self._connection = connection
        if not is_ours:
            self.release()
        return is_ours

    def is_held(self) -> bool | None:
        return self._is_connected() or self.take()

    def can_be_asked(self) -> bool:
        try:
            with self._engine.connect():
                return True
        except SQLAlchemyError:
            return False

    def _is_connected(self) -> bool:
        if self._connection is None:
            return False
        try:
            self._connection.exec_driver_sql("SELECT 1")
        except SQLAlchemyError:
            return False
        return True

    def release(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            with suppress(SQLAlchemyError):  # explicitly, because the server may notice the disconnect late
                connection.scalar(text("SELECT pg_advisory_unlock_all()"))
            with suppress(SQLAlchemyError):
                connection.invalidate()  # close it, because a pooled session would keep the lock
                connection.close()


class FleetLease(AdvisoryLease):
    """A shared lock for the workers of a fleet. It excludes a single monitor, which takes the lock exclusively."""

    _try = "pg_try_advisory_lock_shared"

    def is_held(self) -> bool:
        """Return True unless a single monitor has the lease. An unreachable store counts as held."""
        return super().is_held() is not False


def lease_of(engine: Engine, *, is_fleet: bool = False) -> Lease:
    """Return the lease of the store behind *engine*: exclusive, or shared for a fleet, which needs PostgreSQL."""
    if is_fleet:
        return FleetLease(engine)
    if engine.dialect.name == "postgresql":
        return AdvisoryLease(engine)
    file = store_file(engine.url)
    return FileLease(file.with_name(f"{file.name}.monitor")) if file else NoLease()
