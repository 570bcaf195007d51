"""What every test may ask for: a store on either database, a count of the queries that a block makes, a browser."""

import asyncio
import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from argon2 import PasswordHasher, profiles
from hypothesis import settings
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from core import clock, database, sealing
from core.accounts import passwords
from core.database import make_engine
from core.models import Base
from core.models.months import EVENTS
from core.services import months
from core.store_session import StoreSession
from tests import postgres, sqlite

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page


DATA_HOME = pytest.StashKey[str]()

AS_SHIPPED = passwords._hasher
"""What hashes passwords outside of tests; here each would take 64 MB and a tenth of a second."""


SEALING_KEY = "a key of the tests' own, of any length"
"""What opens what tests seal; a server on such a store needs it as WATCHWRIGHT_SECRET_KEY."""


def pytest_configure(config: pytest.Config) -> None:
    gc.set_threshold(100_000, 20, 50)  # of thousands of tests little is garbage, and looking for it takes long
    settings.register_profile("untimed", settings.get_profile(settings.get_current_profile_name()), deadline=None)
    settings.load_profile("untimed")  # a busy machine is no failure
    if not hasattr(config, "workerinput"):  # a test that names no data folder is not to use that of who runs it
        config.stash[DATA_HOME] = os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp(prefix="watchwright-tests-")
    postgres.announce()
    sealing.use(sealing.Sealer(SEALING_KEY.encode()))
    passwords._hasher = PasswordHasher.from_parameters(profiles.CHEAPEST)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the process that pytest-xdist's workers belong to ends last
        postgres.end()
        shutil.rmtree(config.stash[DATA_HOME], ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on an empty store, once on each database."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'store.sqlite3'}")
        yield engine
        engine.dispose()
        return
    with postgres.engine() as engine:
        yield engine


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on a store with all tables and no rows, once on each database."""
    if request.param == "sqlite":
        engine = sqlite.in_memory()
        yield engine
        engine.dispose()
        return
    yield request.getfixturevalue("postgresql")


@pytest.fixture
def postgresql(_postgresql_engine: Engine) -> Iterator[Engine]:
    """An engine on a PostgreSQL store with all tables and no rows: for what no other database does."""
    yield _postgresql_engine
    _empty(_postgresql_engine)


def _empty(engine: Engine) -> None:
    """Leave no row and no month, and have every sequence begin anew; TRUNCATE would take ten times as long, for files
    made anew.
    """
    deletes = "; ".join(f"DELETE FROM {table.name}" for table in Base.metadata.sorted_tables)
    restart = (
        "SELECT setval(oid::regclass, 1, false) FROM pg_class "
        "WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
    )
    with engine.begin() as connection:
        for month in [*months.existing(connection), *months.existing(connection, EVENTS)]:
            connection.exec_driver_sql(f"DROP TABLE {month.name}")
        # As a replica none of the tables looks at another one's rows.
        connection.exec_driver_sql(f"SET LOCAL session_replication_role = replica; {deletes}; {restart}")


@pytest.fixture(scope="session")
def _postgresql_engine() -> Iterator[Engine]:
    """Tables are made once a run: a database for each test would take longer than the test."""
    with postgres.engine() as engine:
        Base.metadata.create_all(engine)
        yield engine


@pytest.fixture
def store(engine: Engine) -> Iterator[Session]:
    """A session on a store with all tables, once on each database."""
    with StoreSession(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def db() -> Iterator[Session]:
    """A session on a SQLite store in memory: for what does not depend on the database."""
    engine = sqlite.in_memory()
    with StoreSession(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Engine]:
    """An engine on an empty store in a file, which work on threads shares and code under test finds by itself."""
    sqlite.new_store(tmp_path / "store.sqlite3")
    engine = make_engine(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    database.bind(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def clock_at() -> Iterator[Callable[[datetime], None]]:
    """Sets the clock, which is the machine's again afterwards."""
    yield clock.set_clock
    clock.set_clock(datetime.now(UTC))


@dataclass
class Queries:
    """The statements that a block sent to the store."""

    statements: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.statements)

    @contextmanager
    def counted(self, engine: Engine) -> Iterator["Queries"]:
        """Forget what was counted and count what the block sends through *engine*."""
        self.statements.clear()

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith("BEGIN"):  # SQLite's transactions are begun by a statement of ours
                self.statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield self
        finally:
            event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def query_counter() -> Queries:
    """Counts statements: ``with query_counter.counted(engine) as queries: …; len(queries)``."""
    return Queries()


@pytest.fixture(scope="session")
def _chromium() -> Iterator[tuple["Browser", asyncio.AbstractEventLoop]]:
    from playwright.sync_api import sync_playwright  # with `launch`: 15 MB that few tests need

    from benchmarks.chromium import launch

    with sync_playwright() as playwright:
        browser, loop = launch(playwright), asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield browser, loop
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture(scope="module")
def browser(_chromium: tuple["Browser", asyncio.AbstractEventLoop]) -> Iterator["Browser"]:
    """The Chromium that looks at pages, one for all modules of a worker; debug sessions open another one.

    Playwright calls its loop running for as long as it lives, beside which no test of another module could run its own.
    """
    browser, loop = _chromium
    asyncio._set_running_loop(loop)
    yield browser
    for context in browser.contexts:
        context.close()
    asyncio._set_running_loop(None)


@pytest.fixture(scope="module")
def _profile(browser: "Browser") -> "BrowserContext":
    # What moves is waited for before it is clicked: without motion a module of dialogs takes a third less time.
    profile = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    profile.new_page()  # stays open: where the last page is closed, the next one takes twice the processor time
    return profile


@pytest.fixture
def page(_profile: "BrowserContext") -> Iterator["Page"]:
    """A page of somebody who comes for the first time, but for the scripts, which the module's first page has loaded.

    An error that the page does not catch fails the test.
    """
    page = _profile.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    for opened in _profile.pages[1:]:
        opened.close()
    _profile.clear_permissions()
    _profile.set_storage_state({"cookies": [], "origins": []})
    assert errors == []
