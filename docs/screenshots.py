"""Takes the screenshots of the README and the docs from the demo: ``make screenshots``.

It uses the browser of debug sessions. The demo has its own store, so the pictures show no real websites.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a file, Python finds only docs/

from benchmarks.chromium import launch
from tests.e2e.server import free_port

IMAGES = Path(__file__).parent / "images"
READY_SECONDS = 120  # the demo creates 90 days of history before it serves
WIDTH, HEIGHT = 1440, 900


@contextmanager
def demo(data_dir: Path) -> Iterator[str]:
    """Serve the demo from a new store in *data_dir*, and yield its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "WATCHWRIGHT_PORT": str(port), "WATCHWRIGHT_DATA_DIR": str(data_dir)}
    process = subprocess.Popen([sys.executable, "-m", "dashboard.demo"], env=environment, start_new_session=True)
    try:
        _wait_until_ready(process, url)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _wait_until_ready(process: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"The demo ended with exit code {process.returncode}; the lines above say why.")
        with suppress(httpx.TransportError):
            if httpx.get(f"{url}/readyz").is_success:
                return
        time.sleep(0.2)
    raise SystemExit(f"The demo was not ready within {READY_SECONDS} s.")


def take_screenshots(url: str) -> None:
    """Take every screenshot, each from a new page."""
    website = _first(url, "websites", name="Checkout")
    session = _first(url, "debug-sessions", state="COMPLETED", trigger="MANUAL")
    broken = _first(url, "websites", name="Storefront")
    _first(url, "debug-sessions", state="COMPLETED", trigger="FAILURE", website_id=broken["id"])
    window = _first(url, f"websites/{broken['id']}/downtime-windows")
    pictures = {
        "overview": ("/", "light"),
        "overview-dark": ("/", "dark"),
        "website": (f"/websites/{website['id']}?range=7d", "light"),
        "downtime": (f"/downtime/{window['id']}", "light"),
        "debug-session": (f"/debug-sessions/{session['id']}", "light"),
    }
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for name, (path, scheme) in pictures.items():
            with opened_page(browser, scheme) as page:
                page.goto(url + path, wait_until="networkidle")
                page.wait_for_timeout(3_000)  # charts and bars are drawn after their data has arrived
                page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")
                print(f"docs/images/{name}.png", flush=True)
        browser.close()


def _first(url: str, noun: str, **facts: Any) -> Any:
    """Return the first *noun* with these *facts*; waits for it, because the demo starts its debug sessions late."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        items = httpx.get(f"{url}/api/v1/{noun}", timeout=30).raise_for_status().json()["items"]
        for item in items:
            if all(item[name] == value for name, value in facts.items()):
                return item
        time.sleep(1)
    raise SystemExit(f"The demo had no {noun} with {facts} within {READY_SECONDS} s.")


@contextmanager
def opened_page(browser: Browser, scheme: str) -> Iterator[Page]:
    """Open a page with the colour *scheme*, and close it afterwards."""
    dark = scheme == "dark"
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="dark" if dark else "light", timezone_id="UTC"
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def main() -> None:
    """Take all screenshots into docs/images."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="watchwright-demo-") as data_dir, demo(Path(data_dir)) as url:
        take_screenshots(url)


if __name__ == "__main__":
    main()
