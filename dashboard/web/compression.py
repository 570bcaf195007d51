"""What goes over the wire is compressed, and what never changes is compressed once, not for each browser."""

from nicegui import __version__
from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LASTING = f"/_nicegui/{__version__}/"  # scripts, styles and fonts; their addresses change when they do
LEVEL = 6  # of 9, which takes twice the time for a hundredth of the bytes


class Compression(GZipMiddleware):
    """In the place of NiceGUI's own; it holds each lasting file once, as sent: about 2 MB in all."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app, compresslevel=LEVEL)
        self._kept: dict[tuple[str, bool], list[Message]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept where that can be."""
        key = _key(scope)
        if key is None:
            await super().__call__(scope, receive, send)
        elif kept := self._kept.get(key):
            for message in kept:
                await send(_copy(message))
        else:
            await self._keep(key, scope, receive, send)

    async def _keep(self, key: tuple[str, bool], scope: Scope, receive: Receive, send: Send) -> None:
        sent: list[Message] = []

        async def keep(message: Message) -> None:
            sent.append(_copy(message))
            await send(message)

        await super().__call__(scope, receive, keep)
        if sent and sent[0].get("status") == 200 and not sent[-1].get("more_body"):
            self._kept[key] = sent


def _key(scope: Scope) -> tuple[str, bool] | None:
    """By what a whole lasting file is kept; None for all else.

    An address with a query is not kept: there is no end of those, as there is of files.
    """
    if scope["type"] != "http" or scope["method"] != "GET" or scope["query_string"]:
        return None
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    headers = Headers(scope=scope)
    if not path.startswith(LASTING) or "range" in headers or "if-none-match" in headers:
        return None
    return path, "gzip" in headers.get("accept-encoding", "")


def _copy(message: Message) -> Message:
    """With headers of its own: what is around us adds some to each answer."""
    return {**message, "headers": list(message["headers"])} if "headers" in message else {**message}
