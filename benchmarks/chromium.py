"""The browser in which the pages are measured and tested."""

import os
import shutil

from playwright.sync_api import Browser, BrowserType, Playwright

QUIET = (  # a browser under test talks to nobody but the site under test
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def launch(playwright: Playwright, *arguments: str) -> Browser:
    """Start a headless Chromium: the one of ``WATCHWRIGHT_BROWSER_EXECUTABLE``, Playwright's, or the system's."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium's sandbox refuses to run for root
    sandbox = ("--no-sandbox",) if is_root else ()
    return playwright.chromium.launch(
        executable_path=_executable(playwright.chromium), args=[*QUIET, *sandbox, *arguments]
    )


def _executable(kind: BrowserType) -> str | None:
    given = os.environ.get("WATCHWRIGHT_BROWSER_EXECUTABLE")
    if given or os.path.exists(kind.executable_path):  # noqa: PTH110 - a str from Playwright
        return given
    return shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
