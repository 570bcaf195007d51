"""Adds the path prefix of a reverse proxy to ``Location`` headers, as the routes do not know it."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OURS = "/api/"


class LocationBelow:
    """ASGI middleware; does nothing without a prefix."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and change the response's header."""
        root = str(scope.get("root_path", ""))

        async def send_below(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                if headers.get("location", "").startswith(OURS):
                    headers["Location"] = f"{root}{headers['location']}"
            await send(message)

        await self._app(scope, receive, send_below if root and scope["type"] == "http" else send)
