"""Telling a reader in passing that what they asked for could not be done."""

from collections.abc import Awaitable
from typing import Any

from nicegui import Client, ui

from core.away import WORDS, is_away
from core.errors import WatchwrightError

FAULT = "That did not work, and the fault is ours. The server's log says more."


async def notify_on_error(work: Awaitable[Any]) -> Any:
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

    return await notify_on_error(done()) is True


def notify_failure(client: Client, error: BaseException) -> None:
    """Tell the reader at *client* that what they pressed failed in a way that nobody thought of.

    Without it a form that was not saved would look as one of which nobody heard.
    """
    with client:
        ui.notify(_of_failure(error), type="negative")


def _of_failure(error: BaseException) -> str:
    if isinstance(error, WatchwrightError):
        return str(error)
    return f"{WORDS}. Try again in a moment; the server's log says more." if is_away(error) else FAULT
