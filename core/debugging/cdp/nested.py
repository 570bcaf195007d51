"""Speaks CDP through a Playwright session, which forwards no flat messages: targets are nested in their parents."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import orjson

from core.background import Background
from core.debugging.cdp.connection import CdpConnection, CdpError, CdpSession, TargetInfo, parsed

Message = dict[str, Any]
SendCommand = Callable[[str, Message], Any]
"""Sends a command on the browser's own session, and returns an awaitable of the result."""


class NestedConnection(CdpConnection):
    """A `CdpConnection` on a Playwright session, with the same flat interface.

    A browser attaches us to new pages automatically only with flat sessions, on which Playwright lets us send
    nothing. So the flat session serves as a brake: it pauses its target until we have attached a second, nested
    session and prepared the target; then we detach the brake.
    """

    def __init__(self, send_command: SendCommand) -> None:
        super().__init__(_nothing)
        self._send_command = send_command
        self._parents: dict[str, CdpSession] = {}
        self._brakes: dict[str, str] = {}
        """Target id → id of the flat session that pauses the target."""
        self._background = Background()

    def write(self, session: CdpSession, message: Message) -> None:
        if self.is_closed:
            raise CdpError(self.closed.result())
        if session is self.root:
            self._background.run(self._ask(message), "cdp command")
            return
        if message["method"] == "Target.setAutoAttach":
            message["params"]["flatten"] = False
        parent = self._parents.get(session.id)
        if parent is None:
            raise CdpError("The page was closed.")
        parent.post("Target.sendMessageToTarget", {"sessionId": session.id, "message": orjson.dumps(message).decode()})
        if message["method"] == "Runtime.runIfWaitingForDebugger" and (
            brake := self._brakes.pop(session.target.id, None)
        ):
            self.root.post("Target.detachFromTarget", {"sessionId": brake})

    def on_root_event(self, method: str, params: Message) -> None:
        """Handle an event of the browser's own session."""
        if method == "Target.attachedToTarget" and params["waitingForDebugger"]:
            target = TargetInfo.parse(params["targetInfo"])
            self._brakes[target.id] = params["sessionId"]
            self.root.post("Target.attachToTarget", {"targetId": target.id, "flatten": False})
            return
        if method == "Target.detachedFromTarget" and params["sessionId"] not in self._parents:
            return
        self._event(self.root, method, params)

    def _event(self, session: CdpSession, method: str, params: Message) -> None:
        if method == "Target.receivedMessageFromTarget":
            self._inner(params["sessionId"], parsed(params["message"]))
            return
        if method == "Target.attachedToTarget":
            self._parents[params["sessionId"]] = session
        elif method == "Target.detachedFromTarget":
            self._parents.pop(params["sessionId"], None)
        session.receive({"method": method, "params": params})

    def _inner(self, session_id: str, message: Message) -> None:
        session = self._sessions.get(session_id)
        if session is None:
            return
        if "method" in message:
            self._event(session, message["method"], message.get("params") or {})
        else:
            session.receive(message)

    async def _ask(self, message: Message) -> None:
        try:
            answer = {"id": message["id"], "result": await self._send_command(message["method"], message["params"])}
        except Exception as error:  # noqa: BLE001 (any error of Playwright means that the command failed)
            answer = {"id": message["id"], "error": {"message": str(error)}}
        self.root.receive(answer)

    async def finish(self) -> None:
        """Cancel commands without a result."""
        with contextlib.suppress(asyncio.CancelledError):
            await self._background.stop()


def _nothing(_message: bytes) -> None: ...
