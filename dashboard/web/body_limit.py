"""Refuses requests with large bodies, which would be read into memory as a whole."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import access
from dashboard.problems import problem

OPEN_BYTES = 64 * 1024  # without a sign-in: forms of a few fields
CLOSED_BYTES = 32 * 1024 * 1024  # a configuration of 10,000 websites has 5 MB
READ_IN_PARTS = frozenset({f"{access.API}debug-sessions/import"})
"""Addresses that read the body in parts and limit it themselves."""


class BodyLimit:
    """ASGI middleware that answers 413 to such a request. It runs inside `Guard`, which needs no body to refuse."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and stop reading where its body becomes too large."""
        if scope["type"] != "http" or (path := access.route_path(scope)) in READ_IN_PARTS:
            await self._app(scope, receive, send)
            return
        limit_bytes = OPEN_BYTES if access.is_open(path) else CLOSED_BYTES
        body = _Body(receive, send, limit_bytes)
        if _announced_bytes(scope) <= limit_bytes:
            await self._serve(scope, body)
        else:
            body.is_too_large = True
        if body.is_too_large and not body.is_answered:
            detail = f"The body is too large. Send at most {limit_bytes // 1024:,} KiB."
            await problem(413, detail, headers={"Connection": "close"})(scope, receive, send)

    async def _serve(self, scope: Scope, body: "_Body") -> None:
        try:
            await self._app(scope, body.receive, body.send)
        except Exception:  # any error: an application that misses the rest of a body may raise its own
            if not body.is_too_large:
                raise


class _Body:
    """The body of one request. The application sees a disconnect once it is too large, and its response is dropped."""

    def __init__(self, receive: Receive, send: Send, limit_bytes: int) -> None:
        self._receive, self._send = receive, send
        self._left_bytes = limit_bytes
        self.is_too_large = False
        self.is_answered = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._left_bytes -= len(message.get("body", b""))
        if self._left_bytes >= 0:
            return message
        self.is_too_large = True
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if self.is_answered or not self.is_too_large:
            self.is_answered = True
            await self._send(message)


def _announced_bytes(scope: Scope) -> int:
    """Return the length of the body by its header; 0 if it is not announced, as in a chunked body."""
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isascii() and length.isdecimal() and len(length) < 20 else 0
