"""Status pages at host names of their own: what is asked of such a host is that page and nothing else."""

import time

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from core.database import in_session
from core.services import StatusPageCRUD
from dashboard.access import HEALTH, route_path

LOOK_SECONDS = 5.0  # how late a new domain may be known


class Domains:
    """The host names of status pages; read again every few seconds at most."""

    def __init__(self) -> None:
        self.slugs: dict[str, str] = {}
        self._read = float("-inf")

    def __contains__(self, name: object) -> bool:
        return name in self.slugs

    async def catch_up(self) -> None:
        """Read them again if that was long ago."""
        if time.monotonic() - self._read > LOOK_SECONDS:
            self._read = time.monotonic()
            self.slugs = await in_session(StatusPageCRUD.domains)


class OwnDomain:
    """ASGI middleware that leads such a host's root to its page."""

    def __init__(self, app: ASGIApp, domains: Domains, is_ours: set[str]) -> None:
        """*is_ours* are the names under which Watchwright itself is known, which are never a page's."""
        self._app, self._domains, self._ours = app, domains, is_ours

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the page's path where the host is one's."""
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
