"""Serves the application below a path, such as ``/watch``, whether or not the proxy strips that path."""

from starlette.types import ASGIApp, Receive, Scope, Send

FORWARDED_PREFIX = b"x-forwarded-prefix"


class PathPrefix:
    """ASGI application that gives *app* the same paths behind proxies that strip the prefix and proxies that keep it.

    uvicorn puts the prefix before every path, so a kept prefix comes twice, which would break links and make the
    sign-in redirect to itself. Traefik and others send ``X-Forwarded-Prefix``. NiceGUI would add that prefix again, so
    the header is removed.
    """

    def __init__(self, app: ASGIApp, path: str) -> None:
        """*path* is the path of the public URL, such as ``/watch``; empty if it has none."""
        self._app, self._path = app, path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with the prefix once and no ``X-Forwarded-Prefix``."""
        if "headers" in scope:
            scope = {**scope, "headers": [header for header in scope["headers"] if header[0] != FORWARDED_PREFIX]}
        twice = self._path * 2
        if self._path and (scope.get("path") == twice or scope.get("path", "").startswith(f"{twice}/")):
            raw = scope["raw_path"].removeprefix(self._path.encode())
            scope = {**scope, "path": scope["path"].removeprefix(self._path), "raw_path": raw}
        await self._app(scope, receive, send)
