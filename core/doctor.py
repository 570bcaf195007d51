"""Checks everything that Watchwright needs to work, and says how to fix what is wrong."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core import database
from core.clock import BUILT, utc_now
from core.config import Settings
from core.debugging.browser import find_browser
from core.debugging.browsers.chromium_process import ChromiumProcess
from core.debugging.browsers.confinement import OURS, confinement_of, may_make_namespaces
from core.doctor_disk import diagnose_disk
from core.doctor_fleet import Diagnosis, diagnose_fleet
from core.errors import BrowserError, StoreError
from core.phrases import utc_second
from core.revision import known_revisions
from core.services import fleet_state, hypertable, resplit
from core.services.fleet_state import FleetState
from core.services.sealed import key_trouble
from core.setting_typos import likely_typos
from core.store_engine import require_own_connections
from core.workers import spool
from core.workers.own_folder import is_nobodys

OLDEST_PYTHON = (3, 11)


def examine(settings: Settings) -> Iterator[Diagnosis]:
    """Check Python, settings, store, processes on the store, browser, clock, disk and held checks, in that order."""
    yield _python()
    yield from _settings()
    yield from _store(settings)
    yield _browser(settings)
    yield _clock()
    yield diagnose_disk(settings.data_dir)
    yield from _held_checks(settings.data_dir)


def _python() -> Diagnosis:
    found = ".".join(map(str, sys.version_info[:3]))
    is_ok = sys.version_info >= OLDEST_PYTHON
    return Diagnosis(name="Python", is_ok=is_ok, words=found if is_ok else f"{found}; install Python 3.11 or later")


def _settings() -> Iterator[Diagnosis]:
    for name, meant in likely_typos().items():
        yield Diagnosis(name="Settings", is_ok=False, words=f"{name} is not a setting. Rename it, perhaps to {meant}")


def _store(settings: Settings) -> Iterator[Diagnosis]:
    try:
        engine = database.make_engine(settings.store_url)
    except StoreError as error:
        yield Diagnosis(name="Database", is_ok=False, words=str(error))
        return
    shown = engine.url.render_as_string(hide_password=True)
    try:
        revision, head = database.current(engine), database.latest_revision()
        require_own_connections(engine)
        _require_writable(engine)
        split = _split(engine) if revision == head else ""
        state = _state(engine) if revision == head else None
        trouble = key_trouble(settings, engine)
    except StoreError as error:
        yield Diagnosis(name="Database", is_ok=False, words=str(error))
        return
    finally:
        engine.dispose()
    yield Diagnosis(name="Database", is_ok=True, words=f"{shown}{split}")
    yield Diagnosis(name="Migrations", is_ok=revision == head, words=_migrations(revision, head))
    if trouble is not None:
        yield Diagnosis(name="Key", is_ok=False, words=trouble)
    if state is not None:
        yield from diagnose_fleet(state)


def _migrations(revision: str | None, head: str) -> str:
    if revision == head:
        return f"at {head}, up to date"
    if revision is None:
        return "the database is empty; `watchwright serve` or `watchwright db upgrade` creates its tables"
    if revision not in known_revisions():
        return f"at {revision}, created by a newer Watchwright; run that version"
    return f"at {revision}; run `watchwright db upgrade` to get to {head}"


def _require_writable(engine: Engine) -> None:
    """Raise StoreError if the store is read-only, for instance a standby that was named by mistake."""
    with (
        database.store_errors(engine),
        engine.connect().execution_options(immediate=True) as connection,
        connection.begin(),
    ):
        if engine.dialect.name == "postgresql" and connection.scalar(text("SHOW transaction_read_only")) == "on":
            shown = engine.url.render_as_string(hide_password=True)
            raise StoreError(
                f"{shown} is read-only, such as a standby. Set WATCHWRIGHT_DATABASE_URL to the writable server"
            )


def _split(engine: Engine) -> str:
    """Return a remark about TimescaleDB if the store's database has it, else ""."""
    with database.store_errors(engine), engine.connect() as connection:
        if hypertable.is_used(connection):
            return "; checks are stored in TimescaleDB chunks"
        if resplit.can_use_chunks(connection):
            return "; to store checks in TimescaleDB, run `watchwright db timescale`"
    return ""


def _state(engine: Engine) -> FleetState:
    with database.store_errors(engine), Session(engine) as db:
        return fleet_state.read(db)


def _browser(settings: Settings) -> Diagnosis:
    try:
        choice = find_browser(settings)
        held = "" if choice.executable is None else f"; {_confined(choice.executable)}"
    except BrowserError as error:
        return Diagnosis(name="Browser", is_ok=False, words=str(error))
    return Diagnosis(name="Browser", is_ok=True, words=f"{choice}{held}")


def _confined(executable: Path) -> str:
    held = confinement_of(executable)
    if held is OURS and not may_make_namespaces():
        asyncio.run(require_start(executable))
    return held.description


async def require_start(executable: Path) -> None:
    """Start a browser as the current user and close it.

    Raises:
        BrowserError: It does not start, for instance because a container's profile forbids its sandbox.
    """
    browser = await ChromiumProcess.launch(executable, OURS)
    await browser.close()


def _clock() -> Diagnosis:
    now = utc_now()
    words = utc_second(now)
    is_ok = now >= BUILT
    return Diagnosis(name="Clock", is_ok=is_ok, words=words if is_ok else f"{words} is in the past; set the clock")


def _held_checks(data_dir: Path) -> Iterator[Diagnosis]:
    for file in spool.files(data_dir):
        is_left = is_nobodys(file.parent)
        with suppress(OSError), file.open("rb") as lines:  # the file is deleted once all checks are stored
            words = f"{sum(1 for _ in lines):,} are held in {file} until the database accepts them"
            remedy = (
                f"{words}, but no process uses that folder: start Watchwright with WATCHWRIGHT_DATA_DIR={data_dir}, or "
                "put the file where another worker finds it (docs/scaling.md, Checks held by a dead worker)"
            )
            yield Diagnosis(name="Held checks", is_ok=not is_left, words=remedy if is_left else words)
