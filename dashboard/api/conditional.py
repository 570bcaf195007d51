"""ETags of REST v1 (RFC 9110, 13): what a program has already is not sent again, and what it has not seen not changed.

What is at an address is compared before its route is asked, so that the answer to who may not, or asks for nothing, is
the route's own; and again in the transaction that changes it, whichever server on the store that is.

A tag has two halves. The first names what a program may change, the second the whole answer, which tells of checks,
too. ``If-None-Match`` compares both, ``If-Match`` the first alone: a check that came in between is nobody's change.
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

from core.condition import on_condition
from core.errors import ChangedMeanwhile
from core.schemas import WebsiteRead, WebsiteWithStats
from dashboard.access import route_path
from dashboard.api import present
from dashboard.problems import problem

CHANGES = ("PATCH", "PUT", "DELETE")
MOVES_BY_ITSELF = frozenset(
    {"updated_at", "duration_seconds", "affected_checks_count", "is_down"}
    | (WebsiteWithStats.model_fields.keys() - WebsiteRead.model_fields.keys())
)
"""Fields that change without anybody's doing."""
NO_TAG = "There is nothing to compare If-Match with at this address; leave it out."
CHANGED = "It was changed meanwhile; get it again, and change that."


class Conditional:
    """ASGI middleware around the routes below *prefix*; changes of one address wait for each other."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app, self._prefix = app, prefix
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, unless the condition of the request does not hold."""
        if scope["type"] != "http" or not route_path(scope).startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        if scope["method"] == "GET":
            await self._app(scope, receive, _Tagged(send, tags_of(asked.get("if-none-match", ""))).send)
        elif scope["method"] in CHANGES:
            await self._change(scope, receive, send, asked.get("if-match"))
        else:
            await self._app(scope, receive, _Tagged(send).send)

    async def _change(self, scope: Scope, receive: Receive, send: Send, condition: str | None) -> None:
        tags = None if condition is None else tags_of(condition)
        # For what is not compared again in its transaction: the whole configuration, and a debug session that is ended
        # before it is deleted. Of that only what this server does meanwhile is seen.
        lock = self._locks.setdefault(route_path(scope), asyncio.Lock())
        async with lock:
            refusal = None if tags is None else await self._refusal(scope, tags)
            if refusal is None:
                with self._held_to(route_path(scope).removeprefix(self._prefix), tags):
                    await self._app(scope, receive, _Tagged(send).send)
                return
        await problem(412, refusal)(scope, receive, send)

    def _held_to(self, address: str, tags: list[str] | None) -> AbstractContextManager[None]:
        """Changes nothing of *address* within unless it is one of *tags* then, too."""
        if tags is None or "*" in tags or not present.is_known(address):
            return nullcontext()

        def check(db: Session) -> None:
            body = present.read_locked(db, address)
            if body is not None and not _is_among(tag_of(body), tags):
                raise ChangedMeanwhile(CHANGED)

        return on_condition(check)

    async def _refusal(self, scope: Scope, tags: list[str]) -> str | None:
        """Why what is there is none of *tags*; None where it is, or where the route itself says what is wrong."""
        status, tag = await self._current(scope)
        if status in (401, 403, 404):
            return None
        if tag is None:
            return NO_TAG
        return None if _is_among(tag, tags) else CHANGED

    async def _current(self, scope: Scope) -> tuple[int, str | None]:
        """The status and tag that a GET of the same address has."""
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
    """One answer on its way out; JSON that comes in one piece gets its tag, or is 304 where it is one of *known*."""

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
    """The entity tag of *body*, which is JSON."""
    whole = orjson.loads(body)
    kept = {name: value for name, value in whole.items() if name not in MOVES_BY_ITSELF} if _is_one(whole) else whole
    return f'"{_short(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS))}-{_short(body)}"'


def version_of(tag: str) -> str:
    """The half of *tag* that names what may be changed."""
    return tag.strip('"').partition("-")[0]


def tags_of(condition: str) -> list[str]:
    """The tags of a condition, without the mark of weak ones: proxies that compress put it on all."""
    return [tag.strip().removeprefix("W/") for tag in condition.split(",") if tag.strip()]


def _is_among(tag: str, tags: list[str]) -> bool:
    return "*" in tags or version_of(tag) in map(version_of, tags)


def _is_json(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    media_type = headers.get("content-type", "").partition(";")[0].strip()  # whole: application/jsonl is another one
    return start["status"] in (200, 201) and media_type == "application/json" and "etag" not in headers


def _is_one(whole: Any) -> bool:
    return isinstance(whole, dict) and "id" in whole


def _not_modified(start: Message, tag: str) -> Message:
    kept = [(name, value) for name, value in start["headers"] if name not in (b"content-length", b"content-type")]
    headers = MutableHeaders(raw=kept)
    headers["ETag"] = tag
    return {"type": "http.response.start", "status": 304, "headers": kept}


def _short(content: bytes) -> str:
    return sha256(content).hexdigest()[:16]
