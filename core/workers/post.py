"""How processes on one store reach each other: the port; `core.workers.store_post` has what fits a store."""

from collections.abc import Callable
from typing import Protocol

Deliver = Callable[[bytes], None]
"""Given each message of another process, on the event loop."""


class Post(Protocol):
    """Takes messages to the other processes on the store; one that gets lost costs its receiver a moment."""

    @property
    def is_open(self) -> bool:
        """Whether others can be reached."""
        ...

    async def start(self, deliver: Deliver) -> None: ...

    def send(self, message: bytes) -> None:
        """Send to all others; on the event loop, returns at once."""
        ...

    async def stop(self) -> None:
        """Send what is still waiting, and end."""
        ...
