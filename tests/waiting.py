"""Waiting for what tells nobody: what comes about in the store, in files, in other processes or in a site's log."""

import asyncio
from collections.abc import Callable
from inspect import isawaitable
from typing import Any

SECONDS = 30.0  # until it is given up; what is waited for takes well under one, and longer on a busy machine


async def until(ask: Callable[[], Any]) -> Any:
    """Return what *ask* returns, or what its coroutine returns, once that is true."""
    async with asyncio.timeout(SECONDS):
        while True:
            found = ask()
            if isawaitable(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.01)  # there is no event to wait for
