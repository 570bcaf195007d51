"""No driver process is left behind."""

import asyncio
from collections.abc import Collection
from contextlib import suppress

import psutil

from core.debugging.browsers.playwright_driver import driver
from tests.waiting import until


def drivers(besides: Collection[psutil.Process] = ()) -> dict[psutil.Process, float]:
    """Return the running drivers and how much CPU time each has used."""
    found = {}
    for process in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):
            if process not in besides and process.name().startswith("node"):
                found[process] = process.cpu_times().user
    return found


async def test_a_driver_that_is_cancelled_while_it_starts_is_ended() -> None:
    others = drivers()

    async def use() -> None:
        async with driver():
            raise AssertionError("it was to be given up before")

    using = asyncio.create_task(use())
    await until(lambda: any(drivers(others).values()))
    using.cancel()
    await asyncio.gather(using, return_exceptions=True)

    assert using.cancelled()
    assert not drivers(others)
