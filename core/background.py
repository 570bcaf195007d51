"""Runs the background tasks of a component from its `start` to its `stop`."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from core.signals import Signal
from core.store_availability import is_store_unavailable

logger = logging.getLogger(__name__)

Fact = TypeVar("Fact")

RESTART_SECONDS = 5.0  # a task that fails at once must neither fill the log nor keep a processor busy


class Background:
    """Owns the tasks and signal subscriptions of one component; the component's owner stops it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._disconnects: list[Callable[[], None]] = []

    def subscribe(self, signal: Signal[Fact], receiver: Callable[[Fact], None]) -> None:
        """Call *receiver* with every later fact of *signal*, until `stop`."""
        self._disconnects.append(signal.connect(receiver))

    def run(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run *work* as a task called *name* until it ends or `stop` cancels it; returns the task."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._note_end)
        return task

    def keep_running(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        """Run *work* like `run`, but restart it whenever it fails, because it must run for years."""
        self.run(self._run_forever(work, name), name)

    def repeat(self, work: Callable[[], Coroutine[Any, Any, object]], pause_seconds: float, name: str) -> None:
        """Call *work* again and again, with a pause after each call, like `keep_running`."""

        async def work_forever() -> None:
            while True:
                await work()
                await asyncio.sleep(pause_seconds)

        self.keep_running(work_forever, name)

    async def stop(self) -> None:
        """Unsubscribe and cancel all tasks; returns once they have ended."""
        while self._disconnects:
            self._disconnects.pop()()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run_forever(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        while True:
            try:
                return await work()
            except Exception as error:
                if is_store_unavailable(error):  # known, and no traceback helps
                    words = "the database is unavailable; a background task tries again"
                    logger.warning(words, extra={"task": name, "reason": str(error)})
                else:
                    logger.exception("a background task failed and restarts", extra={"task": name})
            await asyncio.sleep(RESTART_SECONDS)

    def _note_end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("a background task failed", extra={"task": task.get_name()}, exc_info=error)


async def until_set(event: asyncio.Event, seconds: float | None) -> None:
    """Return once *event* is set, or after *seconds*.

    Not `asyncio.wait_for`: in Python 3.11 it swallows a cancellation that arrives together with the event.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
