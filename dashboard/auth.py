"""Closes every page, socket and route to visitors who are not signed in, unless `access` opens it."""

import asyncio
import logging
from collections import defaultdict
from functools import partial
from urllib.parse import quote

from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import signals
from core.accounts import identify
from core.accounts.actor import NOBODY, Actor
from core.accounts.tokens import API_PREFIX, token_hash
from core.database import in_session
from core.errors import NotAllowed
from dashboard import access
from dashboard.current_actor import acting_as
from dashboard.problems import problem
from dashboard.web.last_seen import LastSeen

logger = logging.getLogger(__name__)

RECHECK_SECONDS = 30.0  # how late an open page notices that its sign-in or role changed without a signal
POLICY_VIOLATION = 1008  # RFC 6455, 7.4.1


class Guard:
    """ASGI middleware that identifies the actor of each request and refuses what the actor may not do."""

    def __init__(self, app: ASGIApp, *, everybody: Actor | None = None) -> None:
        """*everybody* is the actor of requests that are not signed in; only the demo gives one."""
        self._app = app
        self._everybody = everybody or NOBODY
        self._sightings = LastSeen()
        self._sockets: dict[int, set[asyncio.Event]] = defaultdict(set)
        signals.sign_in_ended.connect(self._on_sign_in_ended)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Identify the actor, then pass the request on or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        is_open = access.is_open(access.route_path(scope))
        actor = await self._actor_or_nobody(scope) if is_open else await self._actor(scope)
        scope.setdefault("state", {})["actor"] = actor
        with acting_as(actor):
            if is_open:
                await self._app(scope, receive, send)
                return
            refusal = _refusal(actor, scope)
            if refusal is None and scope["type"] == "websocket":
                await self._serve_socket(actor, scope, receive, send)
            elif refusal is None:
                await self._app(scope, receive, send)
            elif scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": "not signed in"})
            else:
                await refusal(scope, receive, send)

    async def _actor_or_nobody(self, scope: Scope) -> Actor:
        """Return the actor, or NOBODY while the store is unavailable: /readyz, for one, must still answer."""
        try:
            return await self._actor(scope)
        except SQLAlchemyError:
            return NOBODY

    async def _actor(self, scope: Scope) -> Actor:
        headers = Headers(scope=scope)
        address = scope["client"][0] if scope.get("client") else None
        scheme, _blank, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and (token := token.strip()):
            program = await in_session(identify.by_api_token, token, address)
            if program is not None:
                await self._sightings.note(token_hash(token), partial(identify.record_token_use, token=token))
                return program
            if token.startswith(API_PREFIX):
                return NOBODY  # a bearer token of another form may belong to a proxy that signs people in
        cookie = cookie_parser(headers.get("cookie", "")).get(access.COOKIE)
        person = await in_session(identify.by_cookie, cookie, address) if cookie else None
        if cookie and person is not None:
            await self._sightings.note(
                token_hash(cookie), partial(identify.record_visit, token=cookie, address=address)
            )
        return person or self._everybody

    async def _serve_socket(self, actor: Actor, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a socket until its sign-in ends."""
        ended = asyncio.Event()
        watch = asyncio.create_task(self._poll_sign_in(actor, scope, ended), name="sign-in of a socket")
        if actor.sign_in_id is not None:
            self._sockets[actor.sign_in_id].add(ended)
        try:
            await self._app(scope, _receive_until(ended, receive, send), send)
        finally:
            watch.cancel()
            if actor.sign_in_id is not None:
                self._forget(actor.sign_in_id, ended)

    async def _poll_sign_in(self, actor: Actor, scope: Scope, ended: asyncio.Event) -> None:
        while not ended.is_set():
            await asyncio.sleep(RECHECK_SECONDS)
            try:
                if await self._actor(scope) != actor:  # signed out, or with another role
                    ended.set()
            except SQLAlchemyError:  # a store that is briefly unavailable must not sign anybody out
                logger.warning("cannot check whether a sign-in is still valid", exc_info=True)

    def _forget(self, sign_in_id: int, ended: asyncio.Event) -> None:
        self._sockets[sign_in_id].discard(ended)
        if not self._sockets[sign_in_id]:
            del self._sockets[sign_in_id]

    def _on_sign_in_ended(self, fact: signals.SignInEnded) -> None:
        for ended in self._sockets.get(fact.sign_in_id, ()):
            ended.set()


def _receive_until(ended: asyncio.Event, receive: Receive, send: Send) -> Receive:
    """Return *receive*, changed to close the socket and report a disconnect once *ended* is set."""

    async def receive_until() -> Message:
        message = asyncio.ensure_future(receive())
        over = asyncio.ensure_future(ended.wait())
        await asyncio.wait({message, over}, return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        if not ended.is_set():
            return message.result()
        message.cancel()
        await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": "signed out"})
        return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}

    return receive_until


def _refusal(actor: Actor, scope: Scope) -> Response | None:
    """Return the response to send instead; None if *actor* may go on."""
    method = scope.get("method", "GET")
    path = access.route_path(scope)
    if actor == NOBODY:
        if (
            method == "GET"
            and "text/html" in Headers(scope=scope).get("accept", "")
            and not path.startswith(access.API)
        ):
            wanted = path + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
            return RedirectResponse(f"{scope.get('root_path', '')}/login?next={quote(wanted, safe='/')}", 303)
        detail = "Sign in, or send an API token as `Authorization: Bearer TOKEN`."
        return problem(401, detail, headers={"WWW-Authenticate": "Bearer"})
    if actor.is_token and access.needs_person(method, path):
        return problem(403, "An API token cannot do this. Sign in to the dashboard.")
    try:
        actor.require(access.needed(method, path, scope.get("query_string", b"").decode("latin-1")))
    except NotAllowed as error:
        return problem(403, str(error))
    return None
