"""Speaks the Chrome DevTools Protocol: commands, responses and events on sessions over one connection."""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from core.errors import BrowserError

logger = logging.getLogger(__name__)

Params = dict[str, Any]
"""The parameters of a command or event, or a nested part of them, with the protocol's names."""
EventHandler = Callable[["CdpSession", str, Params], None]

COMMAND_TIMEOUT_SECONDS = 30.0  # longer than any of our commands takes in a healthy browser


class CdpError(BrowserError):
    """The browser refused a command, or went away before it answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetInfo:
    """The target that a CDP session is attached to (CDP ``Target.TargetInfo``)."""

    id: str
    type: str
    """page, iframe, worker, worklet, shared_worker, service_worker, browser."""
    url: str = ""
    context_id: str | None = None
    opener_id: str | None = None

    @classmethod
    def parse(cls, info: dict[str, Any]) -> "TargetInfo":
        return cls(
            id=info["targetId"],
            type=info["type"],
            url=info.get("url", ""),
            context_id=info.get("browserContextId"),
            opener_id=info.get("openerId"),
        )


class Transport(Protocol):
    """Sends a session's messages: `CdpConnection` over a pipe or socket, or a parent session."""

    def write(self, session: "CdpSession", message: dict[str, Any]) -> None:
        """Send *message*.

        Raises:
            CdpError: The browser is gone.
        """


class CdpSession:
    """A CDP session that is attached to one target. It calls `on_event` with its events in the browser's order."""

    def __init__(self, transport: Transport, session_id: str, target: TargetInfo) -> None:
        self.transport = transport
        self.id = session_id
        self.target = target
        self.on_event: EventHandler = _ignore
        self._why_closed: str | None = None
        self._last_id = 0
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def send(
        self, method: str, params: dict[str, Any] | None = None, *, timeout: float = COMMAND_TIMEOUT_SECONDS
    ) -> dict[str, Any]:
        """Send a command and return its result.

        Raises:
            CdpError: The browser refused the command, did not answer within *timeout* seconds, or went away.
        """
        answer = self._post(method, params)
        try:
            async with asyncio.timeout(timeout):
                return await answer
        except TimeoutError as error:
            raise CdpError(f"The browser did not answer {method} within {timeout:g} s.") from error

    def post(self, method: str, params: dict[str, Any] | None = None) -> None:
        """Send a command without waiting for its result; errors are ignored."""
        try:
            self._post(method, params).add_done_callback(_forget)
        except CdpError:
            logger.debug("a command was sent to a closed session", extra={"method": method})

    def receive(self, message: dict[str, Any]) -> None:
        """Handle one message from the browser: a response or an event."""
        if "id" not in message:
            self.on_event(self, message["method"], message.get("params") or {})
            return
        answer = self._answers.pop(message["id"], None)
        if answer is None or answer.done():
            return
        if "error" in message:
            answer.set_exception(CdpError(str(message["error"].get("message", "the browser refused a command"))))
        else:
            answer.set_result(message.get("result") or {})

    @property
    def is_closed(self) -> bool:
        """Whether the target or the whole browser is gone."""
        return self._why_closed is not None

    def close(self, reason: str = "The page was closed.") -> None:
        """Close the session: all pending and later commands fail with *reason*."""
        self._why_closed = reason
        answers, self._answers = self._answers, {}
        for answer in answers.values():
            if not answer.done():
                answer.set_exception(CdpError(reason))
                answer.add_done_callback(_forget)

    def _post(self, method: str, params: dict[str, Any] | None) -> asyncio.Future[dict[str, Any]]:
        if self._why_closed is not None:
            raise CdpError(self._why_closed)
        self._last_id += 1
        message: dict[str, Any] = {"id": self._last_id, "method": method, "params": params or {}}
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[self._last_id] = answer
        self.transport.write(self, message)
        return answer


class CdpConnection:
    """A connection to a browser over a pipe or socket, with flat sessions: each message contains its session's id."""

    def __init__(self, send_bytes: Callable[[bytes], None]) -> None:
        """*send_bytes* sends one complete message and adds the framing that the browser expects."""
        self._send_bytes = send_bytes
        self.root = CdpSession(self, "", TargetInfo(id="", type="browser"))
        self.is_closed = False
        self.closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Completes with the reason when the connection closes."""
        self._sessions: dict[str, CdpSession] = {"": self.root}

    def open_session(self, session_id: str, target: TargetInfo) -> CdpSession:
        """Create the session that the browser announced in ``Target.attachedToTarget``."""
        session = CdpSession(self, session_id, target)
        self._sessions[session_id] = session
        return session

    def close_session(self, session_id: str) -> CdpSession | None:
        """Remove and return a session that the browser detached; None if there is no such session."""
        session = self._sessions.pop(session_id, None)
        if session is not None:
            session.close()
        return session

    def write(self, session: CdpSession, message: dict[str, Any]) -> None:
        if self.is_closed:
            raise CdpError(self.closed.result())
        if session.id:
            message["sessionId"] = session.id
        self._send_bytes(orjson.dumps(message))

    def receive(self, data: bytes) -> None:
        """Handle one complete message from the browser."""
        message = parsed(data)
        session = self._sessions.get(message.get("sessionId", ""))
        if session is None:
            return  # a late message of a closed session
        try:
            session.receive(message)
        except Exception:  # go on with the other events
            logger.exception("a protocol event could not be handled", extra={"method": message.get("method")})

    def close(self, reason: str = "The browser has ended.") -> None:
        """Close the connection and all its sessions: all pending commands fail with *reason*."""
        if self.is_closed:
            return
        self.is_closed = True
        for session in list(self._sessions.values()):
            session.close(reason)
        if not self.closed.done():
            self.closed.set_result(reason)


def parsed(message: bytes | str) -> dict[str, Any]:
    """Parse a message of the browser; lone surrogates, which Unicode text cannot contain, become question marks."""
    try:
        found: dict[str, Any] = orjson.loads(message)
    except orjson.JSONDecodeError:  # a page may log or send a lone surrogate, which JSON can escape
        found = json.loads(json.dumps(json.loads(message), ensure_ascii=False).encode("utf-8", "replace"))
    return found


def _ignore(_session: CdpSession, _method: str, _params: dict[str, Any]) -> None: ...


def _forget(answer: asyncio.Future[dict[str, Any]]) -> None:
    if not answer.cancelled():
        answer.exception()  # retrieved, so that asyncio does not log it as never retrieved
