"""Shared by the recorder's benchmarks: the website in its own process, and the ways to load one of its pages."""

import json
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, async_playwright

from benchmarks.chromium import QUIET
from core.config import Settings
from core.debugging.browser import find_browser
from core.debugging.browsers.browser_pool import BrowserPool
from core.debugging.capture import Capture, capture_in
from core.schemas.session_options import SessionOptions

FINISHED = "() => document.documentElement.dataset.finished === 'yes'"
FULL = SessionOptions()
Request = tuple[str, str]
"""Method, and port with path and query."""


@dataclass(frozen=True, slots=True)
class Site:
    """The website's process."""

    url: str

    def log(self) -> Counter[Request]:
        """Return the requests that arrived since `forget`."""
        with urllib.request.urlopen(f"{self.url}/-/log") as answer:
            entries = json.load(answer)
        return Counter((method, f"{port}{target}") for port, method, target, _status in entries)

    def forget(self) -> None:
        """Empty the log."""
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/-/log", method="DELETE")).close()


def start_site() -> tuple["subprocess.Popen[str]", Site]:
    """Start the website in its own process, so that it and the recorder do not slow each other down."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.sites"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, Site(url=json.loads(process.stdout.readline())["url"])


@asynccontextmanager
async def bare_browser(settings: Settings) -> AsyncIterator[Browser]:
    """Launch the same browser with the same flags, driven only by Playwright."""
    executable = find_browser(settings).executable
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=[*QUIET, "--no-sandbox"])
        yield browser
        await browser.close()


async def captured(
    address: str, options: SessionOptions, settings: Settings, pool: BrowserPool | None = None
) -> Capture:
    """Run a debug session of *address* in a browser of *pool* or in its own, and return its capture."""
    used = pool or BrowserPool(settings)
    browser = await used.acquire()
    try:
        return await capture_in(browser, address, options, settings=settings)
    finally:
        await used.release(browser)
        if pool is None:
            await used.close()


async def recorded_har(browser: Browser, address: str, folder: Path) -> list[dict[str, Any]]:
    """Return the entries of Playwright's HAR, with content, for the page at *address* once it reports its end."""
    path = folder / "seen.har"
    context = await browser.new_context(record_har_path=path, record_har_content="embed")
    page = await context.new_page()
    await page.goto(address)
    await page.wait_for_function(FINISHED, timeout=60_000)
    await context.close()
    entries: list[dict[str, Any]] = json.loads(path.read_text())["log"]["entries"]
    return entries


def request_of(method: str, url: str) -> Request:
    """Return the request as the website's log names it."""
    parts = urlsplit(url)
    return method, f"{parts.port}{parts.path}" + (f"?{parts.query}" if parts.query else "")
