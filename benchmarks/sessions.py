"""Test debug sessions of a fleet with two workers and two Playwright servers, some of which die.

A dashboard offers sessions that would run for minutes. Then a Playwright server is killed during a session, then a
worker, and one session is stopped from the dashboard. A third endpoint never answers. ``python -m
benchmarks.sessions``; docs/scaling.md contains the results.
"""

import json
import os
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import playwright
import psutil

from benchmarks._ending import cleaned_up
from benchmarks._postgres import Postgres
from benchmarks._waiting import wait_until
from core.config import Settings
from core.debugging.browser import find_browser
from tests.e2e.api import Api
from tests.e2e.server import WATCHWRIGHT, Server, end, free_port
from tests.e2e.site import Site

OFFERED, CONCURRENT, EACH = 5, 3, 2  # sessions in total, concurrent on all workers, and concurrent per worker


@cleaned_up()
def main() -> None:
    """Print the results."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="wwsessions-", dir="/tmp")))
        folder.chmod(0o755)  # PostgreSQL does not run as root
        store = folder / "store"
        store.mkdir()
        postgres = ending.enter_context(Postgres(store))
        browsers = [ending.enter_context(browser_server(folder / f"browser{number}.json")) for number in (1, 2)]
        dead = f"ws://127.0.0.1:{free_port()}/"
        os.environ |= {
            "WATCHWRIGHT_SECRET_KEY": "of dashboard and workers",
            "WATCHWRIGHT_FLEET_BROWSERS": str(CONCURRENT),
            "WATCHWRIGHT_BROWSER_ENDPOINT": ",".join([dead, *(endpoint for endpoint, _process in browsers)]),
            "WATCHWRIGHT_MAX_BROWSERS": "0",
        }
        server = ending.enter_context(Server(data_dir=folder / "dashboard", database_url=postgres.url))
        workers = [ending.enter_context(worker(folder / f"worker{number}", postgres.url)) for number in (1, 2)]
        site = Site(path="/endless")
        site.go_up()
        ending.callback(site.close)
        run(Api(server), site, [process for _endpoint, process in browsers], workers)


@contextmanager
def browser_server(config: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Run a Playwright server, and yield its endpoint and process."""
    driver = Path(playwright.__file__).parent / "driver"
    executable = str(find_browser(Settings.load()).executable)
    config.write_text(json.dumps({"executablePath": executable, "chromiumSandbox": os.geteuid() != 0, "port": 0}))
    command = [driver / "node", driver / "package/cli.js", "launch-server", "--browser", "chromium", "--config", config]
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        family = psutil.Process(process.pid)
        try:
            yield process.stdout.readline().strip(), family
        finally:
            kill(family)


@contextmanager
def worker(data_dir: Path, url: str) -> Iterator[psutil.Process]:
    """Run a worker for debug sessions, and yield its process."""
    settings = {
        "WATCHWRIGHT_DATA_DIR": str(data_dir),
        "WATCHWRIGHT_DATABASE_URL": url,
        "WATCHWRIGHT_MAX_BROWSERS": str(EACH),
        "WATCHWRIGHT_LOG_LEVEL": "ERROR",
    }
    command = [str(WATCHWRIGHT), "worker", "--queues", "sessions"]
    with subprocess.Popen(command, env=os.environ | settings) as process:
        family = psutil.Process(process.pid)
        try:
            yield family
        finally:
            kill(family)


def kill(process: psutil.Process) -> None:
    """Send SIGKILL to a process and all its children."""
    if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        end([process, *process.children(recursive=True)])
        with suppress(ChildProcessError):
            os.waitpid(process.pid, 0)  # reap it, as its parent


def run(api: Api, site: Site, browsers: list[psutil.Process], workers: list[psutil.Process]) -> None:
    """Run all steps, and print the results."""
    website = api.add_website(site.url, check_interval=3_600)
    ids = [api.start_debug_session(website, options={"time_limit_seconds": 600}) for _ in range(OFFERED)]
    wait_until(lambda: counted(api, ids)["running"] == CONCURRENT)
    time.sleep(3)  # of recording
    print(f"{OFFERED} sessions offered: {dict(counted(api, ids))}; connections of each browser: {shared(browsers)}")

    before = running(api, ids)
    began = time.monotonic()
    kill(browsers[0])
    wait_until(lambda: counted(api, ids)["failed"] >= 1)
    print(f"a browser's server is killed: said after {time.monotonic() - began:.1f} s")
    print_failed(api, [number for number in before if session(api, number)["state"] == "failed"])
    wait_until(lambda: len(running(api, ids)) == CONCURRENT)
    print(f"as many run as before after {time.monotonic() - began:.1f} s: {dict(counted(api, ids))}")

    failed, before = counted(api, ids)["failed"], running(api, ids)
    began = time.monotonic()
    kill(workers[0])
    wait_until(lambda: counted(api, ids)["failed"] > failed)
    print(f"a worker is killed: said after {time.monotonic() - began:.1f} s")
    print_failed(api, [number for number in before if session(api, number)["state"] == "failed"])

    ids += [api.start_debug_session(website, options={"time_limit_seconds": 600})]
    wait_until(lambda: len(running(api, ids)) == EACH)
    while left := running(api, ids):
        began = time.monotonic()
        api.post(f"debug-sessions/{left[0]}/stop", {})
        wait_until(partial(is_over, api, left[0]))
        print(f"one is stopped from the dashboard: over after {time.monotonic() - began:.1f} s")
        wait_until(lambda: running(api, ids) or not counted(api, ids)["queued"])
    print(f"at the end: {dict(counted(api, ids))} of {len(ids)}")


def session(api: Api, number: int) -> dict[str, Any]:
    """Return a session as the dashboard's API shows it."""
    found: dict[str, Any] = api.get(f"debug-sessions/{number}")
    return found | {"state": found["state"].lower()}


def counted(api: Api, ids: list[int]) -> Counter[str]:
    """Return the number of sessions in each state."""
    return Counter(session(api, number)["state"] for number in ids)


def running(api: Api, ids: list[int]) -> list[int]:
    """Return the ids of running sessions."""
    return [number for number in ids if session(api, number)["state"] == "running"]


def is_over(api: Api, number: int) -> bool:
    """Whether the session has ended."""
    return session(api, number)["state"] not in ("queued", "running")


def print_failed(api: Api, ids: list[int]) -> None:
    """Print what failed sessions have captured."""
    for number in ids:
        events = api.get(f"debug-sessions/{number}/events")["total"]
        print(f"… {events} exchanges kept: {session(api, number)['error_message']}")


def shared(browsers: list[psutil.Process]) -> list[int]:
    """Return the number of connections of each Playwright server."""
    return [
        sum(connection.status == "ESTABLISHED" for connection in process.net_connections("tcp") if process.is_running())
        for process in browsers
    ]


if __name__ == "__main__":
    main()
