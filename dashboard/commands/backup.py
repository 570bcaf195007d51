"""Implements `watchwright backup`, `restore` and `db rebuild-rollups`."""

from pathlib import Path

from core import database, sealing
from core.clock import utc_now
from core.config import Settings
from core.database import run_in_session
from core.phrases import sized
from core.services import backup as copies
from core.services import rollups
from core.services.coverage_rebuild import rebuild_coverage
from core.services.sealed import sealer_of
from dashboard.commands.db import open_store


def backup(file: Path) -> None:
    """Copy the store to *file*."""
    with open_store(must_exist=True) as engine:
        size = copies.backup(engine, file)
    print(f"The database is copied to {file} ({sized(size)}).")


def restore(file: Path) -> None:
    """Replace the store by *file* and migrate it to this version."""
    settings = Settings.load()
    engine = database.make_engine(settings.store_url)
    try:
        was_there = copies.restore(engine, file)
        kept = ". The previous data is kept beside it as *.before-restore" if was_there else ""
        print(f"The database is restored from {file}{kept}.")
        sealing.use(sealer_of(settings, engine))  # after the restore, as the key belongs to the restored store
        database.upgrade(engine)
    finally:
        engine.dispose()


def rebuild() -> None:
    """Recalculate known time and rollups from the stored checks, a website and some hours at a time."""
    with open_store(migrated=True, must_exist=True):
        run_in_session(rebuild_coverage)
        until = utc_now()
        website_ids = run_in_session(rollups.behind, until)
        for website_id in website_ids:
            while not run_in_session(rollups.catch_up, website_id, until):
                pass
    print(f"Known time and rollups were recalculated from the stored checks of {len(website_ids)} websites.")
