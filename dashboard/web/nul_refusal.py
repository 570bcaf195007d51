"""Refuses a URL with a NUL: nothing is named by one, and PostgreSQL fails over text that has one."""

from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.problems import problem


class RefuseNul:
    """ASGI middleware that answers 400 to such a URL."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what has none."""
        if scope["type"] == "http" and ("\0" in scope["path"] or b"%00" in scope["query_string"]):
            await problem(400, "The address has a NUL (%00) in it, which nothing here has.")(scope, receive, send)
        else:
            await self._app(scope, receive, send)
