"""A request that its client broke off is no mistake of ours, and needs no traceback in the log."""

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)


class ClientDisconnects:
    """ASGI middleware; what asks for the rest of such a request, as of an upload, fails in ways of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and let what fails once the client has gone end here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_gone = False

        async def noting() -> Message:
            nonlocal is_gone
            message = await receive()
            is_gone = is_gone or message["type"] == "http.disconnect"
            return message

        try:
            await self._app(scope, noting, send)
        except Exception as error:  # whatever it is: there is nobody left to answer
            if not is_gone:
                raise
            logger.info("a request was broken off", extra={"path": scope["path"], "error": type(error).__name__})
