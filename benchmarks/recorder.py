"""Measure the cost of recording: a page's load time with our recorder, unrecorded, and with Playwright's `record_har`.

The website runs in its own process on loopback. The ways take turns within each run, and the benchmark prints medians
of the ratios within each run, so that a busy machine slows all alike. Read the ratios first. The floor is a page of
Playwright without listeners; another row shows Chromium without Playwright.
``python -m benchmarks.recorder [--only loads starts store] [--runs 5] [--pictures 2000]``
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import uvloop
from playwright.async_api import Browser
from sqlalchemy.orm import Session

from benchmarks._ending import cleaned_up
from benchmarks._recorder_site import FULL, Site, bare_browser, captured, start_site
from core import database, signals
from core.clock import utc_now
from core.config import Settings
from core.debugging.browsers.browser_pool import BrowserPool
from core.debugging.browsers.debug_browser import DebugBrowser
from core.debugging.capture import Capture
from core.debugging.cdp.connection import CdpSession
from core.debugging.session import DebugSessions
from core.models import DebugSession, NetworkEvent, Website
from core.schemas.session_options import SessionOptions

LOADED = "() => performance.timing.loadEventStart - performance.timing.navigationStart"
METADATA = SessionOptions(has_screenshots=False, has_filmstrip=False, payload_limit_bytes=0)
NO_PICTURES = SessionOptions(
    has_screenshots=False, has_filmstrip=False
)  # what `record_har` keeps, and frames of sockets
PARTS = ("loads", "starts", "store")


@dataclass(slots=True)
class Times:
    """Load times and other times in ms, by way."""

    loads: dict[str, list[float]] = field(default_factory=dict)
    har_close_ms: list[float] = field(default_factory=list)

    def add(self, way: str, load_ms: float) -> None:
        self.loads.setdefault(way, []).append(load_ms)


async def main(parts: Iterable[str], runs: int, pictures: int, away: Iterable[int]) -> None:
    """Measure *parts* and print tables; loads are measured for each latency of *away*, in ms."""
    print("| what | figure | target |\n| --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        process, site = start_site()
        try:
            if "loads" in parts:
                async with bare_browser(settings) as browser:
                    for after_ms in away:
                        address = f"{site.url}/images/{pictures}?after={after_ms}"
                        show_loads(await load_times(browser, address, settings, Path(folder), runs=runs), after_ms)
            if "starts" in parts:
                show_starts(await first_requests(site, settings, runs))
            if "store" in parts:
                show_store(await latencies_to_store(site, settings, runs))
        finally:
            process.terminate()
            process.wait()


async def load_times(browser: Browser, address: str, settings: Settings, folder: Path, *, runs: int) -> Times:
    """Measure the load time of the page at *address* in each way, in turns."""
    times, pool = Times(), BrowserPool(settings)
    try:
        for _run in range(runs + 1):
            bare_ms = await _bare_load(browser, address)
            alone_ms = await _load_alone(pool, address)
            metadata = await captured(address, METADATA, settings, pool)
            full = await captured(address, FULL, settings, pool)
            unseen = await captured(address, NO_PICTURES, settings, pool)
            har_ms, close_ms = await _har_load(browser, address, folder)
            if _run == 0:
                continue  # the first run warms up the website's process, the disk and the browsers
            times.add("bare", bare_ms)
            times.add("alone", alone_ms)
            times.add("metadata", _load_of(metadata))
            times.add("full", _load_of(full))
            times.add("unseen", _load_of(unseen))
            times.add("record_har", har_ms)
            times.har_close_ms.append(close_ms)
    finally:
        await pool.close()
    return times


def _load_of(capture: Capture) -> float:
    assert capture.session.milestones is not None, capture.session.error_message
    document = min(event.started_ms or 0.0 for event in capture.events)
    return capture.session.milestones["load"] - document


async def _bare_load(browser: Browser, address: str) -> float:
    page = await browser.new_page()
    await page.goto(address, wait_until="load", timeout=120_000)
    load_ms = float(await page.evaluate(LOADED))
    await page.context.close()
    return load_ms


async def _load_alone(pool: BrowserPool, address: str) -> float:
    browser = await pool.acquire()
    try:
        return await _loaded_unheard(browser, address)
    finally:
        await pool.release(browser)


async def _loaded_unheard(browser: DebugBrowser, address: str) -> float:
    root, waits = browser.connection.root, _Unheard()
    made = await root.send("Target.createBrowserContext", {"disposeOnDetach": True})
    browser.hub.watch(made["browserContextId"], waits)
    page = await browser.hub.open_page(made["browserContextId"])
    await page.send("Page.navigate", {"url": address}, timeout=120)
    await asyncio.wait_for(waits.loaded.wait(), timeout=120)
    answer = await page.send("Runtime.evaluate", {"expression": f"({LOADED})()"})
    await browser.close_context(made["browserContextId"])
    return float(answer["result"]["value"])


class _Unheard:
    """A `TargetWatcher` that subscribes only to the load event."""

    def __init__(self) -> None:
        self.loaded = asyncio.Event()

    def prepare(self, session: CdpSession) -> None:
        session.post("Page.enable")

    def on_event(self, session: CdpSession, method: str, params: dict[str, Any]) -> None:
        if method == "Page.loadEventFired":
            self.loaded.set()

    def on_closed(self, session: CdpSession) -> None: ...


async def _har_load(browser: Browser, address: str, folder: Path) -> tuple[float, float]:
    context = await browser.new_context(record_har_path=folder / "load.har", record_har_content="embed")
    page = await context.new_page()
    await page.goto(address, wait_until="load", timeout=120_000)
    load_ms = float(await page.evaluate(LOADED))
    started = time.perf_counter()
    await context.close()
    return load_ms, (time.perf_counter() - started) * 1000


async def first_requests(site: Site, settings: Settings, runs: int) -> dict[str, list[float]]:
    """Measure ms from starting a session to the browser's first request, with a cold and a warm browser."""
    found: dict[str, list[float]] = {"cold": [], "warm": []}
    for _run in range(runs):
        pool = BrowserPool(settings)
        try:
            for way in ("cold", "warm"):
                asked_at = utc_now()
                capture = await captured(f"{site.url}/plain", NO_PICTURES, settings, pool)
                first = min(event.timestamp for event in capture.events)
                found[way].append((first - asked_at).total_seconds() * 1000)
        finally:
            await pool.close()
    return found


