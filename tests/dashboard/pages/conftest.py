"""A real server on a prepared store, and a browser for its pages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.accounts import sign_in
from tests.dashboard.pages.seed import fill
from tests.e2e.server import Server

expect.set_options(timeout=30_000)  # ms; a page under test shares its cores with every other test


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Watchwright in a separate process, on the store of `tests.dashboard.pages.seed`."""
    data_dir = tmp_path_factory.mktemp("watchwright") / "data"
    data_dir.mkdir()
    fill(data_dir)
    with Server(data_dir=data_dir) as server:
        yield server


@pytest.fixture
def page(page: Page) -> Page:
    """A page of a browser that is signed in."""
    sign_in(page.context)
    return page


@pytest.fixture
def clocked_page(browser: Browser) -> Iterator[Page]:
    """A page of its own signed-in profile, for tests that set the clock: Playwright sets it for the whole profile."""
    with browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce") as profile:
        sign_in(profile)
        yield profile.new_page()
