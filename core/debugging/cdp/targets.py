"""Attaches to every page, popup, frame and worker that a browser opens, before its first request."""

import asyncio
import contextlib
from typing import Any, Protocol

from core.background import Background
from core.debugging.cdp.connection import CdpConnection, CdpError, CdpSession, TargetInfo

# The browser announces pages, popups and workers that belong to no single page. The target that creates them
# announces cross-process frames, dedicated workers and worklets. A worklet pauses even if it is not announced, and
# its page would wait for it forever.
BROWSER_TARGETS = [{"type": "page"}, {"type": "shared_worker"}, {"type": "service_worker"}]
RELATED_TARGETS = [
    {"type": kind} for kind in ("iframe", "worker", "worklet", "shared_storage_worklet", "auction_worklet")
]


class TargetWatcher(Protocol):
    """Receives everything that happens in one browser context."""

    def prepare(self, session: CdpSession) -> None:
        """Send the setup commands to a new target, which is paused until they have run."""

    def on_event(self, session: CdpSession, method: str, params: dict[str, Any]) -> None:
        """Handle one CDP event."""

    def on_closed(self, session: CdpSession) -> None:
        """Handle the end of a target."""


class TargetHub:
    """Attaches to the new targets of a connection, and forwards their events to their context's watcher."""

    def __init__(self, connection: CdpConnection) -> None:
        self._connection = connection
        self._watchers: dict[str, TargetWatcher] = {}
        self._background = Background()
        self._ready: dict[str, asyncio.Future[CdpSession]] = {}
        connection.root.on_event = self._on_event

    async def start(self) -> None:
        """Make the browser announce and pause every new target."""
        await self._connection.root.send("Target.setAutoAttach", _auto_attach(BROWSER_TARGETS))

    def watch(self, context_id: str, watcher: TargetWatcher) -> None:
        """Forward the events of a context's targets to *watcher*."""
        self._watchers[context_id] = watcher

    def unwatch(self, context_id: str) -> None:
        """Ignore the context's targets and events from now on."""
        self._watchers.pop(context_id, None)

    async def open_page(self, context_id: str) -> CdpSession:
        """Open a blank page in a watched context, and return its session once its watcher has prepared it.

        Raises:
            CdpError: The browser could not open it.
        """
        opened = await self._connection.root.send(
            "Target.createTarget", {"url": "about:blank", "browserContextId": context_id}
        )
        return await asyncio.wait_for(self._when_ready(opened["targetId"]), timeout=30)

    async def close(self) -> None:
        """Cancel the preparation of targets."""
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
        # Sent without waiting: a target runs commands in order, and a window without an opener answers none while it
        # is paused.
        session.post("Target.setAutoAttach", _auto_attach(RELATED_TARGETS))
        watcher.prepare(session)
        with contextlib.suppress(CdpError):  # the target may be gone already
            await session.send("Runtime.runIfWaitingForDebugger")
        ready = self._ready.pop(session.target.id, None) if session.target.type != "page" else None
        ready = ready or self._when_ready(session.target.id)
        if not ready.done():
            ready.set_result(session)


def _auto_attach(targets: list[dict[str, str]]) -> dict[str, Any]:
    return {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True, "filter": targets}
