"""Answers while the store is unavailable: with a page that reloads itself, or a problem document for programs."""

import logging

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.store_availability import is_store_unavailable, unavailability
from dashboard import access
from dashboard.problems import problem
from dashboard.status import render

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 5  # until a page reloads itself, and for programs to wait
FOR_PROGRAMS = ("/api/", "/metrics", "/healthz", "/readyz")
TRY_AGAIN_LATER = 1013  # IANA's registry of WebSocket close codes
RELOADS = f"This page reloads every {AGAIN_SECONDS} seconds."


class StoreUnavailable:
    """ASGI middleware around everything that uses the store."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on. If the store fails before a response has begun, answer 503."""
        has_begun = False

        async def begin(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, begin)
        except Exception as error:  # any error is raised again, unless the store is unavailable
            if has_begun or scope["type"] not in ("http", "websocket") or not is_store_unavailable(error):
                raise
            logger.warning("the database is unavailable", extra={"path": scope["path"], "reason": str(error)})
            if scope["type"] == "http":
                await _answer(scope, error)(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": TRY_AGAIN_LATER, "reason": "database unavailable"})


def _answer(scope: Scope, error: Exception) -> Response:
    again = {"Retry-After": str(AGAIN_SECONDS), "Cache-Control": "no-store"}
    if not _is_for_a_person(scope):
        return problem(503, unavailability(error), headers=again)
    if scope["method"] == "GET":
        again["Refresh"] = str(AGAIN_SECONDS)
        words = unavailability(error, otherwise=RELOADS)
    else:  # a POST must not be repeated without the reader
        words = unavailability(error)
    words = f"{words} See the server log for the reason."
    page = render.small_page("Temporarily unavailable", words, root=scope.get("root_path", ""))
    return Response(page, 503, media_type="text/html; charset=utf-8", headers=again)


def _is_for_a_person(scope: Scope) -> bool:
    """Return whether a person asks. Some browsers, such as wall displays, accept only ``*/*``."""
    accepted = Headers(scope=scope).get("accept", "*/*").strip()
    return "text/html" in accepted or (accepted == "*/*" and not access.route_path(scope).startswith(FOR_PROGRAMS))
