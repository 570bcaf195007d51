"""Telling a reader in passing that what they asked for could not be done."""

from collections.abc import Awaitable
from typing import Any

from nicegui import ui

from core.errors import WatchwrightError


async def tell_problem(work: Awaitable[Any]) -> Any:
    """What *work* returns; None when it failed in a way that the reader was told of."""
    try:
        return await work
    except WatchwrightError as error:
        ui.notify(str(error), type="negative")
        return None


async def succeeds(work: Awaitable[None]) -> bool:
    """Whether *work* could be done; where not, the reader was told why."""

    async def done() -> bool:
        await work
        return True

    return await tell_problem(done()) is True
