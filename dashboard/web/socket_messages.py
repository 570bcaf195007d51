"""Accepts messages of a page's socket only from the sign-in for which the page was drawn, and only in NiceGUI's form.

The page's id and the socket's are no secrets: they are in the socket's address, and so in the log of a proxy.
"""

import inspect
import logging
from collections.abc import Awaitable, Callable
from json import JSONDecodeError
from typing import Any

from nicegui import Client
from nicegui.core import sio
from socketio.exceptions import ConnectionRefusedError as Refused  # type: ignore[import-untyped]
from starlette.datastructures import QueryParams
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.accounts.actor import NOBODY
from dashboard.current_actor import current_actor

logger = logging.getLogger(__name__)

NOT_OURS = (LookupError, TypeError, AttributeError, JSONDecodeError)
"""What NiceGUI raises when a message has another form, or names what its page no longer has."""
RELOAD = "Implicit handshake failed"
"""The refusal after which NiceGUI's script loads the page anew."""
_HANDLERS: dict[str, Callable[..., Any]] = {
    name: sio.handlers["/"][name] for name in ("connect", "handshake", "event", "javascript_response", "ack", "log")
}


def install() -> None:
    """Replace NiceGUI's handlers of messages. Calling it again has no effect."""
    for name, handler in _HANDLERS.items():
        sio.on(name, handler=_careful(name, handler))


class SocketOwner:
    """ASGI middleware that refuses requests to a socket of another sign-in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless it names a socket that another sign-in opened."""
        # Of several, Engine.IO takes the first, and Starlette the last.
        named = QueryParams(scope.get("query_string", b"")).getlist("sid")
        opened = [sio.environ[socket_id] for socket_id in named if socket_id in sio.environ]
        is_own = all(one["asgi.scope"]["state"]["actor"] == current_actor() for one in opened)
        await (self._app if is_own else Response(status_code=403))(scope, receive, send)


def _careful(name: str, handler: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    async def handle(*message: Any) -> Any:
        try:
            if any(map(_is_of_another, _pages(name, message))):
                logger.info("refused a message to a page of another sign-in", extra={"message_name": name})
                return _refuse(name)
            answer = handler(*message)
            return await answer if inspect.isawaitable(answer) else answer
        except NOT_OURS as error:
            logger.info("dropped a message of a page", extra={"message_name": name, "error": type(error).__name__})
            return False

    return handle


def _pages(name: str, message: tuple[Any, ...]) -> list[Client]:
    """Return the pages that a message names, among them the one that it is for."""
    if name != "connect":
        named = [message[1]["client_id"]]
    elif message[1] is not sio.get_environ(message[0]):
        raise TypeError("a page sent a message with the name of a socket's opening")
    else:
        named = QueryParams(message[1]["QUERY_STRING"]).getlist("client_id")
    return [Client.instances[client_id] for client_id in named if client_id in Client.instances]


def _is_of_another(page: Client) -> bool:
    return getattr(page.request.state, "actor", NOBODY) != current_actor()


def _refuse(name: str) -> bool:
    if name == "connect":
        raise Refused(RELOAD)
    return False
