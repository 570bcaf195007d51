"""The interface by which processes on one store send each other messages. `core.workers.store_bus` chooses one."""

from collections.abc import Callable
from typing import Protocol

Deliver = Callable[[bytes], None]
"""Called on the event loop with each message of another process."""


class MessageBus(Protocol):
    """Sends messages to the other processes on the store. A lost message only delays its receiver, which also polls."""

    @property
    def is_open(self) -> bool:
        """Whether other processes can be reached."""
        ...

    async def start(self, deliver: Deliver) -> None: ...

    def send(self, message: bytes) -> None:
        """Send a message to all other processes; call on the event loop, returns at once."""
        ...

    async def stop(self) -> None:
        """Send the waiting messages, then stop."""
        ...
