"""What a part of Watchwright does beside everything else, from its `start` to its `stop`."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from core.signals import Signal

logger = logging.getLogger(__name__)

Fact = TypeVar("Fact")

ANEW_SECONDS = 5.0  # what fails at once is to neither fill the log nor keep a processor busy


class Background:
    """The tasks that a part runs and the signals that it hears; whoever made it stops it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._disconnects: list[Callable[[], None]] = []

    def hear(self, signal: Signal[Fact], receiver: Callable[[Fact], None]) -> None:
        """Call *receiver* with every later fact of *signal*."""
        self._disconnects.append(signal.connect(receiver))

    def run(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run *work* as a task called *name*, until it ends by itself or is stopped; returns the task."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._note_end)
        return task

    def keep(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        """Run *work* as `run` does, and anew whenever it fails: no mistake ends for good what is to go on for years."""
        self.run(self._kept(work, name), name)

    async def stop(self) -> None:
        """Hear nothing more and cancel what runs; returns once that has ended."""
        while self._disconnects:
            self._disconnects.pop()()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _kept(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        while True:
            try:
                return await work()
            except Exception:
                logger.exception("what runs in the background failed; it is begun anew", extra={"task": name})
            await asyncio.sleep(ANEW_SECONDS)

    def _note_end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("what ran in the background failed", extra={"task": task.get_name()}, exc_info=error)


async def until_set(event: asyncio.Event, seconds: float | None) -> None:
    """Return once *event* is set, or *seconds* have passed.

    `asyncio.wait_for` forgets in Python 3.11 that it was cancelled where the event has come in the same moment.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
