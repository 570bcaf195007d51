"""Launches the browser in which benchmarks and tests open pages."""

import os

from playwright.sync_api import Browser, Playwright

from core.config import Settings
from core.debugging.browser import find_browser

QUIET = (  # no network traffic except to the website under test
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",  # otherwise Chromium emulates a GPU in software, which costs a tenth more CPU time
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def launch(playwright: Playwright, *arguments: str) -> Browser:
    """Start the browser that debug sessions would open, headless."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium's sandbox does not work for root
    sandbox = ("--no-sandbox",) if is_root else ()
    executable = find_browser(Settings.load()).executable
    return playwright.chromium.launch(executable_path=executable, args=[*QUIET, *sandbox, *arguments])
