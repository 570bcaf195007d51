"""Makes sure that a request's client address is an IP address, whatever a proxy has forwarded."""

from ipaddress import ip_address

from starlette.types import ASGIApp, Receive, Scope, Send


class ClientAddress:
    """ASGI middleware that removes a client address that is not an IP address.

    uvicorn takes the address from ``X-Forwarded-For`` of a trusted proxy without a check. It may be any text, such as
    ``unknown``.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with an IP address as client, or with no client."""
        if scope.get("client"):
            host, port = scope["client"]
            scope = {**scope, "client": (host, port) if _is_ip_address(host) else None}
        await self._app(scope, receive, send)


def _is_ip_address(host: str) -> bool:
    try:
        return not getattr(ip_address(host), "scope_id", None)  # a zone may be any text
    except ValueError:
        return False
