"""A busy loopback site, a store in a file, and debug sessions with the machine's own browser."""

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
    """Settings with which a browser is found; without one on this machine the test is skipped."""
    return with_browser(settings)


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmBrowser]:
    """A browser for all tests whose promise is about a visit; the browser's own start and end are others' matter."""
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
    """The store of *settings*, new, as the one that all use."""
    sqlite.new_store(settings.data_dir / "watchwright.sqlite3")
    engine = database.make_engine(settings.store_url)
    database.bind(engine)
    yield engine
    engine.dispose()


def with_browser(settings: Settings) -> Settings:
    """The same *settings*; skips the test where they lead to no browser."""
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
