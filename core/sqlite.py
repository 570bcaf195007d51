"""Configures SQLite for the store: small pages, write-ahead logging, and a file that only its owner can read."""

import sqlite3
import stat
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, Engine, event

BUSY_TIMEOUT_MS = 5_000  # longer than any transaction of ours; a second writer waits instead of failing
# SQLite's minimum. It writes whole pages, and a check changes its website's own pages of an index and sometimes their
# neighbours. With pages of 1 KB a store with history writes half as much more, and with 4 KB three times that.
# Only reading the whole store takes longer. An existing store keeps its page size until it is restored.
PAGE_BYTES = 512
LOG_BYTES = 24_000_000  # before SQLite checkpoints its log: pages that each batch changes are then written once


def configure(engine: Engine, file: Path | None) -> None:
    """Configure every connection of *engine* to the store in *file*; None if the store is in memory."""
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    if file is not None:
        event.listen(engine, "connect", partial(_make_private, file))  # by now the file exists


def _set_up(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # sqlite3 must not begin transactions: `_begin` does
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")  # before a statement creates the file
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = NORMAL")  # with WAL: safe against kill -9, may lose 1 s at power loss
    page_bytes = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_BYTES // page_bytes}")
    connection.execute("PRAGMA foreign_keys = ON")  # off by default in SQLite
    # SQLite's own lower() handles ASCII only: a search for "übersicht" would not find "Übersicht".
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: object) -> str | None:
    return None if value is None else str(value).lower()


def _write_ahead(connection: Any) -> None:
    """Turn write-ahead logging on; if several processes create one store at once, SQLite fails some without waiting."""
    give_up_at = monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            is_held = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            if not is_held or monotonic() > give_up_at:
                raise
            sleep(0.01)
        else:
            return


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _make_private(file: Path, _connection: Any, _record: Any) -> None:
    """Remove access for others; SQLite gives its -wal and -shm files the same mode."""
    with suppress(OSError):  # the file does not exist yet, or has another owner: then its folder protects it
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            file.chmod(0o600)
