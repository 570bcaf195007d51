"""Runs one debug session in this process: waits for a browser, visits the page, and stores how the session ended."""

import asyncio
import logging
from contextlib import AsyncExitStack

from core import signals, tracing
from core.clock import utc_now
from core.config import Settings
from core.database import in_session
from core.debugging.browsers.browser_pool import BrowserPool
from core.debugging.outcome import BEFORE_IT_BEGAN
from core.debugging.recording import recorded
from core.debugging.redaction.masking import masks_for
from core.debugging.session_transactions import advance
from core.debugging.sinks import StoreSink
from core.debugging.visit_target import Began, VisitTarget
from core.errors import BrowserError, InvalidInput
from core.models import DebugSessionState
from core.schemas.debug_session import DebugSessionUpdate

logger = logging.getLogger(__name__)


class SessionRun:
    """One debug session. Its creator calls `run` once, as a task."""

    def __init__(
        self,
        session_id: int,
        website_id: int,
        target: VisitTarget,
        *,
        pool: BrowserPool,
        settings: Settings,
    ) -> None:
        self._session_id = session_id
        self.website_id = website_id
        self._target = target
        self._pool = pool
        self._settings = settings
        self._storing = asyncio.Lock()  # one update at a time, so that none is stored after the session's end
        self.stop = asyncio.Event()
        """The caller sets it to end the session early, for instance because it was deleted."""
        self.is_ending = False
        """The caller sets it when Watchwright itself shuts down."""
        self.is_over = asyncio.Event()
        """Set once the session's end is stored; the browser may take longer to close the page."""

    async def run(self) -> None:
        """Run the session; returns when its end is stored and its page is closed."""
        try:
            async with AsyncExitStack() as leaving:
                await self._run_to_its_end(leaving)
        except Exception:  # the session's end is stored by now
            logger.exception("closing a debug session's page failed", extra={"session_id": self._session_id})

    def announce(self) -> None:
        """Signal that the session has changed, for pages that show it."""
        signals.session_changed.send(signals.SessionChanged(session_id=self._session_id, website_id=self.website_id))

    async def _run_to_its_end(self, leaving: AsyncExitStack) -> None:
        """Visit the page and always store how the session ended.

        *leaving* closes the page after this returns, so that nobody who waits for the session's end waits for that.
        """
        update = _failed("The session was interrupted.")
        try:
            with tracing.span("debug session", self._facts()) as span:
                update = await self._visit(leaving)
                if update.state is not None:
                    span.note({"watchwright.session.state": update.state.value.lower()})
                if update.success is False:
                    span.fail("page", update.error_message or "")
        except (BrowserError, InvalidInput) as error:
            update = _failed(str(error))
        except Exception:  # a bug of ours must not leave the session in state RUNNING
            logger.exception("a debug session failed", extra={"session_id": self._session_id})
            update = _failed("Internal error in Watchwright. See the server log.")
        finally:
            update.completed_at = utc_now()
            await asyncio.shield(self._store(update))

    async def _visit(self, leaving: AsyncExitStack) -> DebugSessionUpdate:
        place = await leaving.enter_async_context(self._pool.place(self._target, self.stop))
        if place is None:
            return DebugSessionUpdate(state=BEFORE_IT_BEGAN.state, success=False, error_message=BEFORE_IT_BEGAN.reason)
        masks = masks_for(self._target.options, self._settings)
        recording = recorded(
            place.browser,
            self._target,
            StoreSink(self._session_id, masks, on_deleted=self.stop.set),
            settings=self._settings,
            masks=masks,
            stop=self.stop,
            on_began=self._on_began,
        )
        update = await leaving.enter_async_context(recording)
        if self.is_ending and update.state is DebugSessionState.CANCELLED:
            update.error_message = "Watchwright was stopped."
        return update

    async def _on_began(self, began: Began) -> None:
        await self._store(
            DebugSessionUpdate(
                state=DebugSessionState.RUNNING,
                started_at=began.started_at,
                browser_version=began.browser_version,
                user_agent=began.user_agent[:512],
            )
        )

    async def _store(self, update: DebugSessionUpdate) -> None:
        """Store *update* and announce it, unless the session's end is already stored; stop a deleted session."""
        async with self._storing:
            if self.is_over.is_set():
                return
            try:
                if not await in_session(advance, self._session_id, update):
                    self.stop.set()
            finally:
                if update.completed_at is not None:
                    self.is_over.set()
        self.announce()

    def _facts(self) -> tracing.Facts:
        return {
            "watchwright.session.id": self._session_id,
            "watchwright.website.id": self.website_id,
            "watchwright.browser": self._target.options.browser,
        }


def _failed(reason: str) -> DebugSessionUpdate:
    return DebugSessionUpdate(state=DebugSessionState.FAILED, success=False, error_message=reason)
