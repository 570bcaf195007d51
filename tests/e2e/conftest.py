"""Watchwright as a person meets it: the command as a process of its own, its pages in a real browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.accounts import sign_in
from tests.e2e.server import Server
from tests.e2e.site import Site

Serve = Callable[[], Server]

expect.set_options(timeout=30_000)  # ms; a page under test shares its cores with every other test


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """``serve()`` starts a server on a free port with a data folder of its own; all are ended afterwards."""
    servers: list[Server] = []

    def start() -> Server:
        server = Server(data_dir=tmp_path / f"data-{len(servers)}")
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.kill()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all tests of a module that mind no website and no session of the others."""
    with Server(data_dir=tmp_path_factory.mktemp("watchwright") / "data") as server:
        yield server


@pytest.fixture
def site() -> Iterator[Site]:
    """A website on loopback that is up."""
    site = Site()
    site.go_up()
    yield site
    site.close()


@pytest.fixture
def endless() -> Iterator[Site]:
    """A website whose page never stops to load and to ask."""
    site = Site(path="/endless")
    site.go_up()
    yield site
    site.close()


@pytest.fixture
def page(page: Page) -> Page:
    """… of somebody who is signed in."""
    sign_in(page.context)
    page.set_default_timeout(20_000)
    return page
