"""A dashboard without a browser: its debug sessions run at a worker, are seen live, and are stopped from the page."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.api import CAPTURE_SECONDS, Api
from tests.e2e.conftest import Serve
from tests.e2e.server import WATCHWRIGHT, Server
from tests.e2e.site import Site


@pytest.fixture(autouse=True)
def _no_browser_beside_the_dashboard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_MAX_BROWSERS", "0")


@contextmanager
def worker(server: Server) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that runs the sessions of *server*'s store."""
    settings = {"WATCHWRIGHT_DATA_DIR": str(server.data_dir), "WATCHWRIGHT_MAX_BROWSERS": "1"}
    command = [str(WATCHWRIGHT), "worker", "--queues", "sessions"]
    with subprocess.Popen(command, env=os.environ | settings, cwd=server.data_dir) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0


def test_a_worker_runs_a_session_that_the_page_shows_live_and_stops(serve: Serve, endless: Site, page: Page) -> None:
    server = serve()
    api = Api(server)
    website = api.add_website(endless.url)
    session_id = api.start_debug_session(website, options={"watch": "until_stopped"})
    page.goto(f"{server.url}/debug-sessions/{session_id}")
    expect(page.get_by_text("Waiting for a browser")).to_be_visible()

    with worker(server):
        expect(page.get_by_role("row").filter(has_text="stock.json").first).to_be_visible(timeout=CAPTURE_SECONDS * 1e3)
        page.get_by_role("button", name="Stop").click()
        api.wait_until_ended(session_id)

    session = api.get(f"debug-sessions/{session_id}")
    assert session["state"].lower() == "completed", "it was to be watched until it is stopped"
    assert session["request_count"] > 3


def test_a_worker_stops_the_session_of_a_deleted_website_and_takes_the_next(serve: Serve, endless: Site) -> None:
    server = serve()
    api = Api(server)
    website = api.add_website(endless.url)
    deleted = api.start_debug_session(website, options={"watch": "until_stopped"})

    with worker(server):
        api.wait_for_events(deleted, 3)
        api.delete(f"websites/{website}")
        following = api.start_debug_session(api.add_website(endless.url))
        api.wait_for_events(following, 1)  # the worker has one browser

    assert following > deleted


def test_a_session_that_no_worker_has_taken_is_cancelled_at_once(serve: Serve, endless: Site) -> None:
    server = serve()
    api = Api(server)
    session_id = api.start_debug_session(api.add_website(endless.url))

    api.post(f"debug-sessions/{session_id}/stop", {})

    session = api.get(f"debug-sessions/{session_id}")
    assert (session["state"].lower(), session["error_message"]) == ("cancelled", "Stopped before a worker started it.")
