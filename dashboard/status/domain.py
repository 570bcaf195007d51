"""Serves status pages at their own host names. Such a host serves only its page."""

import time

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from core.database import in_session
from core.services import StatusPageCRUD
from dashboard.access import HEALTH, route_path

POLL_SECONDS = 5.0  # how late a new domain is noticed


class Domains:
    """The host names of status pages, read again after a few seconds."""

    def __init__(self) -> None:
        self.slugs: dict[str, str] = {}
        self._read = float("-inf")

    def __contains__(self, name: object) -> bool:
        return name in self.slugs

    async def catch_up(self) -> None:
        """Read the host names if they are older than `POLL_SECONDS`."""
        if time.monotonic() - self._read > POLL_SECONDS:
            self._read = time.monotonic()
            self.slugs = await in_session(StatusPageCRUD.domains)


class OwnDomain:
    """ASGI middleware that maps such a host's root to its status page."""

    def __init__(self, app: ASGIApp, domains: Domains, is_ours: set[str]) -> None:
        """*is_ours* are the host names of Watchwright itself, which never belong to a page."""
        self._app, self._domains, self._ours = app, domains, is_ours

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with the page's path if the host belongs to a page."""
        if scope["type"] in ("http", "websocket") and route_path(scope) not in HEALTH:
            host = Headers(scope=scope).get("host", "").rpartition("@")[2].partition(":")[0].lower()
            if host and host not in self._ours and not host.replace(".", "").isdigit():
                await self._domains.catch_up()
                if slug := self._domains.slugs.get(host):
                    scope = dict(scope) | {"path": _path(str(scope["path"]), slug)}
                    scope["raw_path"] = scope["path"].encode()
        await self._app(scope, receive, send)


def _path(path: str, slug: str) -> str:
    if path.startswith((f"/status/{slug}/", "/static/")) or path == f"/status/{slug}":
        return path
    return f"/status/{slug}{path.rstrip('/')}"
