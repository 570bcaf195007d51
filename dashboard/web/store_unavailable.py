"""Answers for the application while the store is away: a page that comes back by itself, a problem for programs."""

import logging

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.away import WORDS, is_away
from dashboard import access
from dashboard.problems import problem
from dashboard.status import render

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 5  # until a page asks again, and programs had better
FOR_PROGRAMS = ("/api/", "/metrics", "/healthz", "/readyz")
TRY_AGAIN_LATER = 1013  # IANA's registry of WebSocket close codes
PAGE = f"{WORDS}, so this page cannot be shown. It asks again every {AGAIN_SECONDS} seconds; the server's log says why."


class StoreUnavailable:
    """ASGI middleware around all that asks the store."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; where the store is away before anything was answered, say so."""
        has_begun = False

        async def begin(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, begin)
        except Exception as error:  # whatever it is goes on, unless it is ours to answer
            if has_begun or scope["type"] not in ("http", "websocket") or not is_away(error):
                raise
            logger.warning("the store is away", extra={"path": scope["path"], "reason": str(error)})
            if scope["type"] == "http":
                await _answer(scope)(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": TRY_AGAIN_LATER, "reason": "the store is away"})


def _answer(scope: Scope) -> Response:
    again = {"Retry-After": str(AGAIN_SECONDS), "Cache-Control": "no-store"}
    if not _is_for_a_person(scope):
        return problem(503, f"{WORDS}; try again in some seconds.", headers=again)
    if scope["method"] == "GET":  # what was sent is not sent again unasked
        again["Refresh"] = str(AGAIN_SECONDS)
    page = render.small_page("Back in a moment", PAGE, root=scope.get("root_path", ""))
    return Response(page, 503, media_type="text/html; charset=utf-8", headers=again)


def _is_for_a_person(scope: Scope) -> bool:
    """Some browsers, as those of wall displays, say only that they take anything."""
    accepted = Headers(scope=scope).get("accept", "*/*").strip()
    return "text/html" in accepted or (accepted == "*/*" and not access.route_path(scope).startswith(FOR_PROGRAMS))
