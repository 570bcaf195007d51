"""Playwright's driver: a process beside us, which takes up to a second to start."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Playwright, async_playwright


@asynccontextmanager
async def driver() -> AsyncIterator[Playwright]:
    """A driver during the block. Cancelled while it starts, this ends it: Playwright's own would leave it behind."""
    starting = asyncio.ensure_future(async_playwright().start())
    try:
        yield await asyncio.shield(starting)
    finally:
        await (await starting).stop()
