"""Checks are made in a process of their own, which falls and ends without anybody having to look after it."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psutil
from playwright.sync_api import Page, expect

from core.workers.forked_monitor import NAME
from tests.e2e.api import Api
from tests.e2e.conftest import Serve
from tests.e2e.server import WATCHWRIGHT, Server, still_there
from tests.e2e.site import Site

SOON = 30.0
T = TypeVar("T")


def monitor_of(server: Server) -> psutil.Process:
    """The process in which *server* has its websites checked."""
    return until(lambda: next((one for one in server.family() if is_monitor(one)), None))


def is_monitor(process: psutil.Process) -> bool:
    """Whether it is one: the first, which was forked, goes by its name, and what followed it by its command."""
    return process.name() == NAME or "core.workers" in process.cmdline()


def holds_lease(process_id: int) -> bool:
    """Whether this process is the one that checks the websites of its store."""
    return any(file.path.endswith(".monitor") for file in psutil.Process(process_id).open_files())


def checks(api: Api, website_id: int) -> int:
    return int(api.get(f"websites/{website_id}/checks")["total"])


def until(look: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + SOON
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.1)
    return found


def test_a_killed_monitor_is_reported_on_pages_and_restarted(
    serve: Serve, site: Site, page: Page, tmp_path: Path
) -> None:
    (tmp_path / "core").mkdir()  # the server's folder is that of a project that has such a package as well
    (tmp_path / "core" / "__init__.py").write_text("raise SystemExit('not yours')")
    server = serve()
    api = Api(server)
    website = api.add_website(site.url)
    until(lambda: checks(api, website))
    page.goto(f"{server.url}/websites/{website}")
    fallen = monitor_of(server)

    fallen.kill()

    expect(page.locator(".ww-trouble")).to_contain_text("The monitor's process ended by itself (signal 9)")
    expect(page.locator(".ww-trouble")).to_be_hidden()
    assert until(lambda: monitor_of(server).pid != fallen.pid)
    before = checks(api, website)
    assert until(lambda: checks(api, website) > before)


def test_a_server_starts_its_monitor_and_no_other_process(serve: Serve) -> None:
    server = serve()

    monitor = monitor_of(server)

    assert server.process
    assert {one.pid for one in server.family()} == {server.process.pid, monitor.pid}


def test_killing_a_server_ends_its_monitor(serve: Serve) -> None:
    server = serve()
    monitor = monitor_of(server)
    assert server.process

    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait(10)

    assert still_there([monitor]) == []


def test_sigterm_ends_server_and_monitor(serve: Serve, site: Site) -> None:
    server = serve()
    api = Api(server)
    website = api.add_website(site.url)
    until(lambda: checks(api, website))
    family = server.family()

    code = server.terminate()

    assert code == 0, server.log
    assert still_there(family) == []
    assert "Traceback" not in server.log


def test_a_dashboard_without_a_monitor_shows_the_checks_of_a_worker(serve: Serve, site: Site, page: Page) -> None:
    server = serve()
    api = Api(server)
    website = api.add_website(site.url)
    until(lambda: checks(api, website))
    page.goto(f"{server.url}/websites/{website}")
    environment = {**os.environ, "WATCHWRIGHT_DATA_DIR": str(server.data_dir)}

    with subprocess.Popen([WATCHWRIGHT, "worker"], env=environment, cwd=server.data_dir) as worker:
        server.terminate()
        until(lambda: holds_lease(worker.pid))
        server.start()  # the worker checks, and the server's own monitor stands by
        before = checks(api, website)
        assert until(lambda: checks(api, website) > before)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(SOON) == 0
    before = checks(api, website)
    assert until(lambda: checks(api, website) > before), "the server's own monitor took over"
