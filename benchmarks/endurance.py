"""Measure whether the heap or document of open pages, or the server's memory, grow under load.

``python -m benchmarks.endurance [--seconds 180 --checks 50 --samples 4]``; longer runs say more, for example in the
background: ``nice -n 10 python -m benchmarks.endurance --seconds 3600 --checks 10 --samples 14``. Each row is printed
immediately, so that an aborted run has partial results.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks._ending import cleaned_up
from benchmarks._pages import answering, memory_bytes, serving
from benchmarks.chromium import launch
from benchmarks.dashboards import INTERVAL_SECONDS
from benchmarks.pages import FULL, SIZE
from benchmarks.waterfall import metrics
from tests.accounts import sign_in
from tests.e2e.server import Server

SETTLE_SECONDS = 20  # until the first checks are spread and the page has its permanent objects
CHART = "document.querySelector('.scatterlayer path.js-line')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Memory use at one moment, after garbage collection."""

    heap_bytes: float
    nodes: float
    server_bytes: float


class Watched:
    """A page that stays open."""

    def __init__(self, browser: Browser, address: str, condition: str) -> None:
        self.page: Page = browser.new_page(viewport=SIZE)
        sign_in(self.page.context)
        self._session: CDPSession = self.page.context.new_cdp_session(self.page)
        for domain in ("Performance", "HeapProfiler"):
            self._session.send(f"{domain}.enable")
        self.page.goto(address)
        self.page.wait_for_function(condition)

    def held(self, server: Server) -> Held:
        """Return the current memory use of the page and the server."""
        self._session.send("HeapProfiler.collectGarbage")
        told = metrics(self._session)
        heap, nodes = told["JSHeapUsedSize"], told["Nodes"]
        return Held(heap_bytes=heap, nodes=nodes, server_bytes=memory_bytes(server))


@cleaned_up()
def main() -> None:
    """Print one table with a row for each moment."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.endurance", description=__doc__)
    parser.add_argument("--seconds", type=int, default=180)
    parser.add_argument("--checks", type=int, default=50, help="a second")
    parser.add_argument("--samples", type=int, default=4)
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
            "the overview": Watched(browser, server.url, FULL),
            "a website's page": Watched(browser, f"{server.url}/websites/1?range=1h", CHART),
        }
        print(f"{websites} websites, {given.checks} checks a second\n")
        print("| open for |" + "".join(f" heap of {name} | its DOM nodes |" for name in pages) + " the server |")
        print("| ---: |" + " ---: | ---: |" * len(pages) + " ---: |", flush=True)
        for seconds, held in watch(pages, server, given.seconds, given.samples):
            sizes = "".join(
                f" {measurement.heap_bytes / 1e6:.1f} MB | {measurement.nodes:,.0f} |" for measurement in held
            )
            print(f"| {seconds:,.0f} s |{sizes} {held[-1].server_bytes / 1e6:.0f} MB |", flush=True)
        browser.close()


def watch(pages: dict[str, Watched], server: Server, seconds: int, samples: int) -> Iterator[tuple[float, list[Held]]]:
    """Yield the memory use of each page at *samples* evenly spread moments; the first is after settling."""
    first = next(iter(pages.values())).page
    first.wait_for_timeout(SETTLE_SECONDS * 1_000)
    began = time.monotonic()
    for sample in range(samples):
        due = began + seconds * sample / (samples - 1)
        first.wait_for_timeout(max(due - time.monotonic(), 0) * 1_000)
        yield time.monotonic() - began, [watched.held(server) for watched in pages.values()]


if __name__ == "__main__":
    main()
