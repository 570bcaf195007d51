"""A dashboard and a worker in a fleet on PostgreSQL: one of them answers to **Check now**."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests import postgres
from tests.accounts import HEADERS
from tests.e2e.api import Api
from tests.e2e.server import WATCHWRIGHT, Server
from tests.e2e.site import Site
from tests.e2e.test_monitor_process import SOON, checks, until


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("WATCHWRIGHT_SECRET_KEY", "of all of the fleet")
    monkeypatch.setenv("WATCHWRIGHT_FLEET", "true")
    url = postgres.new_database()
    monkeypatch.setenv("WATCHWRIGHT_DATABASE_URL", url)
    with Server(data_dir=tmp_path / "data", database_url=url) as server:
        yield server
    postgres.drop_database(url)


@contextmanager
def worker(server: Server) -> Iterator[None]:
    """A process that shares the checks of *server*'s store, and ends in order."""
    environment = os.environ | {"WATCHWRIGHT_DATA_DIR": str(server.data_dir)}
    with subprocess.Popen([WATCHWRIGHT, "worker"], env=environment, cwd=server.data_dir) as process:
        until(lambda: "watchwright_monitors 2" in httpx.get(f"{server.url}/metrics", headers=HEADERS).text)
        yield
        process.send_signal(signal.SIGTERM)
        assert process.wait(SOON) == 0


def test_check_now_makes_one_check_on_any_worker(server: Server, site: Site, page: Page) -> None:
    api = Api(server)
    website = api.add_website(site.url, check_interval=86_400)

    with worker(server):
        until(lambda: checks(api, website) == 1)
        page.goto(f"{server.url}/websites/{website}")
        page.get_by_role("button", name="Check now").click()
        until(lambda: checks(api, website) > 1)
        expect(page.get_by_role("button", name="Check now")).to_be_enabled()

    assert checks(api, website) == 2
