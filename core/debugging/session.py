"""Debug sessions: started, queued or left to a worker, run in a browser, stopped, and kept whatever happens."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from core import signals
from core.away import is_away
from core.background import Background
from core.config import Settings
from core.database import in_session
from core.debugging.browser import find_browser
from core.debugging.browsers.debug_browser import BrowserPool
from core.debugging.browsers.devices import find_device
from core.debugging.redaction.masking import masks_for
from core.debugging.session_course import (
    create_and_hold,
    create_and_offer,
    target_for,
    tidy_up,
)
from core.debugging.session_elsewhere import job_of, stop_elsewhere
from core.debugging.session_owner import RENEW_SECONDS, lease_end, this_process
from core.debugging.session_run import SessionRun
from core.debugging.visit_target import VisitTarget
from core.errors import BrowserMissing
from core.models import SessionTrigger
from core.schemas.debug_session import DebugSessionCreate
from core.schemas.session_options import SessionOptions
from core.schemas.url import display_url
from core.services import DebugSessionCRUD

logger = logging.getLogger(__name__)

STOP_SECONDS = 15.0  # `stop` waits so long for what was captured to be stored


class DebugSessions:
    """Runs the debug sessions of this process, which has one of these; whoever made it closes it.

    Where no browser is allowed here (``WATCHWRIGHT_MAX_BROWSERS=0``), sessions wait in the store for a worker.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool = BrowserPool(settings)
        self._running: dict[int, SessionRun] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._is_keeping = False
        self.on_free: Callable[[], None] = lambda: None
        """Called when one more could run at once."""
        self._background = Background()
        self._background.hear(signals.session_stop_requested, self._on_stop_requested)

    def unavailable_reason(self) -> str | None:
        """Why no debug session can be started here, in one sentence; None when one can."""
        try:
            self.require_browser()
        except BrowserMissing as missing:
            return str(missing)
        return None

    def require_browser(self) -> None:
        """Make sure that a session can be started here.

        Raises:
            BrowserMissing: None can; the message says how to get a browser.
        """
        if self._is_run_here:
            find_browser(self._settings)

    @property
    def _is_run_here(self) -> bool:
        return self._settings.max_browsers > 0

    @property
    def free_places(self) -> int:
        """How many more sessions would run at once."""
        return max(self._settings.max_browsers - len(self._running), 0)

    async def recover(self) -> list[int]:
        """End as failed what a process that died left queued or running; returns the ids of those sessions.

        Sessions of other processes that live, here or on another machine, are left alone. From then on it is done
        again every now and then, since a process on another machine counts as gone only when its lease has ended, and
        the store may take nothing just now.
        """
        self._start_keeping()
        try:
            return await in_session(tidy_up)
        except SQLAlchemyError as error:
            if not is_away(error):
                raise
            # Websites are checked on a full disk as well.
            logger.warning("debug sessions left behind are ended later", extra={"reason": str(error)})
            return []

    async def start(
        self,
        website_id: int,
        *,
        url: str | None = None,
        options: SessionOptions | None = None,
        trigger: SessionTrigger = SessionTrigger.MANUAL,
        window_id: int | None = None,
        check_id: int | None = None,
    ) -> int:
        """Store a queued session and return its id at once; it runs when a browser is free, here or at a worker.

        Args:
            url: Another page to open than the website's own, such as one that it asked for.
            options: How to open the page; the website's own defaults when not given.
            window_id: The downtime window that it shows.
            check_id: The check that brought it about.

        Raises:
            NotFound: There is no such website.
            BrowserMissing: There is no browser; the message says how to get one.
            InvalidInput: The options name a device that is none or leave masked what is not stored, or *url* is no
                http or https URL.
        """
        target = await in_session(target_for, website_id, options, url)
        chosen = target.options
        if chosen.browser == "chromium":
            self.require_browser()
        await find_device(chosen.device)
        data = DebugSessionCreate(
            website_id=website_id,
            url=masks_for(chosen, self._settings).url(display_url(target.url))[:2048],
            trigger=trigger,
            window_id=window_id,
            check_id=check_id,
            browser_type=chosen.browser,
            options=target.stored_options,
            is_redacted=chosen.is_redacted,
        )
        if self._is_run_here:
            session_id = await in_session(create_and_hold, data)
            self.run(session_id, website_id, target)
        else:
            session_id = await in_session(create_and_offer, data, job_of(target))
            signals.session_changed.send(signals.SessionChanged(session_id=session_id, website_id=website_id))
        return session_id

    def run(self, session_id: int, website_id: int, target: VisitTarget) -> None:
        """Run a queued session that this process holds, when a browser is free; returns at once."""
        run = SessionRun(session_id, website_id, target, pool=self._pool, settings=self._settings)
        self._running[session_id] = run
        self._start_keeping()
        self._tasks[session_id] = self._background.run(self._see_through(session_id, run), f"session {session_id}")
        run.announce()

    async def stop(self, session_id: int) -> bool:
        """End a session early, whichever process runs it, and keep what it captured; False when none did that.

        Returns when the session's end is stored.
        """
        running = self._running.get(session_id)
        if running is None or running.is_over.is_set():
            return await stop_elsewhere(session_id, timeout=STOP_SECONDS)
        running.stop.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(running.is_over.wait(), STOP_SECONDS)
        return True

    def _on_stop_requested(self, fact: signals.SessionStopRequested) -> None:
        if (running := self._running.get(fact.session_id)) is not None:
            running.stop.set()

    async def close(self) -> None:
        """End all sessions, keep what they captured, and end all browsers."""
        for run in self._running.values():
            run.is_ending = True
            run.stop.set()
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=STOP_SECONDS)
        await self._background.stop()
        await self._pool.close()

    def _start_keeping(self) -> None:
        if not self._is_keeping:
            self._is_keeping = True
            self._background.keep(self._keep_leases, "leases of debug sessions")

    async def _keep_leases(self) -> None:
        """Say again and again that our sessions run, and end those of processes that say so no more."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                if self._running:
                    await in_session(DebugSessionCRUD.hold, list(self._running), str(this_process()), lease_end())
                abandoned = await in_session(tidy_up)
            except SQLAlchemyError:  # a store that is away; the leases bear two such rounds
                logger.exception("the leases of debug sessions could not be renewed")
                continue
            if abandoned:
                logger.warning("debug sessions were left behind", extra={"session_ids": abandoned})

    async def _see_through(self, session_id: int, run: SessionRun) -> None:
        try:
            await run.run()
        finally:
            del self._running[session_id], self._tasks[session_id]
            self.on_free()
