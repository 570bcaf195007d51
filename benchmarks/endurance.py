"""Pages left open under load: whether the page's heap, its document or the server's memory grow.

``python -m benchmarks.endurance [--seconds 240 --checks 50]``; the longer it runs, the more it says.
"""

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks._pages import answering, memory_bytes, serving
from benchmarks.chromium import launch
from benchmarks.dashboards import INTERVAL_SECONDS
from benchmarks.pages import FULL, SIZE
from benchmarks.waterfall import metrics
from tests.accounts import sign_in
from tests.e2e.server import Server

SAMPLES = 4
SETTLE_SECONDS = 20  # a start spreads its first checks, and a page makes at first what it keeps
CHART = "document.querySelector('.scatterlayer path.js-line')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is held at one moment, after the garbage was collected."""

    seconds: float
    heap_bytes: float
    nodes: float
    server_bytes: float


class Watched:
    """One page that stays open."""

    def __init__(self, browser: Browser, address: str, condition: str) -> None:
        self.page: Page = browser.new_page(viewport=SIZE)
        sign_in(self.page.context)
        self._session: CDPSession = self.page.context.new_cdp_session(self.page)
        for domain in ("Performance", "HeapProfiler"):
            self._session.send(f"{domain}.enable")
        self.page.goto(address)
        self.page.wait_for_function(condition)

    def held(self, server: Server, seconds: float) -> Held:
        """What the page and the server hold now."""
        self._session.send("HeapProfiler.collectGarbage")
        told = metrics(self._session)
        heap, nodes = told["JSHeapUsedSize"], told["Nodes"]
        return Held(seconds=seconds, heap_bytes=heap, nodes=nodes, server_bytes=memory_bytes(server))


def main() -> None:
    """Print one table for each page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.endurance", description=__doc__)
    parser.add_argument("--seconds", type=int, default=240)
    parser.add_argument("--checks", type=int, default=50, help="a second")
    given = parser.parse_args()
    websites = given.checks * INTERVAL_SECONDS
    with (
        tempfile.TemporaryDirectory(prefix="watchwright-bench-") as folder,
        answering() as port,
        serving(Path(folder) / "full", websites, port=port, checked=websites) as server,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        pages = {
            "overview": Watched(browser, server.url, FULL),
            "a website's page": Watched(browser, f"{server.url}/websites/1?range=1h", CHART),
        }
        told = watch(pages, server, given.seconds)
        browser.close()
    for name, held in told.items():
        print(f"| {name}, {websites} websites, {given.checks} checks a second, open for | heap | nodes | the server |")
        print("| --- | ---: | ---: | ---: |")
        for each in held:
            sizes = f"{each.heap_bytes / 1e6:.1f} MB | {each.nodes:,.0f} | {each.server_bytes / 1e6:.0f} MB"
            print(f"| {each.seconds:.0f} s | {sizes} |")
        print()


def watch(pages: dict[str, Watched], server: Server, seconds: int) -> dict[str, list[Held]]:
    """What is held at `SAMPLES` moments, evenly spread, the first when all has settled."""
    told: dict[str, list[Held]] = {name: [] for name in pages}
    first = next(iter(pages.values())).page
    first.wait_for_timeout(SETTLE_SECONDS * 1_000)
    began = time.monotonic()
    for sample in range(SAMPLES):
        due = began + seconds * sample / (SAMPLES - 1)
        first.wait_for_timeout(max(due - time.monotonic(), 0) * 1_000)
        for name, watched in pages.items():
            told[name].append(watched.held(server, time.monotonic() - began))
    return told


if __name__ == "__main__":
    main()
