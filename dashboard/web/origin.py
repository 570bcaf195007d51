"""Refuses requests from other sites: changes, and every socket, must come from our own pages.

Another site can make a visitor's browser send us requests with the visitor's cookie. A form or script reveals itself
by its ``Origin``. A host name that the site points at this machine (DNS rebinding) reveals itself by its ``Host``.
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
    """ASGI middleware that answers 403 to requests for an unknown host or from another origin."""

    def __init__(self, app: ASGIApp, settings: Settings, others: Container[str] = ()) -> None:
        """*others* are further host names of ours, such as those of status pages. They may change at any time."""
        self._app = app
        self._public = _origin(settings.public_url or "")
        self._names = self.names(settings)
        self._others = others

    @staticmethod
    def names(settings: Settings) -> set[str]:
        """Return the host names that the settings give us."""
        return {name for name in ("localhost", settings.host, urlsplit(settings.public_url or "").hostname) if name}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass our own requests on and refuse others."""
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
            if not host:
                return "The request has no Host header. Send the name or address of this server in it."
            return f"Unknown host name {host[:100]}. Set WATCHWRIGHT_PUBLIC_URL to the address that people use."
        origin = headers.get("origin")
        if is_safe or origin is None:
            return None  # a script of another site always sends an Origin (Fetch standard, 3.2)
        # A proxy may not tell that it speaks https. A page over http must not act over https: anybody may have sent it.
        schemes = {"https"} if scope.get("scheme") in ("https", "wss") else {"https", "http"}
        if (theirs := _origin(origin)) and theirs in {self._public, *(_origin(f"{one}://{host}") for one in schemes)}:
            return None
        return (
            f"Requests from other sites, such as {origin[:100]}, are refused. If people use this server at that "
            "address, set WATCHWRIGHT_PUBLIC_URL to it."
        )

    def _is_ours(self, name: str | None) -> bool:
        if not name:
            return False
        if name in self._names or name in self._others:
            return True
        try:
            ip_address(name)  # an IP address cannot be rebound, only a name can
        except ValueError:
            return False
        return True


def _is_scraped(scope: Scope, headers: Headers) -> bool:
    """Return whether this is a scrape by Prometheus, which cannot set the Host and may use a container's name.

    /metrics needs a valid token, and a browser has no token to send to a rebound name.
    """
    is_metrics = scope["type"] == "http" and access.route_path(scope) == access.METRICS
    return is_metrics and headers.get("authorization", "").lower().startswith("bearer ")


def _origin(url: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of *url*; None if it has none, as ``null`` of a sandboxed frame."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (ValueError, KeyError):
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None


def _hostname(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:  # such as an unclosed bracket
        return None
