"""What recording costs and what it misses: ours against no listeners and against Playwright's `record_har`.

The site under test is a process of its own on loopback, and its access log is the truth. Ways take turns within
each run and what is printed are medians, so that a busy machine slows all of them alike; read the ratios first.
``python -m benchmarks.recorder [--runs 5] [--pictures 2000]``
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, async_playwright
from sqlalchemy.orm import Session

from benchmarks.chromium import QUIET
from core import database, signals
from core.clock import utc_now
from core.config import Settings
from core.debugging.browser import find_browser
from core.debugging.capture import Capture, capture_in
from core.debugging.debug_browser import BrowserPool
from core.debugging.session import DebugSessions
from core.debugging.waterfall import rows
from core.models import DebugSession, NetworkEvent, NetworkEventType, Website
from core.schemas.session_options import SessionOptions

LOADED = "() => performance.timing.loadEventStart - performance.timing.navigationStart"
FINISHED = "() => document.documentElement.dataset.finished === 'yes'"
METADATA = SessionOptions(has_screenshots=False, has_filmstrip=False, payload_limit_bytes=0)
FULL = SessionOptions()
Request = tuple[str, str]
"""Method, and port with path and query."""


@dataclass(frozen=True, slots=True)
class Site:
    """The site's process."""

    url: str

    def log(self) -> Counter[Request]:
        """What arrived since `forget`."""
        with urllib.request.urlopen(f"{self.url}/-/log") as answer:
            entries = json.load(answer)
        return Counter((method, f"{port}{target}") for port, method, target, _status in entries)

    def forget(self) -> None:
        """Empty the log."""
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/-/log", method="DELETE")).close()


@dataclass(slots=True)
class Times:
    """Load times in ms by way, and what else was timed."""

    loads: dict[str, list[float]] = field(default_factory=dict)
    har_close_ms: list[float] = field(default_factory=list)

    def add(self, way: str, load_ms: float) -> None:
        self.loads.setdefault(way, []).append(load_ms)


async def main(runs: int, pictures: int) -> None:
    """Measure, and print one table."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        process, site = start_site()
        try:
            async with bare_browser(settings) as browser:
                missed = await what_is_missed(browser, site, settings, Path(folder))
                times = await load_times(browser, site, settings, Path(folder), runs=runs, pictures=pictures)
            starts = await first_requests(site, settings, runs)
            latencies = await latencies_to_store(site, settings)
        finally:
            process.terminate()
            process.wait()
    show(missed, times, starts, latencies)


def start_site() -> tuple["subprocess.Popen[str]", Site]:
    """The site in a process of its own: sharing ours, it would slow the recorder and be slowed by it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.sites"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, Site(url=json.loads(process.stdout.readline())["url"])


@asynccontextmanager
async def bare_browser(settings: Settings) -> AsyncIterator[Browser]:
    """The same browser with the same quiet, driven by Playwright alone."""
    executable = find_browser(settings).executable
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=[*QUIET, "--no-sandbox"])
        yield browser
        await browser.close()


async def what_is_missed(
    browser: Browser, site: Site, settings: Settings, folder: Path
) -> dict[str, tuple[int, Counter[Request]]]:
    """For each way, how many requests the server saw and those that the way does not hold."""
    address = f"{site.url}/"
    site.forget()
    captured = await _captured(address, FULL, settings)
    ours = site.log()
    held = (request_of(row.method, row.url) for row in rows(captured.events) if not row.from_cache)
    site.forget()
    entries = await _recorded_har(browser, address, folder, waits_for=FINISHED)
    in_har = (request_of(entry["request"]["method"], entry["request"]["url"]) for entry in entries)
    return {"Watchwright": _missing(ours, held), "record_har": _missing(site.log(), in_har)}


def _missing(seen: Counter[Request], held: Iterable[Request]) -> tuple[int, Counter[Request]]:
    # The network stack itself repeats a request whose connection was cut before an answer; nobody is told of that.
    cut = Counter({request: count - 1 for request, count in seen.items() if request[1].endswith("/reset-at-once")})
    asked = seen - cut
    return asked.total(), asked - Counter(held)


def request_of(method: str, url: str) -> Request:
    """The request as the site's log names it."""
    parts = urlsplit(url)
    return method, f"{parts.port}{parts.path}" + (f"?{parts.query}" if parts.query else "")


async def load_times(
    browser: Browser, site: Site, settings: Settings, folder: Path, *, runs: int, pictures: int
) -> Times:
    """The page's own load time in each way, in turn."""
    times, address = Times(), f"{site.url}/images/{pictures}"
    pool = BrowserPool(settings)
    try:
        for _run in range(runs + 1):
            bare_ms = await _bare_load(browser, address)
            metadata = await _captured(address, METADATA, settings, pool)
            full = await _captured(address, FULL, settings, pool)
            har_ms, close_ms = await _har_load(browser, address, folder)
            if _run == 0:
                continue  # warms what all of them share: the site's process, the disk, the browsers
            times.add("bare", bare_ms)
            times.add("metadata", _load_of(metadata))
            times.add("full", _load_of(full))
            times.add("record_har", har_ms)
            times.har_close_ms.append(close_ms)
    finally:
        await pool.close()
    return times


def _load_of(captured: Capture) -> float:
    assert captured.session.milestones is not None, captured.session.error_message
    document = min(event.started_ms or 0.0 for event in captured.events)
    return captured.session.milestones["load"] - document


async def _captured(
    address: str, options: SessionOptions, settings: Settings, pool: BrowserPool | None = None
) -> Capture:
    used = pool or BrowserPool(settings)
    browser = await used.acquire()
    try:
        return await capture_in(browser, address, options, settings=settings)
    finally:
        await used.release(browser)
        if pool is None:
            await used.close()


