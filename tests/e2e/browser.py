"""The Chromium with which a test looks at pages."""

import os

from playwright.async_api import Browser, Playwright

from core.config import Settings
from core.debugging.browser import find_browser

SILENT = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
)
"""Nothing is sent anywhere but to the page that the test opens."""


async def launch(playwright: Playwright) -> Browser:
    """The same browser that debug sessions would open, headless."""
    choice = find_browser(Settings.load())
    return await playwright.chromium.launch(
        executable_path=str(choice.executable) if choice.executable else None,
        args=[*SILENT],
        chromium_sandbox=os.geteuid() != 0,
    )
