"""Starts Playwright's driver, a separate process that takes up to a second to start."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from playwright.async_api import Playwright, async_playwright

END_SECONDS = 10.0  # for a driver, or a browser through it, to end; one that hangs must not keep its place for ever


@asynccontextmanager
async def driver() -> AsyncIterator[Playwright]:
    """Run a driver during the block. Unlike Playwright's own context manager, ends it when cancelled while starting."""
    starting = asyncio.ensure_future(async_playwright().start())
    try:
        yield await asyncio.shield(starting)
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                await (await starting).stop()
