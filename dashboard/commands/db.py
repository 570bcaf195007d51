"""Implements `watchwright db`: migrates the store, and copies it into another database."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, make_url

from core import database, sealing
from core.accounts.actor import COMMAND_LINE
from core.config import Settings
from core.errors import NotFound
from core.owned_files import path_exists
from core.services import older_store, resplit
from core.services.sealed import sealer_of
from core.services.store_copy import CopiedTable, copy_store
from dashboard.current_actor import acting_as


@contextmanager
def open_store(*, migrated: bool = False, must_exist: bool = False) -> Iterator[Engine]:
    """Bind the configured store for `run_in_session`, after migrating it if *migrated*.

    Raises:
        NotFound: *must_exist* is set and the store does not exist, as with other settings than the service has.
    """
    settings = Settings.load()
    file = database.store_file(make_url(settings.store_url))
    is_new = file is not None and not (path_exists(file) and file.stat().st_size)
    if must_exist and is_new:
        raise NotFound(
            f"There is no database at {file}. Set WATCHWRIGHT_DATA_DIR or WATCHWRIGHT_DATABASE_URL to its location."
        )
    engine = database.make_engine(settings.store_url)
    try:
        if migrated:
            database.upgrade(engine)
        database.bind(engine)
        with database.store_errors(engine), acting_as(COMMAND_LINE):
            sealing.use(sealer_of(settings, engine))
            yield engine
        if migrated and is_new:  # warns people who expected the service's store
            print(f"watchwright: Created a new database, {file}.", file=sys.stderr)
    finally:
        engine.dispose()


def upgrade(revision: str) -> None:
    """Migrate the store up to *revision*."""
    with open_store() as engine:
        database.upgrade(engine, revision)
        if database.current(engine) == database.latest_revision():
            older_store.learn_known_time()
        print(f"The database is at {database.current(engine)}.")


def downgrade(revision: str) -> None:
    """Migrate the store down to *revision*."""
    with open_store(must_exist=True) as engine:
        database.downgrade(engine, revision)
        print(f"The database is at {database.current(engine) or 'base'}.")


def print_current() -> int:
    """Print the store's revision. Return 0 if it is the newest, else 1."""
    with open_store() as engine:
        revision, head = database.current(engine), database.latest_revision()
    print(f"{revision or 'base'}{' (head)' if revision == head else f', this version needs {head}'}")
    return 0 if revision == head else 1


def use_timescale() -> None:
    """Move the checks from monthly tables into TimescaleDB chunks."""
    with open_store(migrated=True) as engine, database.store_errors(engine), engine.begin() as connection:
        count = resplit.use_chunks(connection)
    print(f"{count:,} checks are stored in TimescaleDB chunks. To go back: watchwright db timescale --undo")


def split_by_month() -> None:
    """Move the checks from TimescaleDB chunks into monthly tables."""
    with open_store(migrated=True) as engine, database.store_errors(engine), engine.begin() as connection:
        count = resplit.use_months(connection)
    print(f"{count:,} checks are stored in monthly partitions, without TimescaleDB.")


def copy(url: str) -> None:
    """Copy the configured store into the empty database at *url*, and print each table's row count."""
    target = database.make_engine(url)
    try:
        with open_store(migrated=True, must_exist=True) as source:
            copied = copy_store(source, target, _print_copied)
    finally:
        target.dispose()
    print(
        f"{sum(table.rows for table in copied):,} rows are in both databases. Rows stored after the copy started are "
        "not in the new one."
    )
    print("To switch: stop Watchwright, set WATCHWRIGHT_DATABASE_URL to the new database, keep the data folder, start.")


def _print_copied(table: CopiedTable) -> None:
    mended = f"  ({table.mended:,} with a NUL, which PostgreSQL does not store, made U+FFFD)" if table.mended else ""
    print(f"{table.name:<24}{table.rows:>12,}{mended}", flush=True)
