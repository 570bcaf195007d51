"""Measure a website's page with 90 days and millions of checks: server time, and time until its charts are painted.

The reference size is ``python -m benchmarks.website_page --checks 10000000 [--runs 5]``. Filling that store takes some
minutes and 3 GB; ``--keep FOLDER`` keeps it for later runs.
"""

import argparse
import http.client
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright
from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks._ending import cleaned_up
from benchmarks.chromium import launch
from benchmarks.pages import SIZE
from benchmarks.waterfall import PAINTED
from core import database
from core.clock import utc_now
from core.models import DowntimeWindow, Website
from core.services import rollups
from core.services.coverage_rebuild import rebuild_coverage
from dashboard.access import COOKIE
from tests.accounts import COOKIE_TOKEN, sign_in
from tests.e2e.server import Server

DAYS = 90
INTERVAL_SECONDS = 60
OUTAGES = 20  # downtime windows per website
RANGES = ("24h", "7d", "30d", "90d", "1y")
CHARTS = (
    "document.querySelectorAll('.ww-chart .main-svg').length >= 2 && "
    "document.querySelector('.scatterlayer path.js-line') && document.querySelector('.uc rect')"
)

FILL = """
WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < :each)
INSERT INTO monitor_checks (website_id, status, http_method, http_status_code, response_time_ms, dns_time_ms,
       connect_time_ms, tls_time_ms, ttfb_ms, download_time_ms, checked_at, created_at)
SELECT websites.id, CASE WHEN n % 997 = 0 THEN 'DOWN' ELSE 'UP' END, 'GET', 200, 120 + n % 50, 2, 9, 17, 80 + n % 50, 4,
       strftime('%Y-%m-%d %H:%M:%f000', :first + n * :step, 'unixepoch'),
       strftime('%Y-%m-%d %H:%M:%f000', :first + n * :step, 'unixepoch')
FROM number CROSS JOIN websites
"""


@cleaned_up()
def main() -> None:
    """Fill a store, serve it, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.website_page", description=__doc__)
    parser.add_argument("--checks", type=int, default=1_000_000, help="stored checks in all (default: 1 million)")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="where the store is, or is to stay")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="watchwright-bench-") as folder:
        server = Server(data_dir=(given.keep or Path(folder)) / "data")
        if not server.data_dir.exists():
            with server:  # creates the store's schema
                server.terminate()
            fill(server.data_dir, given.checks)
        with server:
            measure(server, given)


def fill(data_dir: Path, checks: int) -> None:
    """Fill a store with websites that were checked every minute for `DAYS`, until it has this number of checks."""
    engine = database.make_engine(f"sqlite:///{data_dir / 'watchwright.sqlite3'}")
    each = DAYS * 86_400 // INTERVAL_SECONDS
    first = utc_now() - timedelta(days=DAYS)
    with Session(engine) as db, db.begin():
        for number in range(1, max(round(checks / each), 1) + 1):
            website = Website(url=f"https://{number}.example/", name=f"Website {number}", is_active=False)
            db.add(website)
            db.flush()
            for outage in range(OUTAGES):
                started_at = first + timedelta(days=DAYS * (outage + 0.5) / OUTAGES)
                ended_at = started_at + timedelta(minutes=(number + outage) % 30 + 1)
                db.add(DowntimeWindow(website_id=website.id, started_at=started_at, ended_at=ended_at))
        db.flush()
        db.execute(text(FILL), {"each": each, "first": first.timestamp(), "step": INTERVAL_SECONDS})
    with Session(engine) as db, db.begin():
        rebuild_coverage(db)
    began = time.perf_counter()
    with Session(engine) as db:
        for website_id in rollups.behind(db, first + timedelta(days=DAYS)):
            while not rollups.catch_up(db, website_id, first + timedelta(days=DAYS)):
                db.commit()
            db.commit()
    print(f"{checks:,} checks added up to minutes, hours and days in {time.perf_counter() - began:.0f} s.\n")
    engine.dispose()


def measure(server: Server, given: argparse.Namespace) -> None:
    """Measure each range in every round, so that other load slows all alike."""
    size = (server.data_dir / "watchwright.sqlite3").stat().st_size
    print(f"| a website's page, {given.checks:,} checks, {size / 1e9:.1f} GB | server time | charts painted |")
    print("| --- | ---: | ---: |")
    answered: dict[str, list[float]] = {name: [] for name in RANGES}
    painted: dict[str, list[float]] = {name: [] for name in RANGES}
    with sync_playwright() as playwright:
        browser = launch(playwright)
        context = browser.new_context(viewport=SIZE)
        sign_in(context)
        for _ in range(given.runs + 1):
            for name in RANGES:
                path = f"/websites/1?range={name}"
                answered[name].append(_server_ms(server, path))
                page = context.new_page()
                page.goto(server.url + path, wait_until="commit")
                painted[name].append(page.evaluate(PAINTED, CHARTS))
                page.close()
        browser.close()
    for name in RANGES:
        print(f"| {name} | {median(answered[name][1:]):.0f} ms | {median(painted[name][1:]):.0f} ms |")
    print("| target | 100 ms | 1,000 ms |")


def _server_ms(server: Server, path: str) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.connect()
    began = time.perf_counter()
    connection.request("GET", path, headers={"Accept-Encoding": "gzip", "Cookie": f"{COOKIE}={COOKIE_TOKEN}"})
    answer = connection.getresponse()
    took = (time.perf_counter() - began) * 1_000
    assert answer.status == 200, answer.status
    answer.read()
    connection.close()
    return took


if __name__ == "__main__":
    main()
