"""`watchwright db`: the store and its migrations."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from core import database
from core.accounts.actor import COMMAND_LINE
from core.config import Settings
from dashboard.acting import acting_as


@contextmanager
def store(*, migrated: bool = False) -> Iterator[Engine]:
    """The settings' store, bound for `run_in_session`, and first brought to this version where *migrated*."""
    engine = database.make_engine(Settings.load().store_url)
    try:
        if migrated:
            database.upgrade(engine)
        database.bind(engine)
        with acting_as(COMMAND_LINE):
            yield engine
    finally:
        engine.dispose()


def upgrade(revision: str) -> None:
    """Bring the store to *revision*."""
    with store() as engine:
        database.upgrade(engine, revision)
        print(f"The store is at {database.current(engine)}.")


def downgrade(revision: str) -> None:
    """Take the store back to *revision*."""
    with store() as engine:
        database.downgrade(engine, revision)
        print(f"The store is at {database.current(engine) or 'base'}.")


def print_current() -> int:
    """Print the revision; returns 0 when it is the newest, else 1."""
    with store() as engine:
        revision, head = database.current(engine), database.head()
    print(f"{revision or 'base'}{' (head)' if revision == head else f', this version needs {head}'}")
    return 0 if revision == head else 1
