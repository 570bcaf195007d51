"""`watchwright backup`, `restore` and `db rebuild-rollups`: the store copied, put back, and reckoned anew."""

from pathlib import Path

from core import database
from core.database import run_in_session
from core.services import backup as copies
from core.services import coverage
from dashboard.commands.db import store


def backup(file: Path) -> None:
    """Copy the store to *file*."""
    with store() as engine:
        size = copies.backup(engine, file)
    print(f"The store is copied to {file} ({size / 1_000_000:.1f} MB).")


def restore(file: Path) -> None:
    """Put *file* in the store's place and bring it to this version."""
    with store() as engine:
        copies.restore(engine, file)
        database.upgrade(engine)
    print(f"The store is as it was in {file}; what it held is kept beside it as *.before-restore.")


def rebuild() -> None:
    """Reckon anew, from the stored checks, what uptime rests on."""
    with store(migrated=True):
        run_in_session(coverage.rebuild)
    print("Known time is reckoned anew from the stored checks.")
