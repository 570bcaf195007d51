"""Every route is closed to those who are not signed in, and to those whose role does not allow it."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session
from starlette.routing import BaseRoute, Route
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from core import database, signals
from core.accounts.actor import Actor, Permission
from core.accounts.tokens import token_hash
from core.clock import utc_now
from core.models import Role
from core.schemas import ApiTokenCreate, Scope, UserUpdate
from core.services import ApiTokenCRUD, SignInCRUD, UserCRUD
from dashboard import access, auth
from dashboard.access import COOKIE
from tests.accounts import COOKIE_TOKEN, HEADERS

NOBODY = {"authorization": ""}
MAY = {
    "nobody": set(),
    "viewer": {"read", "own"},
    "editor": {"read", "own", "debug", "write"},
    "administrator": {"read", "own", "debug", "write", "administer"},
    "read token": {"read"},
    "debug token": {"read", "debug"},
    "write token": {"read", "write"},
    "viewer's token with every scope": {"read"},
}
"""What each caller may do, in the words of `_kind`; the tokens are an administrator's unless they say otherwise."""


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """Every method and path, with the number of nothing that is stored."""
    return [
        (method, re.sub(r"\{\w+(:path)?\}", "999", path))
        for path, methods in _walk(app.routes)
        for method in sorted(methods)
    ]


def _walk(routes: Sequence[BaseRoute], below: str = "", own: str = "") -> Iterator[tuple[str, set[str]]]:
    """The routes of a router that is included *below* a path; its *own* prefix is in its routes' paths already."""
    for route in routes:
        if isinstance(route, Route):
            yield below + route.path, set(route.methods or ())
        elif (included := getattr(route, "original_router", None)) is not None:  # FastAPI's own record
            yield from _walk(included.routes, below + own, included.prefix)


async def test_every_route_is_closed_unless_it_is_marked_open(app: FastAPI, client: httpx.AsyncClient) -> None:
    walked = list(routes(app))
    assert len(walked) > 20

    for method, path in walked:
        for headers in (NOBODY, {"authorization": "Bearer ww_wrong"}, {"cookie": f"{COOKIE}=wrong"} | NOBODY):
            answer = await client.request(method, path, headers=headers)
            assert (answer.status_code == 401) != access.is_open(path), (method, path, answer.status_code)


async def test_each_caller_may_do_what_its_role_and_scope_allow(app: FastAPI, client: httpx.AsyncClient) -> None:
    callers = await database.in_session(_make_callers)

    for method, path in routes(app):
        for caller, headers in callers.items():
            answer = await client.request(method, path, headers=NOBODY | headers)
            is_allowed = access.is_open(path) or _kind(method, path) in MAY[caller]
            assert (answer.status_code not in (401, 403)) == is_allowed, (caller, method, path, answer.text)


async def test_the_description_names_the_scope_of_each_operation(client: httpx.AsyncClient) -> None:
    described: dict[str, Any] = (await client.get("/api/openapi.json")).json()["paths"]
    assert len(described) > 60

    for path, methods in described.items():
        for method, operation in methods.items():
            kind = _kind(method.upper(), path)
            scopes = [] if access.is_open(path) or kind in ("own", "administer") else [[kind]]
            assert [need["token"] for need in operation["security"] if "token" in need] == scopes, (method, path)


def _kind(method: str, path: str) -> str:
    """What docs/api.md and docs/configure.md call the thing that a request does."""
    noun, _slash, rest = path.removeprefix(access.API).partition("/")
    if noun.startswith(("users", "audit-events")):
        return "administer"
    if rest.startswith("sign-ins") or (noun in ("me", "tokens") and method not in access.SAFE_METHODS):
        return "own"
    if method in access.SAFE_METHODS:
        return "read"
    return "debug" if noun == "debug-sessions" else "write"


def _make_callers(db: Session) -> dict[str, dict[str, str]]:
    """The headers of each caller in `MAY`."""
    callers: dict[str, dict[str, str]] = {"nobody": {}}
    until = utc_now() + timedelta(days=1)
    users = {role: UserCRUD.create(db, name=f"a {role}", role=role) for role in Role}
    for role, user in users.items():
        SignInCRUD.create(db, user_id=user.id, token_hash=token_hash(f"browser of {role}"), expires_at=until)
        callers[role.lower()] = {"cookie": f"{COOKIE}=browser of {role}"}
    tokens = {f"{scope} token": (Role.ADMINISTRATOR, [scope]) for scope in Scope}
    for name, (role, scopes) in {**tokens, "viewer's token with every scope": (Role.VIEWER, list(Scope))}.items():
        ApiTokenCRUD.create(db, users[role].id, ApiTokenCreate(name=name, scopes=scopes), token_hash(f"ww_{name}"))
        callers[name] = {"authorization": f"Bearer ww_{name}"}
    return callers


async def test_the_demos_visitor_may_read_what_no_token_may() -> None:
    app = FastAPI()
    app.add_api_route("/api/v1/users", lambda: "all")
    app.add_middleware(auth.Guard, everybody=Actor(name="visitor", permissions=frozenset(Permission)))

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        answer = await client.get("/api/v1/users", headers=NOBODY)

    assert answer.json() == "all"


