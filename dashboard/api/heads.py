"""HEAD wherever there is a GET (RFC 9110, 9.3.2): balancers and health checks ask by it, FastAPI's routes take none."""

from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.access import route_path


class Heads:
    """ASGI middleware: what is below *prefix* or *at* these paths answers HEAD as GET, without the body."""

    def __init__(self, app: ASGIApp, prefix: str, at: Collection[str]) -> None:
        self._app, self._prefix, self._at = app, prefix, at

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, a HEAD as GET."""
        if scope["type"] != "http" or scope["method"] != "HEAD" or not self._is_ours(route_path(scope)):
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app(dict(scope) | {"method": "GET"}, receive, send_head)

    def _is_ours(self, path: str) -> bool:
        return path in self._at or path.startswith(self._prefix)
