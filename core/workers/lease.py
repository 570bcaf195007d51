"""Which of several monitors on one store checks: whoever holds its lock, which the system frees when that one dies.

Neither a row nor a clock: a lock costs no writes, and is free in the moment in which its holder is killed.
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
"""PostgreSQL notices within some 11 s that the holder's machine is gone."""


class Lease(Protocol):
    """May be held by one process; all calls block for a moment."""

    can_be_lost: bool
    """Whether it may end while we live, as with a connection."""

    def take(self) -> bool | None:
        """Try to have it; whether it is ours now, None where nobody can be asked just now."""
        ...

    def is_held(self) -> bool | None:
        """Whether it is still ours, or ours again; None where nobody can be asked just now."""
        ...

    def can_be_asked(self) -> bool:
        """Whether somebody can say now whose it is."""
        ...

    def release(self) -> None:
        """Let another have it."""
        ...


class NoLease:
    """Of a store in memory, which nobody else can check."""

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
        except OSError as error:  # a file system without locks: better two monitors than none
            logger.warning("the store's folder takes no locks", extra={"reason": str(error)})
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
        """The file, made where it is not there and may be: a lock needs no right to write. None where it cannot be."""
        try:
            create_file(self._path)
            return os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        except OSError as error:
            with suppress(OSError):
                return os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            logger.warning("the store's folder cannot be used", extra={"reason": str(error)})
            return None


class AdvisoryLease:
    """An advisory lock of PostgreSQL, held by a connection that is used for nothing else."""

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
            logger.warning("the store cannot be asked who checks", extra={"reason": str(error)})
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
            with suppress(SQLAlchemyError):  # the server would notice the end of the session only some time later
                connection.scalar(text("SELECT pg_advisory_unlock_all()"))
            with suppress(SQLAlchemyError):
                connection.invalidate()  # closed, not pooled: a lock is its session's
                connection.close()


class FleetLease(AdvisoryLease):
    """Shared by the workers of a fleet, so that none of them checks beside a monitor that checks alone, nor it then."""

    _try = "pg_try_advisory_lock_shared"

    def is_held(self) -> bool:
        """Unless somebody has it alone: while the store is away, what was found must wait for it."""
        return super().is_held() is not False


def lease_of(engine: Engine, *, is_fleet: bool = False) -> Lease:
    """The lease of the store behind *engine*, alone or as one of a fleet, which is on PostgreSQL."""
    if is_fleet:
        return FleetLease(engine)
    if engine.dialect.name == "postgresql":
        return AdvisoryLease(engine)
    file = store_file(engine.url)
    return FileLease(file.with_name(f"{file.name}.monitor")) if file else NoLease()
