"""Waiting for what tells nobody: what comes about in the store, in files, in other processes or in a site's log."""

import asyncio
from collections.abc import Callable
from typing import Any

SECONDS = 30.0  # until it is given up; what is waited for takes well under one, and longer on a busy machine


async def until(is_so: Callable[[], Any]) -> None:
    """Return once *is_so*."""
    async with asyncio.timeout(SECONDS):
        while not is_so():  # noqa: ASYNC110 (there is no event to wait for)
            await asyncio.sleep(0.01)
