"""Below a path of somebody's site: what asks for us there may have been stripped of the path, or not."""

from starlette.types import ASGIApp, Receive, Scope, Send

FORWARDED_PREFIX = b"x-forwarded-prefix"


class PathPrefix:
    """ASGI application that serves *app* alike behind proxies that strip the path and such that leave it.

    The server puts the path before whatever it is asked for, so what a proxy left has it twice; links into nowhere, and
    a sign-in that led to itself for ever, came of that. Some proxies, such as Traefik, name what they stripped; NiceGUI
    puts that before the path once more, whoever says it.
    """

    def __init__(self, app: ASGIApp, path: str) -> None:
        """*path* is that of the address which people use, such as ``/watch``; empty where it has none."""
        self._app, self._path = app, path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        if "headers" in scope:
            scope = {**scope, "headers": [one for one in scope["headers"] if one[0] != FORWARDED_PREFIX]}
        twice = self._path * 2
        if self._path and (scope.get("path") == twice or scope.get("path", "").startswith(f"{twice}/")):
            raw = scope["raw_path"].removeprefix(self._path.encode())
            scope = {**scope, "path": scope["path"].removeprefix(self._path), "raw_path": raw}
        await self._app(scope, receive, send)
