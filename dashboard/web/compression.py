"""Compresses responses, and compresses files that never change only once, not for each browser.

Pages are compressed last, by `PageCompression`, because `SecurityHeaders` writes into them.
"""

from nicegui import __version__
from starlette.datastructures import Headers
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LASTING = f"/_nicegui/{__version__}/"  # scripts, styles and fonts; their addresses change when they do
LEVEL = 6  # of 9; that takes twice the time and saves 1 % of the bytes
PAGE = "text/html"
NO_PAGES = (
    *("application/*", "audio/*", "font/*", "image/*", "video/*"),
    *("text/css", "text/csv", "text/event-stream", "text/javascript", "text/plain"),
)


class PageCompression(GZipMiddleware):
    """Compresses pages only."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app, compresslevel=LEVEL, exclude_content_types=NO_PAGES)


class Compression(GZipMiddleware):
    """Compresses NiceGUI's and our own files. Caches each unchanging file as sent: about 2 MB in all."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app, compresslevel=LEVEL, exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, PAGE))
        self._kept: dict[tuple[str, bool], list[Message]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from the cache if possible."""
        key = _key(scope)
        if key is None:
            await super().__call__(scope, receive, send)
        elif cached := self._kept.get(key):
            for message in cached:
                await send(_copy(message))
        else:
            await self._keep(key, scope, receive, send)

    async def _keep(self, key: tuple[str, bool], scope: Scope, receive: Receive, send: Send) -> None:
        sent: list[Message] = []

        async def keep(message: Message) -> None:
            sent.append(_copy(message))
            await send(message)

        await super().__call__(scope, receive, keep)
        if _is_whole(sent) and sent[0]["status"] == 200:
            self._kept[key] = sent


def _is_whole(sent: list[Message]) -> bool:
    """Return whether a response was sent to its end: it stops anywhere if the browser leaves."""
    return bool(sent) and sent[-1]["type"] == "http.response.body" and not sent[-1].get("more_body")


def _key(scope: Scope) -> tuple[str, bool] | None:
    """Return the cache key of a request for a whole unchanging file; None for all other requests.

    Requests with a query are not cached: a client could fill the memory with them.
    """
    if scope["type"] != "http" or scope["method"] != "GET" or scope["query_string"]:
        return None
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    headers = Headers(scope=scope)
    if not path.startswith(LASTING) or "range" in headers or "if-none-match" in headers:
        return None
    return path, "gzip" in headers.get("accept-encoding", "")


def _copy(message: Message) -> Message:
    """Return *message* with its own list of headers, as outer middleware adds to it."""
    return {**message, "headers": list(message["headers"])} if "headers" in message else {**message}
