"""Attaches to whatever a browser opens, before its first request: pages, popups, frames, workers."""

import asyncio
import contextlib
import logging
from typing import Any, Protocol

from core.background import Background
from core.debugging.cdp.connection import CdpConnection, CdpError, CdpSession, TargetInfo

logger = logging.getLogger(__name__)

# Pages and popups, and the workers that belong to no single page, are announced by the browser;
# frames of other processes, dedicated workers and worklets by the target that made them. A worklet is held even where
# it is not announced, and its page would wait for it for ever.
BROWSER_TARGETS = [{"type": "page"}, {"type": "shared_worker"}, {"type": "service_worker"}]
RELATED_TARGETS = [
    {"type": kind} for kind in ("iframe", "worker", "worklet", "shared_storage_worklet", "auction_worklet")
]


class TargetWatcher(Protocol):
    """Whoever wants all that happens in one browser context."""

    def prepare(self, session: CdpSession) -> None:
        """Give *session* the commands that it is to be heard by; its target waits, and goes on behind them."""

    def on_event(self, session: CdpSession, method: str, params: dict[str, Any]) -> None:
        """Hear of one protocol event."""

    def on_closed(self, session: CdpSession) -> None:
        """Hear that the target is gone."""


class TargetHub:
    """The one that a connection's targets are announced to; each context has its watcher."""

    def __init__(self, connection: CdpConnection) -> None:
        self._connection = connection
        self._watchers: dict[str, TargetWatcher] = {}
        self._background = Background()
        self._ready: dict[str, asyncio.Future[CdpSession]] = {}
        connection.root.on_event = self._on_event

    async def start(self) -> None:
        """Ask the browser to announce, and to hold, what it opens from now on."""
        await self._connection.root.send("Target.setAutoAttach", _auto_attach(BROWSER_TARGETS))

    def watch(self, context_id: str, watcher: TargetWatcher) -> None:
        """Let *watcher* hear of the targets of a context."""
        self._watchers[context_id] = watcher

    def unwatch(self, context_id: str) -> None:
        """Whatever the context opens from now on goes unheard."""
        self._watchers.pop(context_id, None)

    async def open_page(self, context_id: str) -> CdpSession:
        """A blank page in a watched context, prepared by its watcher.

        Raises:
            CdpError: The browser could not open it.
        """
        opened = await self._connection.root.send(
            "Target.createTarget", {"url": "about:blank", "browserContextId": context_id}
        )
        return await asyncio.wait_for(self._when_ready(opened["targetId"]), timeout=30)

    async def close(self) -> None:
        """Let go of what is being prepared."""
        await self._background.stop()

    def _when_ready(self, target_id: str) -> asyncio.Future[CdpSession]:
        return self._ready.setdefault(target_id, asyncio.get_running_loop().create_future())

    def _on_event(self, parent: CdpSession, method: str, params: dict[str, Any]) -> None:
        if method == "Target.attachedToTarget":
            self._attached(parent, params)
        elif method == "Target.detachedFromTarget":
            self._detached(params["sessionId"])
        elif parent.target.context_id in self._watchers:
            self._watchers[parent.target.context_id].on_event(parent, method, params)

    def _attached(self, parent: CdpSession, params: dict[str, Any]) -> None:
        target = TargetInfo.parse(params["targetInfo"])
        session = self._connection.open_session(params["sessionId"], target)
        session.on_event = self._on_event
        watcher = self._watchers.get(target.context_id or "")
        if watcher is None:
            session.post("Runtime.runIfWaitingForDebugger")
            parent.post("Target.detachFromTarget", {"sessionId": session.id})
            return
        self._background.run(self._prepare(session, watcher), f"prepare {target.type}")

    def _detached(self, session_id: str) -> None:
        session = self._connection.close_session(session_id)
        if session is not None and session.target.context_id in self._watchers:
            self._watchers[session.target.context_id].on_closed(session)

    async def _prepare(self, session: CdpSession, watcher: TargetWatcher) -> None:
        # A target takes commands in their order, and a window without an opener answers none before it may go on.
        session.post("Target.setAutoAttach", _auto_attach(RELATED_TARGETS))
        watcher.prepare(session)
        with contextlib.suppress(CdpError):  # a target may be gone before we have looked at it
            await session.send("Runtime.runIfWaitingForDebugger")
        ready = self._ready.pop(session.target.id, None) if session.target.type != "page" else None
        ready = ready or self._when_ready(session.target.id)
        if not ready.done():
            ready.set_result(session)


def _auto_attach(targets: list[dict[str, str]]) -> dict[str, Any]:
    return {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True, "filter": targets}
