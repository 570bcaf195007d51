"""Fixtures: a busy loopback website, a store in a file, and debug sessions with the machine's browser."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from core import database
from core.config import Settings
from core.debugging.browser import find_browser
from core.debugging.session import DebugSessions
from core.errors import BrowserMissing
from core.models import Website
from tests import sqlite
from tests.core.debugging.busy_site import BusySite, busy_site
from tests.core.debugging.warm_browser import WarmBrowser


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def browser_settings(settings: Settings) -> Settings:
    """Settings with which a browser is found; skips the test if this machine has none."""
    return with_browser(settings)


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmBrowser]:
    """A shared browser for tests of visits; other tests cover the browser's start and end."""
    with WarmBrowser(with_browser(Settings())) as browser:
        yield browser


@pytest.fixture
async def site() -> AsyncIterator[BusySite]:
    async with busy_site() as running:
        yield running


@pytest.fixture
def store(settings: Settings) -> Iterator[Engine]:
    with bound_store(settings) as engine:
        yield engine


@pytest.fixture
async def sessions(store: Engine, browser_settings: Settings) -> AsyncIterator[DebugSessions]:
    running = DebugSessions(browser_settings)
    yield running
    await running.close()


@contextmanager
def bound_store(settings: Settings) -> Iterator[Engine]:
    """Create the store of *settings*, and bind the process to it."""
    sqlite.new_store(settings.data_dir / "watchwright.sqlite3")
    engine = database.make_engine(settings.store_url)
    database.bind(engine)
    yield engine
    engine.dispose()


def with_browser(settings: Settings) -> Settings:
    """Return *settings*, or skip the test if no browser is found with them."""
    try:
        find_browser(settings)
    except BrowserMissing as missing:
        pytest.skip(str(missing))
    return settings


def add_website(url: str) -> int:
    """Store a website and return its id."""
    with database.session_scope() as db:
        website = Website(url=url, name=url)
        db.add(website)
        db.flush()
        return website.id
