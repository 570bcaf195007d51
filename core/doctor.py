"""Looks at each thing that must be right for Watchwright to work, and says what to do about those that are not."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from core import database
from core.config import Settings
from core.debugging.browser import find_browser
from core.debugging.confinement import confinement_of
from core.errors import BrowserMissing, StoreError
from core.services import hypertable, resplit

OLDEST_PYTHON = (3, 11)
LEAST_FREE_BYTES = 500 * 1024 * 1024  # a month of checks of a hundred websites, with room for debug sessions
BUILT = datetime(2026, 11, 1, tzinfo=UTC)  # a clock before this version was written is wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One thing that was looked at."""

    name: str
    is_ok: bool
    words: str
    """What was found; where it is not ok, also what to do."""


def examine(settings: Settings) -> Iterator[Diagnosis]:
    """Look at Python, store, migrations, browser, clock and disk, in this order."""
    yield _python()
    yield from _store(settings)
    yield _browser(settings)
    yield _clock()
    yield _disk(settings)


def _python() -> Diagnosis:
    found = ".".join(map(str, sys.version_info[:3]))
    is_ok = sys.version_info >= OLDEST_PYTHON
    return Diagnosis(name="Python", is_ok=is_ok, words=found if is_ok else f"{found}; install Python 3.11 or later")


def _store(settings: Settings) -> Iterator[Diagnosis]:
    engine = database.make_engine(settings.store_url)
    shown = engine.url.render_as_string(hide_password=True)
    try:
        revision, head = database.current(engine), database.head()
        split = _split(engine) if revision == head else ""
    except StoreError as error:
        yield Diagnosis(name="Store", is_ok=False, words=str(error))
        return
    finally:
        engine.dispose()
    yield Diagnosis(name="Store", is_ok=True, words=f"{shown}{split}")
    words = f"at {head}, the newest" if revision == head else f"at {revision}; run `watchwright db upgrade` for {head}"
    yield Diagnosis(name="Migrations", is_ok=revision == head, words=words)


def _split(engine: Engine) -> str:
    """What is worth knowing of TimescaleDB, where the store's database has it."""
    with database.reaching(engine), engine.connect() as connection:
        if hypertable.is_used(connection):
            return "; checks are in chunks of TimescaleDB"
        if resplit.can_use_chunks(connection):
            return "; to have its TimescaleDB keep the checks, run `watchwright db timescale`"
    return ""


def _browser(settings: Settings) -> Diagnosis:
    try:
        choice = find_browser(settings)
    except BrowserMissing as error:
        return Diagnosis(name="Browser", is_ok=False, words=str(error))
    held = "" if choice.executable is None else f"; {confinement_of(choice.executable).description}"
    return Diagnosis(name="Browser", is_ok=True, words=f"{choice}{held}")


def _clock() -> Diagnosis:
    now = datetime.now(UTC)
    words = now.strftime("%Y-%m-%d %H:%M:%S UTC")
    is_ok = now >= BUILT
    return Diagnosis(name="Clock", is_ok=is_ok, words=words if is_ok else f"{words} is in the past; set the clock")


def _disk(settings: Settings) -> Diagnosis:
    folder = _existing(settings.data_dir)
    free = shutil.disk_usage(folder).free
    words = f"{free / 1024**3:.1f} GB free for {settings.data_dir}"
    is_ok = free >= LEAST_FREE_BYTES
    return Diagnosis(name="Disk", is_ok=is_ok, words=words if is_ok else f"{words}; free at least 0.5 GB")


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())
