"""Keeps an open page current. What changed is shown late if the store fails meanwhile, but never left out."""

import logging
import time
from collections.abc import Awaitable, Callable

from nicegui import ui

logger = logging.getLogger(__name__)

RETRY_SECONDS = 5.0


def keep_current(
    catch_up: Callable[[], Awaitable[None]], seconds: float, *, note_all: Callable[[], None] | None = None
) -> None:
    """Call *catch_up*, which shows what changed since its last call, every *seconds* while the page is open.

    If it fails, call *note_all*, which lets the next call show everything again, and call it again after
    `RETRY_SECONDS`. The reader is told once.
    """
    resume_at, is_failing = 0.0, False

    async def tick() -> None:
        nonlocal resume_at, is_failing
        if time.monotonic() < resume_at:
            return
        try:
            await catch_up()
        except Exception as error:
            if note_all is not None:
                note_all()
            resume_at = time.monotonic() + RETRY_SECONDS
            if not is_failing:
                is_failing = True
                raise
            logger.warning("an open page still cannot be updated", extra={"reason": str(error)})
        else:
            is_failing = False

    ui.timer(seconds, tick)
