"""Traces API requests as spans of the caller's trace, by OpenTelemetry's conventions for HTTP servers."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import tracing
from dashboard.access import route_path

ITSELF_WRONG = 500  # status from which on a span counts as failed, by the conventions


class Spans:
    """ASGI middleware around the routes below *prefix*; does nothing if tracing is off."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app, self._prefix = app, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on within a span."""
        if not tracing.is_on() or scope["type"] != "http" or not route_path(scope).startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        method = str(scope["method"])
        request_headers = {
            name: value for name, value in Headers(scope=scope).items() if name in ("traceparent", "tracestate")
        }
        facts = {"http.request.method": method, "url.path": route_path(scope), "url.scheme": str(scope["scheme"])}
        with tracing.span(method, facts, kind="server", request_headers=request_headers) as span:

            async def send_noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.note({"http.response.status_code": message["status"]})
                    if message["status"] >= ITSELF_WRONG:
                        span.fail(str(message["status"]))
                await send(message)

            try:
                await self._app(scope, receive, send_noted)
            finally:
                if (route := self._route(scope)) is not None:
                    span.note({"http.route": route})
                    span.rename(f"{method} {route}")

    def _route(self, scope: Scope) -> str | None:
        """Return the path template of the route that answered, including the prefix."""
        path = getattr(scope.get("route"), "path", None)
        if not isinstance(path, str):
            return None
        return path if path.startswith(self._prefix) else f"{self._prefix.rstrip('/')}{path}"
