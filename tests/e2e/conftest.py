"""Watchwright as a person meets it: the command as a process of its own, its pages in a real browser."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.e2e.browser import launch
from tests.e2e.server import Server

Serve = Callable[..., Server]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """``serve()`` starts a server on a free port with a data folder of its own; all are ended afterwards."""
    servers: list[Server] = []

    def start(data_dir: Path | None = None, **settings: str) -> Server:
        server = Server(data_dir=data_dir or tmp_path / f"data-{len(servers)}", settings=settings)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.kill()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """The browser that looks at the pages; debug sessions open another one."""
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        try:
            yield browser
        finally:
            await browser.close()


@pytest.fixture
async def page(browser: Browser) -> Page:
    """A fresh page that fails the test on any error that a script of ours throws."""
    page = await browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(15_000)
    return page
