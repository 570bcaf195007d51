"""A real server on a store that was filled beforehand, and a browser to look at its pages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.chromium import launch
from tests.accounts import sign_in
from tests.dashboard.pages.seed import fill
from tests.e2e.server import Server

expect.set_options(timeout=30_000)  # ms; a page under test shares its cores with every other test


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Watchwright as a process of its own, on the store of `tests.dashboard.pages.seed`."""
    data_dir = tmp_path_factory.mktemp("watchwright") / "data"
    data_dir.mkdir()
    fill(data_dir)
    server = Server(data_dir=data_dir)
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a module."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a profile of its own; an error that the page does not catch fails the test."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    sign_in(page.context)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.context.close()
    assert errors == []