async def latencies_to_store(site: Site, settings: Settings, runs: int) -> list[list[float]]:
    """Measure for each run the ms from an event in the browser until its row is readable."""
    engine = database.make_engine(settings.store_url)
    database.upgrade(engine)
    database.bind(engine)
    readable_at: dict[int, list[float]] = {}

    def on_captured(fact: signals.EventCaptured) -> None:
        now = utc_now().timestamp()
        for event_id in fact.event_ids:
            readable_at.setdefault(event_id, []).append(now)

    disconnect = signals.event_captured.connect(on_captured)
    sessions = DebugSessions(settings)
    found = []
    try:
        for run in range(runs):
            readable_at.clear()
            for path in (f"/?run={run}", f"/images/500?run={run}"):
                await _run_session(sessions, f"{site.url}{path}")
            happened = await database.in_session(_times_of, list(readable_at))
            # A row that was readable before its last event, such as a response's end, was updated later.
            found += [[_delay(readable_at[event_id], at) for event_id, at in happened.items()]]
    finally:
        await sessions.close()
        disconnect()
        engine.dispose()
    return found


def _delay(readable: list[float], happened: float) -> float:
    return (next((at for at in readable if at >= happened), readable[-1]) - happened) * 1000


async def _run_session(sessions: DebugSessions, address: str) -> None:
    ended = asyncio.Event()
    session_id = await sessions.start(await database.in_session(_add_website, address), options=FULL)

    def on_changed(fact: signals.SessionChanged) -> None:
        if fact.session_id == session_id:
            asyncio.get_running_loop().create_task(look())

    async def look() -> None:
        if await database.in_session(_is_over, session_id):
            ended.set()

    disconnect = signals.session_changed.connect(on_changed)
    await asyncio.wait_for(ended.wait(), 120)
    disconnect()


def _add_website(db: Session, address: str) -> int:
    website = Website(url=address, name=address)
    db.add(website)
    db.flush()
    return website.id


def _is_over(db: Session, session_id: int) -> bool:
    return db.get_one(DebugSession, session_id).is_over


def _times_of(db: Session, ids: list[int]) -> dict[int, float]:
    events = db.query(NetworkEvent).filter(NetworkEvent.id >= min(ids))
    return {event.id: event.timestamp.timestamp() for event in events}


def show_loads(times: Times, after_ms: int) -> None:
    """Print the load times of a website with a latency of *after_ms*."""
    bare = median(times.loads["bare"])
    rows = {
        "alone": ("nobody asks Chromium anything", "–"),
        "metadata": ("metadata alone", "–"),
        "full": ("full capture", "≤ 1.10×"),
        "unseen": ("full capture but for screenshots and filmstrip, which a HAR has not", "–"),
        "record_har": ("`record_har` with content", "slower than ours"),
    }
    for way, (what, reach) in rows.items():
        load, ratio = median(times.loads[way]), _ratio(times.loads[way], times.loads["bare"])
        print(f"| load, {after_ms} ms away, {what} | {load:.0f} ms, {ratio:.2f}× of {bare:.0f} ms | {reach} |")
    print(f"| closing `record_har` afterwards | {median(times.har_close_ms):.0f} ms | – |", flush=True)


def show_starts(starts: dict[str, list[float]]) -> None:
    """Print how soon a session begins."""
    warm, cold = median(starts["warm"]), median(starts["cold"])
    print(f"| start → first request, warm | {warm:.0f} ms, {warm / cold:.2f}× of {cold:.0f} ms cold | ≤ 0.3× |")


def show_store(runs: list[list[float]]) -> None:
    """Print how soon rows are readable, as medians over the runs."""
    middle, late = (median(quantiles(run, n=20)[at] for run in runs) for at in (9, 18))
    print(f"| event in the browser → row readable | {middle:.0f} ms, p95 {late:.0f} ms | ≤ 300 ms |")


def _ratio(values: Iterable[float], floor: Iterable[float]) -> float:
    return median(value / below for value, below in zip(values, floor, strict=True))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recorder", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--pictures", type=int, default=2_000)
    parser.add_argument("--away", nargs="+", type=int, default=(20, 0), metavar="MS")
    given = parser.parse_args()
    with cleaned_up():
        uvloop.run(main(given.only, given.runs, given.pictures, given.away))  # the loop on which `serve` runs
