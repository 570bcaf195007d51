"""Refuses URLs that contain a NUL, which PostgreSQL cannot store."""

from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.problems import problem


class RefuseNul:
    """ASGI middleware that answers such a request with 400."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on unless its URL contains a NUL."""
        if scope["type"] == "http" and ("\0" in scope["path"] or b"%00" in scope["query_string"]):
            await problem(400, "The address contains a NUL character (%00).")(scope, receive, send)
        else:
            await self._app(scope, receive, send)
