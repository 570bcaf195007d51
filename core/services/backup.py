"""Backs up a SQLite store to one consistent file, and restores it.

``VACUUM INTO`` copies in one read transaction, so writers continue. SQLite's backup API restarts at every write, so it
never finishes while checks run.
"""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import Engine

from core import database
from core.errors import AlreadyExists, InvalidInput, NotFound, StoreError
from core.owned_files import give_to_owner
from core.revision import known_revisions
from core.sqlite import PAGE_BYTES


def backup(engine: Engine, file: Path) -> int:
    """Copy the store to *file*; returns the file's size in bytes.

    Raises:
        AlreadyExists: *file* exists. Nothing is overwritten.
        InvalidInput: *file* cannot be created.
        StoreError: The store is not SQLite, or cannot be copied there.
    """
    _store_file(engine)
    if _exists(file):
        if file.is_dir():
            raise InvalidInput(f"{file} is a folder. Give the name of a file.")
        raise AlreadyExists(f"{file} already exists. Choose another file or remove it.")
    # An incomplete copy must not look like a backup, even after a kill -9.
    partial = file.with_name(f"{file.name}.partial")
    _remove(partial)
    try:
        partial.touch(mode=0o600)  # it will contain recorded pages and credentials
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written: {error.strerror}.") from error
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            raw = connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            raw.execute("VACUUM INTO ?", (str(partial),))
        partial.replace(file)
    except (sqlite3.Error, OSError) as error:
        _remove(partial)
        raise StoreError(
            f"The database cannot be copied to {file}: {error}. Check the folder and its free space."
        ) from error
    return file.stat().st_size


def restore(engine: Engine, file: Path) -> bool:
    """Replace the store with *file*, which `backup` made.

    Returns whether there was a store before. It is kept beside the new one as ``….before-restore``. The caller must
    migrate the store afterwards (`core.database.upgrade`).

    Raises:
        NotFound: *file* does not exist.
        StoreError: *file* is damaged, there is not enough space, or the current store is in use.
    """
    target = _store_file(engine)
    if not (_exists(file) and file.is_file()):
        raise NotFound(f"There is no file {file}. Give a file created by `watchwright backup`.")
    _examine(file)
    fresh = target.with_name(f"{target.name}.restoring")
    fresh.unlink(missing_ok=True)
    try:
        _copy(file, fresh)
        engine.dispose()
        was_there = target.exists()
        with fresh.open("rb") as copied:
            give_to_owner(copied.fileno(), target if was_there else target.parent)
        if was_there:
            _move_away(target)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)  # after an error the copy would waste space
    return was_there


def _exists(file: Path) -> bool:
    """Return whether *file* exists. Unlike `Path.exists` of Python 3.14, raises OSError for a name that is too long."""
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _remove(partial: Path) -> None:
    """Delete an incomplete copy with its journal; errors are ignored, because the copy would fail as well."""
    for file in (partial, partial.with_name(f"{partial.name}-journal")):
        with suppress(OSError):
            file.unlink()


def _store_file(engine: Engine) -> Path:
    file = database.store_file(engine.url)
    if file is None:
        raise StoreError("This copies SQLite databases only. For PostgreSQL, use pg_dump and pg_restore.")
    return file


def _examine(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as source:
            verdict = source.execute("PRAGMA integrity_check").fetchone()[0]
            revision = source.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise StoreError(
            f"{file} is not a Watchwright database: {error}. Give a file created by `watchwright backup`."
        ) from error
    if verdict != "ok" or revision is None:
        raise StoreError(f"{file} is damaged: {verdict}. Restore another backup.")
    if revision[0] not in known_revisions():
        raise StoreError(
            f"{file} was created by a newer Watchwright. Restore it with that version. Nothing was changed."
        )


def _copy(file: Path, fresh: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as source:
            source.execute(f"PRAGMA page_size = {PAGE_BYTES}")
            source.execute("VACUUM INTO ?", (str(fresh),))
    except sqlite3.Error as error:
        raise StoreError(f"{file} cannot be put into {fresh.parent}: {error}. Check its free space.") from error
    fresh.chmod(0o600)


def _move_away(target: Path) -> None:
    """Move the current store away, after merging its journal."""
    try:
        with closing(sqlite3.connect(target, isolation_level=None, timeout=1)) as present:
            present.execute("PRAGMA locking_mode = EXCLUSIVE")
            present.execute("PRAGMA journal_mode = DELETE")  # fails while anybody else has the store open
            present.execute("BEGIN EXCLUSIVE")
            present.execute("COMMIT")
    except sqlite3.OperationalError as error:
        raise StoreError(f"The database is in use: {error}. Stop Watchwright, then restore.") from error
    target.replace(target.with_name(f"{target.name}.before-restore"))
