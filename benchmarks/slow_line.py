"""Measure pages over a bad mobile connection: 300 ms round trip, 2 % of chunks 0.5 s late, and interruptions.

``python -m benchmarks.slow_line [--runs 3]``; `tests.e2e.line` simulates the connection between Chromium and a server
on loopback.
"""

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks._ending import cleaned_up
from benchmarks._pages import answering, serving
from benchmarks.chromium import launch
from benchmarks.pages import FULL, SIZE
from benchmarks.waterfall import PAINTED
from tests.accounts import sign_in
from tests.e2e.line import Line, line
from tests.e2e.server import Server

WEBSITES = 500
OFFLINE = "document.body.classList.contains('ww-offline')"
CUTS = (5, 40)  # s: after the first the server still knows the page, after the second not
LATEST = """() => Math.max(...[...Array(1000).keys()].map((id) => getElement(id))
  .find((element) => element?.shown).shown.map((row) => row.at ?? 0))"""


@cleaned_up()
def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.slow_line", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    with (
        tempfile.TemporaryDirectory(prefix="watchwright-bench-") as folder,
        answering() as port,
        serving(Path(folder) / "half", WEBSITES, port=port) as server,
        line(server.port) as slow,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        print(f"| overview of {WEBSITES} websites, 300 ms and 2 % lost | measured |\n| --- | ---: |")
        visits(browser, server, slow, runs)
        for seconds in CUTS:
            print(f"| connection cut for {seconds} s: shown after | {cut(browser, slow, seconds)} |")
        browser.close()


def visits(browser: Browser, server: Server, slow: Line, runs: int) -> None:
    """Measure the time from navigation to paint with warm caches, over the slow connection and directly."""
    for name, address in (("navigation to painted, without the line", server.url), ("… over it", slow.url)):
        context = browser.new_context(viewport=SIZE)
        sign_in(context)
        times = []
        for _ in range(runs + 1):
            page = context.new_page()
            page.goto(address, wait_until="commit")
            times.append(page.evaluate(PAINTED, FULL))
            page.close()
        context.close()
        print(
            f"| {name}, first visit | {times[0] / 1_000:.1f} s |\n| {name}, later visits | {median(times[1:]):.0f} ms |"
        )


def cut(browser: Browser, slow: Line, seconds: int) -> str:
    """Interrupt the connection of an open page; return when the page shows it, and when it is current again."""
    page = browser.new_page(viewport=SIZE)
    sign_in(page.context)
    page.goto(slow.url)
    page.wait_for_function(FULL)
    page.wait_for_timeout(3_000)
    began = time.monotonic()
    slow.cut()
    page.wait_for_function(OFFLINE)
    said = time.monotonic() - began
    page.wait_for_timeout(max(seconds - said, 0) * 1_000)
    mended, mended_at = time.monotonic(), time.time()
    slow.mend()
    wait_until_current(page, mended_at)
    took = time.monotonic() - mended
    page.close()
    return f"{said:.1f} s; current again {took:.1f} s after it was mended"


def wait_until_current(page: Page, since: float) -> None:
    """Wait until the page is connected and shows a check that began after *since*; it may reload meanwhile."""
    page.wait_for_function(f"() => !({OFFLINE}) && {FULL} && ({LATEST})() > {since}", timeout=60_000)


if __name__ == "__main__":
    main()
