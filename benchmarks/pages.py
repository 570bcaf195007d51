"""The overview of 1,000 websites against issue 6's figures, and against an empty page of the same frame.

Both pages are served by servers of their own and visited in turn, so that a busy machine slows them alike;
read the ratio first. ``python -m benchmarks.pages [--websites 1000 --runs 7]``
"""

import argparse
import http.client
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, ViewportSize, sync_playwright
from sqlalchemy import insert
from sqlalchemy.orm import Session

from benchmarks.chromium import launch
from benchmarks.waterfall import PAINTED, metrics
from core import database
from core.clock import utc_now
from core.models import MonitorCheck, MonitorStatus, Website, WebsiteState
from tests.accounts import sign_in
from tests.e2e.server import Server

SIZE: ViewportSize = {"width": 1440, "height": 900}
CHECKS = 60  # of each website: as many as a heartbeat bar shows
LIVE_SECONDS = 16  # three checks of the one website that is not paused
EMPTY = "document.querySelector('.ww-empty h1')"
FULL = "document.querySelectorAll('.wl-row:not(.wl-head)').length > 10"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--websites", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=7)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="watchwright-bench-") as folder,
        serving(Path(folder) / "empty", 0) as empty,
        serving(Path(folder) / "full", given.websites) as full,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        try:
            wire(full, given)
            pages = {"the same frame, empty": (empty.url, EMPTY), "overview": (full.url, FULL)}
            navigation(browser, pages, given.runs)
            live(browser, full)
        finally:
            browser.close()


@contextmanager
def serving(data_dir: Path, websites: int) -> Iterator[Server]:
    """A server on a store of that many websites, all but one of them paused."""
    data_dir.mkdir(parents=True)
    server = Server(data_dir=data_dir)
    server.start()  # learns its port, which the one website that is checked needs
    server.terminate()
    if websites:
        fill(data_dir, websites, f"{server.url}/healthz")
    server.start()
    try:
        yield server
    finally:
        server.kill()


def fill(data_dir: Path, websites: int, checked: str) -> None:
    """Websites of plausible lengths of name, each with `CHECKS` checks."""
    engine = database.make_engine(f"sqlite:///{data_dir / 'watchwright.sqlite3'}")
    now = utc_now()
    with Session(engine) as db, db.begin():
        for number in range(1, websites + 1):
            url = checked if number == 1 else f"https://service-{number}.example.com/health"
            name = f"{('Checkout', 'Payments', 'Search', 'Auth', 'Inventory')[number % 5]} service {number}"
            website = Website(url=url, name=name, check_interval=5, timeout=5, is_active=number == 1)
            db.add(website)
            db.flush()
            first = now - timedelta(minutes=CHECKS)
            rows = [
                {
                    "website_id": website.id,
                    "status": MonitorStatus.DOWN if (number * age) % 997 == 3 else MonitorStatus.UP,
                    "http_status_code": 200,
                    "response_time_ms": 80.0 + (number * 7919 + age * 104_729) % 400,
                    "checked_at": first + timedelta(minutes=age),
                }
                for age in range(CHECKS)
            ]
            db.execute(insert(MonitorCheck), rows)
            known = {"known_since": first, "known_until": now, "checked_at": now - timedelta(minutes=1)}
            db.add(WebsiteState(website_id=website.id, status=MonitorStatus.UP, **known))
    engine.dispose()


def wire(server: Server, given: argparse.Namespace) -> None:
    """Server time and bytes of the page, compressed as browsers ask for it."""
    times, sizes = [], []
    for _ in range(given.runs + 2):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.connect()
        began = time.perf_counter()
        connection.request("GET", "/", headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        times.append((time.perf_counter() - began) * 1_000)
        sizes.append(len(answer.read()))
        connection.close()
    print(f"| overview of {given.websites:,} websites | measured | reach |\n| --- | ---: | ---: |")
    print(
        f"| until the answer begins, median (once read: the first took {times[0]:.0f} ms) | "
        f"{median(times[2:]):.0f} ms | 30 ms |"
    )
    print(f"| bytes of the page | {median(sizes) / 1_000:.0f} kB | 60 kB |")


def navigation(browser: Browser, pages: dict[str, tuple[str, str]], runs: int) -> None:
    """Navigation to painted, with warm caches, each page in every round."""
    times: dict[str, list[float]] = {name: [] for name in pages}
    contexts = {name: browser.new_context(viewport=SIZE) for name in pages}
    for _ in range(runs + 1):
        for name, (url, condition) in pages.items():
            page = contexts[name].new_page()
            sign_in(page.context)
            page.goto(url, wait_until="commit")
            times[name].append(page.evaluate(PAINTED, condition))
            page.close()
    middle = {name: median(values[1:]) for name, values in times.items()}
    floor = next(iter(middle.values()))
    print("\n| navigation to painted | median ms | × the frame | reach |\n| --- | ---: | ---: | ---: |")
    for name, value in middle.items():
        print(f"| {name} | {value:.0f} | {value / floor:.2f} | {'1.3' if value != floor else ''} |")


def live(browser: Browser, server: Server) -> None:
    """What one check costs a page that is open: bytes, and time on its main thread."""
    page = browser.new_page(viewport=SIZE)
    sign_in(page.context)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Performance.enable")
    received: list[str] = []
    session.on("Network.webSocketFrameReceived", lambda event: received.append(event["response"]["payloadData"]))
    page.goto(server.url)
    page.wait_for_function(FULL)
    nodes, heap = metrics(session)["Nodes"], metrics(session)["JSHeapUsedSize"]
    page.wait_for_timeout(LIVE_SECONDS * 1_000)
    told = [frame for frame in received if "change" in frame]
    took = page.evaluate(CHANGE)
    print("\n| an open overview | measured | reach |\n| --- | ---: | ---: |")
    print(f"| a check's message ({len(told)} seen) | {median(map(len, told)):.0f} bytes | 150 bytes |")
    print(f"| main thread until it is drawn, median of {len(took)} | {median(took):.1f} ms | 8 ms |")
    print(f"| DOM nodes | {nodes:.0f} | (a prototype: 821) |\n| heap of the page | {heap / 1e6:.0f} MB | 60 MB |")
    print(f"\nthe last message: `{json.dumps(told[-1])[:300]}`")
    page.close()


CHANGE = """async () => {
  const list = [...Array(200).keys()].map((id) => getElement(id)).find((element) => element?.shown);
  const times = [];
  for (let round = 0; round < 20; round++) {
    const began = performance.now();
    list.change([], [[1, "u", "UP", 100 + round, null, 10000, 10000, Math.floor(Date.now() / 1000), null]], []);
    await list.$nextTick();
    document.body.offsetHeight;
    times.push(performance.now() - began);
  }
  return times;
}"""


if __name__ == "__main__":
    main()
