"""Shows a reader as a notice why an action failed."""

from collections.abc import Awaitable
from typing import Any

from nicegui import Client, ui

from core.errors import WatchwrightError
from core.store_availability import is_store_unavailable, unavailability

FAULT = "That failed because of a fault in Watchwright. See the server log for details."


async def notify_on_error(work: Awaitable[Any]) -> Any:
    """Return the result of *work*; None if it failed, after the reader was shown why."""
    try:
        return await work
    except WatchwrightError as error:
        ui.notify(str(error), type="negative")
        return None


async def succeeds(work: Awaitable[None]) -> bool:
    """Return whether *work* succeeded; if not, the reader was shown why."""

    async def done() -> bool:
        await work
        return True

    return await notify_on_error(done()) is True


def notify_failure(client: Client, error: BaseException) -> None:
    """Show the reader at *client* that an action failed with an unexpected error.

    Without the notice a form that was not saved would look like one that still waits.
    """
    with client:
        ui.notify(_of_failure(error), type="negative")


def _of_failure(error: BaseException) -> str:
    if isinstance(error, WatchwrightError):
        return str(error)
    return f"{unavailability(error)} See the server log for details." if is_store_unavailable(error) else FAULT