async def _bare_load(browser: Browser, address: str) -> float:
    page = await browser.new_page()
    await page.goto(address, wait_until="load", timeout=120_000)
    load_ms = float(await page.evaluate(LOADED))
    await page.context.close()
    return load_ms


async def _har_load(browser: Browser, address: str, folder: Path) -> tuple[float, float]:
    context = await browser.new_context(record_har_path=folder / "load.har", record_har_content="embed")
    page = await context.new_page()
    await page.goto(address, wait_until="load", timeout=120_000)
    load_ms = float(await page.evaluate(LOADED))
    started = time.perf_counter()
    await context.close()
    return load_ms, (time.perf_counter() - started) * 1000


async def _recorded_har(browser: Browser, address: str, folder: Path, *, waits_for: str) -> list[dict[str, Any]]:
    path = folder / "seen.har"
    context = await browser.new_context(record_har_path=path, record_har_content="embed")
    page = await context.new_page()
    await page.goto(address)
    await page.wait_for_function(waits_for, timeout=60_000)
    await context.close()
    entries: list[dict[str, Any]] = json.loads(path.read_text())["log"]["entries"]
    return entries


async def first_requests(site: Site, settings: Settings, runs: int) -> dict[str, list[float]]:
    """Ms from the decision to start a session to the browser's first request, cold and warm."""
    found: dict[str, list[float]] = {"cold": [], "warm": []}
    options = SessionOptions(has_screenshots=False, has_filmstrip=False)
    for _run in range(runs):
        pool = BrowserPool(settings)
        try:
            for way in ("cold", "warm"):
                asked_at = utc_now()
                captured = await _captured(f"{site.url}/plain", options, settings, pool)
                first = min(event.timestamp for event in captured.events)
                found[way].append((first - asked_at).total_seconds() * 1000)
        finally:
            await pool.close()
    return found


async def latencies_to_store(site: Site, settings: Settings) -> list[float]:
    """Ms from each request in the browser to its row being readable, over a page of everything and one of pictures."""
    engine = database.make_engine(settings.store_url)
    database.upgrade(engine)
    database.bind(engine)
    readable_at: dict[int, float] = {}

    def on_captured(fact: signals.EventCaptured) -> None:
        now = utc_now().timestamp()
        for event_id in fact.event_ids:
            readable_at.setdefault(event_id, now)

    disconnect = signals.event_captured.connect(on_captured)
    sessions = DebugSessions(settings)
    try:
        for path in ("/", "/images/500"):
            await _run_session(sessions, f"{site.url}{path}")
    finally:
        await sessions.close()
        disconnect()
    happened = await database.in_session(_request_times)
    engine.dispose()
    return [(readable_at[event_id] - at) * 1000 for event_id, at in happened.items() if event_id in readable_at]


async def _run_session(sessions: DebugSessions, address: str) -> None:
    ended = asyncio.Event()
    session_id = await sessions.start(await database.in_session(_add_website, address), options=FULL)

    def on_changed(fact: signals.SessionChanged) -> None:
        if fact.session_id == session_id:
            asyncio.get_running_loop().create_task(look())

    async def look() -> None:
        if await database.in_session(_is_final, session_id):
            ended.set()

    disconnect = signals.session_changed.connect(on_changed)
    await asyncio.wait_for(ended.wait(), 120)
    disconnect()


def _add_website(db: Session, address: str) -> int:
    website = Website(url=address, name=address)
    db.add(website)
    db.flush()
    return website.id


def _is_final(db: Session, session_id: int) -> bool:
    state = db.get_one(DebugSession, session_id).state
    return state is not None and state.is_final


def _request_times(db: Session) -> dict[int, float]:
    events = db.query(NetworkEvent).filter(NetworkEvent.event_type == NetworkEventType.REQUEST)
    return {event.id: event.timestamp.timestamp() for event in events}


def show(
    missed: dict[str, tuple[int, Counter[Request]]],
    times: Times,
    starts: dict[str, list[float]],
    latencies: list[float],
) -> None:
    """Print the table."""
    loads = {way: median(values) for way, values in times.loads.items()}
    paired = {way: _ratio(times.loads[way], times.loads["bare"]) for way in loads}
    p95 = quantiles(latencies, n=20)[-1]
    print("| what | figure | reach |\n| --- | --- | --- |")
    for way, (total, missing) in missed.items():
        print(f"| requests in the server's log that {way} holds | {total - missing.total()} of {total} | all |")
    for way in ("metadata", "full", "record_har"):
        reach = {"full": "≤ 1.10×", "record_har": "slower than ours"}.get(way, "–")
        print(f"| load, {way} | {loads[way]:.0f} ms, {paired[way]:.2f}× of {loads['bare']:.0f} ms | {reach} |")
    print(f"| closing `record_har` afterwards | {median(times.har_close_ms):.0f} ms | – |")
    print(f"| request in the browser → row readable | {median(latencies):.0f} ms, p95 {p95:.0f} ms | ≤ 300 ms |")
    warm, cold = median(starts["warm"]), median(starts["cold"])
    print(f"| start → first request, warm | {warm:.0f} ms, {warm / cold:.2f}× of {cold:.0f} ms cold | ≤ 0.3× |")
    for way, (_total, missing) in missed.items():
        for (method, target), count in sorted(missing.items()):
            print(f"\n{way} misses {count} × {method} :{target}")


def _ratio(values: Iterable[float], floor: Iterable[float]) -> float:
    return median(value / below for value, below in zip(values, floor, strict=True))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recorder", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--pictures", type=int, default=2_000)
    given = parser.parse_args()
    asyncio.run(main(given.runs, given.pictures))
