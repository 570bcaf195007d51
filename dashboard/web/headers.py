"""Sets security headers on every response, and a content security policy on every page.

Scripts run only from our own files, or with the nonce of their response. NiceGUI needs ``unsafe-eval``, as it compiles
templates in the browser, and inline styles.
"""

import secrets
from email.utils import formatdate

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import access
from dashboard.access import route_path

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # URLs reveal what is watched
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; frame-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""The policy of responses that are no page: opened directly, they may do nothing.

A compressed page gets it too. No nonce can be put into its scripts, so it must be compressed further out.
"""
OURS = ("/static/", "/_nicegui/")
"""Prefixes of our scripts and styles. The policy of the page that loads them applies."""
# NiceGUI passes a page's elements, including captured text, to its script as one raw string.
ELEMENTS_BEGIN, ELEMENTS_END = b"parseElements(String.raw`", b"`), {"


class SecurityHeaders:
    """The outermost ASGI middleware but one, so that refusals get the headers too. A response's own headers stay."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add headers to its response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _Answer(route_path(scope), send).send)


class _Answer:
    """One response. A page is buffered until it is complete, to put the nonce into its scripts."""

    def __init__(self, path: str, send: Send) -> None:
        self._path, self._send = path, send
        self._start: Message | None = None
        self._body = bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = self._with_headers(message)
            is_page = headers.get("content-type", "").startswith("text/html")
            if is_page and "content-security-policy" not in headers and "content-encoding" not in headers:
                self._start = message
                return
            if not self._path.startswith(OURS):
                headers.setdefault("Content-Security-Policy", DATA_POLICY)
        elif self._start is not None and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            message = await self._begin_page(self._start)
        await self._send(message)

    def _with_headers(self, message: Message) -> MutableHeaders:
        headers = MutableHeaders(raw=message.setdefault("headers", []))
        for name, value in ALWAYS.items():
            headers.setdefault(name, value)
        headers.setdefault("Date", formatdate(usegmt=True))
        if not access.is_open(self._path):  # other sites may embed badges
            headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return headers

    async def _begin_page(self, start: Message) -> Message:
        nonce = secrets.token_urlsafe(16)
        body = with_nonce(bytes(self._body), nonce)
        headers = MutableHeaders(raw=start["headers"])
        headers["Content-Security-Policy"] = POLICY.format(nonce=nonce)
        if "content-length" in headers and self._body:  # a HEAD response has a length but no body
            headers["Content-Length"] = str(len(body))
        self._start = None
        await self._send(start)
        return {"type": "http.response.body", "body": body}


def with_nonce(page: bytes, nonce: str) -> bytes:
    """Return *page* with *nonce* in each of its own script tags, but not in text that its elements show."""
    head, begin, rest = page.partition(ELEMENTS_BEGIN)
    elements, end, tail = rest.rpartition(ELEMENTS_END)
    tag = f'<script nonce="{nonce}"'.encode()
    return b"".join((head.replace(b"<script", tag), begin, elements, end, tail.replace(b"<script", tag)))
