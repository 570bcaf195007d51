"""ETags of REST v1 (RFC 9110, 13): unchanged responses are not sent again, and unseen changes are not overwritten.

If-Match is checked before the route runs, but after its access checks, so that refusals and 404 come from the route.
It is checked again in the transaction of the change, which also covers changes by other servers on the same store.

A tag has two halves. The first covers what a program may change, the second the whole response, including results of
checks. ``If-None-Match`` compares both halves. ``If-Match`` compares the first half only, because a new check is not a
change by somebody else.
"""

import asyncio
from contextlib import AbstractContextManager, nullcontext
from hashlib import sha256
from typing import Any
from weakref import WeakValueDictionary

import orjson
from sqlalchemy.orm import Session
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import ChangedMeanwhile
from core.schemas import WebsiteRead, WebsiteWithStats
from core.write_condition import on_condition
from dashboard.access import route_path
from dashboard.api import present
from dashboard.problems import problem

CHANGES = ("PATCH", "PUT", "DELETE")
MOVES_BY_ITSELF = frozenset(
    {"updated_at", "duration_seconds", "affected_checks_count", "is_down"}
    | (WebsiteWithStats.model_fields.keys() - WebsiteRead.model_fields.keys())
)
"""Fields that change without an action."""
NO_TAG = "This operation does not support If-Match. Remove the header."
CHANGED = "It has changed since. Read it again, then repeat your change."


class Conditional:
    """ASGI middleware around the routes below *prefix*. Changes of one address run one after another."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app, self._prefix = app, prefix
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on unless its condition is not met."""
        if scope["type"] != "http" or not route_path(scope).startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["method"] == "GET":
            await self._app(scope, receive, _Tagged(send, tags_of(headers.get("if-none-match", ""))).send)
        elif scope["method"] in CHANGES:
            await self._change(scope, receive, send, headers.get("if-match"))
        else:
            await self._app(scope, receive, _Tagged(send).send)

    async def _change(self, scope: Scope, receive: Receive, send: Send, condition: str | None) -> None:
        tags = None if condition is None else tags_of(condition)
        # For changes that are not compared again in their transaction: of the configuration, and of a debug session,
        # which is stopped before it is deleted. Only this server's changes are noticed there.
        lock = self._locks.setdefault(route_path(scope), asyncio.Lock())
        async with lock:
            refusal = None if tags is None else await self._refusal(scope, tags)
            if refusal is None:
                with self._held_to(route_path(scope).removeprefix(self._prefix), tags):
                    await self._app(scope, receive, _Tagged(send).send)
                return
        await problem(412, refusal)(scope, receive, send)

    def _held_to(self, address: str, tags: list[str] | None) -> AbstractContextManager[None]:
        """Within the block, let changes of *address* fail unless its tag is among *tags* in the same transaction."""
        if tags is None or "*" in tags or not present.is_known(address):
            return nullcontext()

        def check(db: Session) -> None:
            body = present.read_locked(db, address)
            if body is not None and not _is_among(tag_of(body), tags):
                raise ChangedMeanwhile(CHANGED)

        return on_condition(check)

    async def _refusal(self, scope: Scope, tags: list[str]) -> str | None:
        """Return why the address has none of *tags*; None if it has one, or if the route itself will refuse."""
        status, tag = await self._current(scope)
        if status in (401, 403, 404):
            return None
        if tag is None:
            return NO_TAG
        return None if _is_among(tag, tags) else CHANGED

    async def _current(self, scope: Scope) -> tuple[int, str | None]:
        """Return the status and ETag of a GET of the same address."""
        starts: list[Message] = []

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                starts.append(message)

        async def nothing() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        asking = dict(scope) | {"method": "GET", "query_string": b""}
        await self._app(asking, nothing, _Tagged(keep).send)
        return starts[0]["status"], Headers(raw=starts[0]["headers"]).get("etag")


class _Tagged:
    """One response. JSON in one piece gets an ETag, or becomes 304 if that is one of *known*."""

    def __init__(self, send: Send, known: list[str] | None = None) -> None:
        self._send, self._known = send, known or []
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_json(message):
            self._start = message
            return
        start, self._start = self._start, None
        if start is not None:
            if not message.get("more_body"):
                tag = tag_of(message.get("body", b""))
                MutableHeaders(raw=start["headers"])["ETag"] = tag
                if "*" in self._known or tag in self._known:
                    start, message = _not_modified(start, tag), {"type": "http.response.body", "body": b""}
            await self._send(start)
        await self._send(message)


def tag_of(body: bytes) -> str:
    """Return the ETag of *body*, which is JSON."""
    whole = orjson.loads(body)
    kept = (
        {name: value for name, value in whole.items() if name not in MOVES_BY_ITSELF}
        if _is_single_row(whole)
        else whole
    )
    return f'"{_short(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS))}-{_short(body)}"'


def version_of(tag: str) -> str:
    """Return the half of *tag* that covers what a program may change."""
    return tag.strip('"').partition("-")[0]


def tags_of(condition: str) -> list[str]:
    """Return the tags of a condition without their weak marks, which compressing proxies add."""
    return [tag.strip().removeprefix("W/") for tag in condition.split(",") if tag.strip()]


def _is_among(tag: str, tags: list[str]) -> bool:
    return "*" in tags or version_of(tag) in map(version_of, tags)


def _is_json(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    # Without parameters; application/jsonl must not match.
    media_type = headers.get("content-type", "").partition(";")[0].strip()
    return start["status"] in (200, 201) and media_type == "application/json" and "etag" not in headers


def _is_single_row(whole: Any) -> bool:
    return isinstance(whole, dict) and "id" in whole


def _not_modified(start: Message, tag: str) -> Message:
    kept = [(name, value) for name, value in start["headers"] if name not in (b"content-length", b"content-type")]
    headers = MutableHeaders(raw=kept)
    headers["ETag"] = tag
    return {"type": "http.response.start", "status": 304, "headers": kept}


def _short(content: bytes) -> str:
    return sha256(content).hexdigest()[:16]
