"""Keeps other sites' scripts out: what changes something, and every socket, must come from our own pages.

A page elsewhere can make a visitor's browser ask us with the visitor's cookie: by a form or a script (its ``Origin``
tells), or by a name that it lets resolve to this machine (DNS rebinding; the ``Host`` tells).
"""

from collections.abc import Container
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from core.config import Settings
from dashboard import access


class SameOrigin:
    """ASGI middleware that answers 403 to requests for a strange host, or from a strange origin."""

    def __init__(self, app: ASGIApp, settings: Settings, others: Container[str] = ()) -> None:
        """*others* are further host names that are ours, such as those of status pages; may change."""
        self._app = app
        self._public = urlsplit(settings.public_url or "").hostname
        self._names = self.names(settings)
        self._others = others

    @staticmethod
    def names(settings: Settings) -> set[str]:
        """The names under which we are known by the settings."""
        return {name for name in ("localhost", settings.host, urlsplit(settings.public_url or "").hostname) if name}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is ours, refuse what is not."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers, is_safe = Headers(scope=scope), scope["type"] == "http" and scope["method"] in access.SAFE_METHODS
        is_health = is_safe and access.route_path(scope) in access.HEALTH
        problem = None if is_health else self._problem(scope, headers, is_safe=is_safe)
        if problem is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "refused"})
        else:
            body = {"type": "about:blank", "title": "Forbidden", "status": 403, "detail": problem}
            await JSONResponse(body, 403, media_type="application/problem+json")(scope, receive, send)

    def _problem(self, scope: Scope, headers: Headers, *, is_safe: bool) -> str | None:
        host = headers.get("host", "")
        if not self._is_ours(_hostname(f"//{host}")) and not _is_scraped(scope, headers):
            return (
                f"This server is not known as {host[:100]}; set WATCHWRIGHT_PUBLIC_URL to the address that people use."
            )
        origin = headers.get("origin")
        if is_safe or origin is None:
            return None  # without an Origin it was no script of a page elsewhere (Fetch standard, 3.2)
        same = origin.lower().partition("://")[2] == host.lower()
        if same or self._is_public(_hostname(origin)):
            return None
        return (
            f"Requests from other sites, such as {origin[:100]}, are refused; "
            "if people use this one by that address, set WATCHWRIGHT_PUBLIC_URL to it."
        )

    def _is_public(self, name: str | None) -> bool:
        return name is not None and name == self._public

    def _is_ours(self, name: str | None) -> bool:
        if not name:
            return False
        if name in self._names or name in self._others:
            return True
        try:
            ip_address(name)  # an address is what it says; only a name can be made to lead elsewhere
        except ValueError:
            return False
        return True


def _is_scraped(scope: Scope, headers: Headers) -> bool:
    """Whether Prometheus asks, by the name of a container perhaps: it cannot be told to name another host.

    Without a token that holds nobody gets anything there, and no browser has one for a name that was made to lead here.
    """
    is_metrics = scope["type"] == "http" and access.route_path(scope) == access.METRICS
    return is_metrics and headers.get("authorization", "").lower().startswith("bearer ")


def _hostname(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:  # such as an unclosed bracket; what cannot be read is not ours
        return None
