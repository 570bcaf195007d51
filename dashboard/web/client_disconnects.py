"""Keeps errors of requests that the client aborted out of the log."""

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)


class ClientDisconnects:
    """ASGI middleware that hides errors after a disconnect. Reading the rest of an aborted upload, for one, fails."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; log an error after the client's disconnect without a traceback."""
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
        except Exception as error:  # any error: no client is left to answer
            if not is_gone:
                raise
            logger.info("the client aborted a request", extra={"path": scope["path"], "error": type(error).__name__})
