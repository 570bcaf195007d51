"""How SQLite is to keep a store: in small pages, written ahead, readable by its owner alone."""

import sqlite3
import stat
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, Engine, event

BUSY_TIMEOUT_MS = 5_000  # longer than any transaction of ours; a second writer waits instead of failing
# The least that SQLite has. It writes pages as a whole, and a check changes one of its website's own in an index, and
# now and then its neighbours': with pages of 1 KB a store with a past writes half as much more, with 4 KB thrice that.
# Only reading all of the store takes longer. One that is there keeps its size until it is restored.
PAGE_BYTES = 512
LOG_BYTES = 24_000_000  # until SQLite folds its log into the store: what each batch changes anew goes there once


def attend(engine: Engine, file: Path | None) -> None:
    """Set up each connection of *engine* to the store in *file*; None where it is in memory."""
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    if file is not None:
        event.listen(engine, "connect", partial(_keep_private, file))  # now it is there


def _set_up(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # sqlite3 must not begin by itself: `_begin` does
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")  # before anything makes the file
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = NORMAL")  # with WAL: safe against kill -9, may lose 1 s at power loss
    page_bytes = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_BYTES // page_bytes}")
    connection.execute("PRAGMA foreign_keys = ON")  # SQLite keeps cascades and references only when told to
    # SQLite's own knows ASCII alone: who looks for "kasse" would find "Kasse", and by "übersicht" no "Übersicht".
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: object) -> str | None:
    return None if value is None else str(value).lower()


def _write_ahead(connection: Any) -> None:
    """Turn write-ahead logging on; of processes that make one store at once, SQLite refuses some without waiting."""
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


def _keep_private(file: Path, _connection: Any, _record: Any) -> None:
    """Let nobody but its owner read the store; SQLite gives its -wal and -shm the same mode."""
    with suppress(OSError):  # not there before the first statement, or somebody else's: then its folder guards it
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            file.chmod(0o600)
