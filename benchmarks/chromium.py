"""The browser in which the pages are measured and tested."""

import os

from playwright.sync_api import Browser, Playwright

from core.config import Settings
from core.debugging.browser import find_browser

QUIET = (  # a browser under test talks to nobody but the site under test
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",  # there is none to be had: without this it makes believe, at a tenth more processor time
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def launch(playwright: Playwright, *arguments: str) -> Browser:
    """Start, headless, the browser that debug sessions would open."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium's sandbox refuses to run for root
    sandbox = ("--no-sandbox",) if is_root else ()
    executable = find_browser(Settings.load()).executable
    return playwright.chromium.launch(executable_path=executable, args=[*QUIET, *sandbox, *arguments])
