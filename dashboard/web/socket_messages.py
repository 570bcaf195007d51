"""Drops messages of a page's socket that no page of ours sends. NiceGUI would log a traceback for each."""

import inspect
import logging
from collections.abc import Awaitable, Callable
from json import JSONDecodeError
from typing import Any

from nicegui.core import sio

logger = logging.getLogger(__name__)

NOT_OURS = (KeyError, TypeError, AttributeError, JSONDecodeError)
"""What NiceGUI raises when a message has another form, or names what its page no longer has."""
_HANDLERS: dict[str, Callable[..., Any]] = {
    name: sio.handlers["/"][name] for name in ("handshake", "event", "javascript_response", "ack", "log")
}


def install() -> None:
    """Replace NiceGUI's handlers of messages. Calling it again has no effect."""
    for name, handler in _HANDLERS.items():
        sio.on(name, handler=_careful(name, handler))


def _careful(name: str, handler: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    async def handle(*message: Any) -> Any:
        try:
            answer = handler(*message)
            return await answer if inspect.isawaitable(answer) else answer
        except NOT_OURS as error:
            logger.info("dropped a message of a page", extra={"message_name": name, "error": type(error).__name__})
            return False

    return handle
