"""Starts, runs and stops debug sessions: in this process, or in a worker where no browser may run here."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from core import signals
from core.background import Background, until_set
from core.config import Settings
from core.database import in_session
from core.debugging.browser import find_browser
from core.debugging.browsers.browser_pool import BrowserPool
from core.debugging.browsers.devices import find_device
from core.debugging.redaction.masking import masks_for
from core.debugging.session_handover import job_of, stop_remote
from core.debugging.session_owner import RENEW_SECONDS
from core.debugging.session_run import SessionRun
from core.debugging.session_transactions import (
    create_and_hold,
    create_and_offer,
    renew,
    target_for,
    tidy_up,
)
from core.debugging.visit_target import VisitTarget
from core.errors import BrowserMissing
from core.models import SessionTrigger
from core.schemas.debug_session import DebugSessionCreate
from core.schemas.session_options import SessionOptions
from core.schemas.url import display_url
from core.store_availability import is_store_unavailable

logger = logging.getLogger(__name__)

STOP_SECONDS = 15.0  # longest wait of `stop` and `close` until sessions have stored what they captured


class DebugSessions:
    """Runs the debug sessions of this process. Each process has one instance; its creator calls `close`.

    With ``WATCHWRIGHT_MAX_BROWSERS=0`` no browser runs here: sessions wait in the store for a worker.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool = BrowserPool(settings)
        self._running: dict[int, SessionRun] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._is_keeping = False
        self._keep_now = asyncio.Event()
        self.on_free: Callable[[], None] = lambda: None
        """Called when a session has ended and another one could run."""
        self._background = Background()
        self._background.subscribe(signals.session_stop_requested, self._on_stop_requested)
        self._background.subscribe(signals.website_changed, self._on_website_changed)

    def unavailable_reason(self) -> str | None:
        """Return one sentence that says why no debug session can start here; None when one can."""
        try:
            self.require_browser()
        except BrowserMissing as missing:
            return str(missing)
        return None

    def require_browser(self) -> None:
        """Raise unless a session can start here.

        Raises:
            BrowserMissing: There is no browser; the message says how to get one.
        """
        if self._is_run_here:
            find_browser(self._settings)

    @property
    def _is_run_here(self) -> bool:
        return self._settings.max_browsers > 0

    @property
    def free_places(self) -> int:
        """How many more sessions would start without waiting for a browser."""
        return max(self._settings.max_browsers - len(self._running), 0)

    async def recover(self) -> list[int]:
        """Mark queued and running sessions of dead processes as failed, and return their ids.

        Sessions of live processes, on this or another machine, stay as they are. A background task repeats this
        every `RENEW_SECONDS`: a process on another machine counts as dead only after its lease has expired, and the
        store may be unavailable now.
        """
        self._start_keeping()
        try:
            return await in_session(tidy_up)
        except SQLAlchemyError as error:
            if not is_store_unavailable(error):
                raise
            # Start anyway, for instance on a full disk: websites are still checked.
            logger.warning("abandoned debug sessions cannot be ended yet", extra={"reason": str(error)})
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
        """Store a queued session and return its id without waiting; it runs here or in a worker once a browser is free.

        Args:
            url: The page to open instead of the website's own URL, for example one that the website requested.
            options: How to open the page; None uses the website's default options.
            window_id: The downtime window that the session belongs to.
            check_id: The check that triggered the session.

        Raises:
            NotFound: There is no such website.
            BrowserMissing: There is no browser; the message says how to get one.
            InvalidInput: The options name an unknown device, or contain a masked secret that is not stored, or *url*
                is not an http or https URL.
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
        """Run a queued session that this process owns once a browser is free; returns without waiting."""
        run = SessionRun(session_id, website_id, target, pool=self._pool, settings=self._settings)
        self._running[session_id] = run
        self._start_keeping()
        self._tasks[session_id] = self._background.run(self._run_to_end(session_id, run), f"session {session_id}")
        run.announce()

    async def stop(self, session_id: int) -> bool:
        """End a session early, in this or another process, and keep what it captured.

        Returns when the session's end is stored, or after `STOP_SECONDS`. False when no process ended it.
        """
        running = self._running.get(session_id)
        if running is None or running.is_over.is_set():
            return await stop_remote(session_id, timeout=STOP_SECONDS)
        running.stop.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(running.is_over.wait(), STOP_SECONDS)
        return True

    def _on_stop_requested(self, fact: signals.SessionStopRequested) -> None:
        if (running := self._running.get(fact.session_id)) is not None:
            running.stop.set()

    def _on_website_changed(self, fact: signals.WebsiteChanged) -> None:
        if any(run.website_id == fact.website_id for run in self._running.values()):
            self._keep_now.set()  # its sessions may be deleted

    async def close(self) -> None:
        """End all sessions, keep what they captured, and close all browsers."""
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
            self._background.keep_running(self._keep_leases, "leases of debug sessions")

    async def _keep_leases(self) -> None:
        """Renew the leases of our sessions and stop deleted ones, and end the sessions of processes that died."""
        while True:
            await until_set(self._keep_now, RENEW_SECONDS)
            self._keep_now.clear()
            try:
                if self._running:
                    self._stop_deleted(await in_session(renew, list(self._running)))
                abandoned = await in_session(tidy_up)
            except SQLAlchemyError:  # the store is unavailable; a lease outlasts two failed renewals
                logger.exception("leases of debug sessions could not be renewed")
                continue
            if abandoned:
                logger.warning("abandoned debug sessions were ended", extra={"session_ids": abandoned})

    def _stop_deleted(self, session_ids: set[int]) -> None:
        for session_id in session_ids & self._running.keys():
            self._running[session_id].stop.set()

    async def _run_to_end(self, session_id: int, run: SessionRun) -> None:
        try:
            await run.run()
        finally:
            del self._running[session_id], self._tasks[session_id]
            self.on_free()