async def test_an_expired_token_is_refused(client: httpx.AsyncClient) -> None:
    def make(db: Session) -> None:
        user = UserCRUD.create(db, name="grace", role=Role.ADMINISTRATOR)
        data = ApiTokenCreate(name="t", scopes=list(Scope), expires_at=utc_now() - timedelta(seconds=1))
        ApiTokenCRUD.create(db, user.id, data, token_hash("ww_old"))

    await database.in_session(make)

    answer = await client.get("/api/v1/websites", headers={"authorization": "Bearer ww_old"})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("path", "next_path"), [("/websites/1?range=7d", "/websites/1%3Frange%3D7d"), ("/api/docs", "/api/docs")]
)
async def test_a_person_without_a_sign_in_is_redirected_to_the_form_and_back(
    client: httpx.AsyncClient, path: str, next_path: str
) -> None:
    answer = await client.get(path, headers=NOBODY | {"accept": "text/html,*/*"})

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/login?next={next_path}"


async def test_a_program_without_a_sign_in_is_told_so(client: httpx.AsyncClient) -> None:
    for path, accept in (("/api/docs", "*/*"), ("/api/v1/websites", "text/html,*/*")):
        assert (await client.get(path, headers=NOBODY | {"accept": accept})).status_code == 401


async def test_a_cookie_is_accepted_like_a_token(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/websites", headers=NOBODY | {"cookie": f"{COOKIE}={COOKIE_TOKEN}"})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("authorization", "status"), [("Bearer ey.of.a-proxy", 200), ("Basic eDp5", 200), ("Bearer ww_of-nobody", 401)]
)
async def test_a_proxys_bearer_token_does_not_replace_the_cookie(
    client: httpx.AsyncClient, authorization: str, status: int
) -> None:
    headers = {"authorization": authorization, "cookie": f"{COOKIE}={COOKIE_TOKEN}"}

    assert (await client.get("/api/v1/websites", headers=headers)).status_code == status
    assert (await client.get("/api/v1/websites", headers=headers | {"cookie": ""})).status_code == 401


async def test_the_actor_is_set_for_the_application(app: FastAPI, client: httpx.AsyncClient) -> None:
    seen: list[Actor] = []

    @app.get("/seen")
    def see() -> None:
        from dashboard.current_actor import current_actor

        seen.append(current_actor())

    await client.get("/seen", headers=HEADERS)

    assert [actor.name for actor in seen] == ["token tests of ada"]


async def test_the_socket_needs_a_sign_in(app: FastAPI) -> None:
    socket = Socket(app, cookie="wrong")

    assert await socket.said() == {"type": "websocket.close", "code": 1008, "reason": "not signed in"}


async def test_the_socket_closes_when_its_sign_in_ends(app: FastAPI) -> None:
    socket = Socket(app, cookie=COOKIE_TOKEN)
    await socket.tell({"type": "websocket.receive", "text": "still here"})
    assert [(await socket.said())["type"] for _message in range(2)] == ["websocket.accept", "websocket.send"]

    (sign_in,) = (await database.in_session(SignInCRUD.get_by_user, 1))[0]
    signals.sign_in_ended.send(signals.SignInEnded(sign_in_id=sign_in.id))

    assert await socket.said() == {"type": "websocket.close", "code": 1008, "reason": "signed out"}
    await asyncio.wait_for(socket.served, 5)


async def test_socket_closes_when_its_role_changes_without_a_signal(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "RECHECK_SECONDS", 0.05)
    socket = Socket(app, cookie=COOKIE_TOKEN)
    await socket.tell({"type": "websocket.receive", "text": "still here"})
    assert [(await socket.said())["type"] for _message in range(2)] == ["websocket.accept", "websocket.send"]

    def demote(db: Session) -> None:  # as the command line of another machine does
        UserCRUD.create(db, name="grace", role=Role.ADMINISTRATOR)
        UserCRUD.update(db, 1, UserUpdate(role=Role.VIEWER))

    await database.in_session(demote)

    assert await socket.said() == {"type": "websocket.close", "code": 1008, "reason": "signed out"}


class Socket:
    """A browser's WebSocket, which *app* serves with an echo."""

    def __init__(self, app: FastAPI, *, cookie: str) -> None:
        @app.websocket("/socket")
        async def echo(socket: WebSocket) -> None:
            await socket.accept()
            with suppress(WebSocketDisconnect):
                while True:
                    await socket.send_text(await socket.receive_text())

        headers = [(b"host", b"127.0.0.1:8080"), (b"cookie", f"{COOKIE}={cookie}".encode())]
        scope = {"type": "websocket", "path": "/socket", "headers": headers, "query_string": b"", "subprotocols": []}
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._from_app: asyncio.Queue[Message] = asyncio.Queue()
        self._to_app.put_nowait({"type": "websocket.connect"})
        self.served = asyncio.ensure_future(app(scope, self._to_app.get, self._from_app.put))

    async def tell(self, message: Message) -> None:
        await self._to_app.put(message)

    async def said(self) -> Message:
        return await asyncio.wait_for(self._from_app.get(), 5)
