"""Debug sessions: started, queued or left to a worker, run in a browser, stopped, and kept whatever happens."""

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from core import signals, tracing
from core.clock import utc_now
from core.config import Settings
from core.database import in_session
from core.debugging.browser import find_browser
from core.debugging.capture import Capture, capture
from core.debugging.debug_browser import BrowserPool, DebugBrowser
from core.debugging.devices import find_device
from core.debugging.elsewhere import job_of, stop_elsewhere
from core.debugging.masking import masks_for
from core.debugging.owner import RENEW_SECONDS, lease_end, this_process
from core.debugging.recording import is_driven_by_playwright, record, stored_options, without_credentials
from core.debugging.session_course import (
    advance,
    create_and_hold,
    create_and_offer,
    page_url,
    tidy_up,
    url_and_options,
)
from core.debugging.sinks import StoreSink
from core.debugging.time_axis import TimeAxis
from core.errors import BrowserError, BrowserMissing
from core.models import (
    DebugSessionState,
    SessionTrigger,
)
from core.schemas.debug_session import DebugSessionCreate, DebugSessionUpdate
from core.schemas.session_options import SessionOptions
from core.services import DebugSessionCRUD

logger = logging.getLogger(__name__)

STOP_SECONDS = 15.0  # `stop` waits so long for what was captured to be stored

__all__ = ["Capture", "DebugSessions", "capture"]


@dataclass(slots=True, kw_only=True)
class _Running:
    website_id: int
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    is_ending: bool = False
    """Whether it is all of Watchwright that stops."""
    task: asyncio.Task[None] | None = None


class DebugSessions:
    """Runs the debug sessions of this process; there is one of these, and whoever made it closes it.

    Where no browser is allowed here (``WATCHWRIGHT_MAX_BROWSERS=0``), sessions wait in the store for a worker.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool = BrowserPool(settings)
        self._running: dict[int, _Running] = {}
        self._keeping: asyncio.Task[None] | None = None
        self._disconnect = signals.session_stop_requested.connect(self._on_stop_requested)

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
        again every now and then, since a process on another machine counts as gone only when its lease has ended.
        """
        self._start_keeping()
        return await in_session(tidy_up)

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
            InvalidInput: The options name a device that is none, or *url* is no http or https URL.
        """
        own_url, chosen = await in_session(url_and_options, website_id, options)
        url = page_url(url) if url else own_url
        if chosen.browser == "chromium":
            self.require_browser()
        await find_device(chosen.device)
        data = DebugSessionCreate(
            website_id=website_id,
            url=masks_for(chosen, self._settings).url(without_credentials(url))[:2048],
            trigger=trigger,
            window_id=window_id,
            check_id=check_id,
            browser_type=chosen.browser,
            options=stored_options(chosen),
            is_redacted=chosen.is_redacted,
        )
        if self._is_run_here:
            session_id = await in_session(create_and_hold, data)
            self.run(session_id, website_id, url, chosen)
        else:
            session_id = await in_session(create_and_offer, data, job_of(url, chosen))
            self._announce(session_id, website_id)
        return session_id

    def run(self, session_id: int, website_id: int, url: str, options: SessionOptions) -> None:
        """Run a queued session that this process holds, when a browser is free; returns at once."""
        running = self._running[session_id] = _Running(website_id=website_id)
        self._start_keeping()
        running.task = asyncio.create_task(self._run(session_id, url, options, running), name=f"session {session_id}")
        self._announce(session_id, website_id)

    async def stop(self, session_id: int) -> bool:
        """End a session early, whichever process runs it, and keep what it captured; False when none did that.

        Returns when the session's end is stored.
        """
        running = self._running.get(session_id)
        if running is None or running.task is None:
            return await stop_elsewhere(session_id, timeout=STOP_SECONDS)
        running.stop.set()
        await asyncio.wait([running.task], timeout=STOP_SECONDS)
        return True

    def _on_stop_requested(self, fact: signals.SessionStopRequested) -> None:
        if (running := self._running.get(fact.session_id)) is not None:
            running.stop.set()

    async def close(self) -> None:
        """End all sessions, keep what they captured, and end all browsers."""
        self._disconnect()
        tasks = []
        for running in tuple(self._running.values()):
            running.is_ending = True
            running.stop.set()
            if running.task is not None:
                tasks.append(running.task)
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_SECONDS)
        for task in tasks:
            task.cancel()
        if self._keeping is not None:
            self._keeping.cancel()
            tasks.append(self._keeping)
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._pool.close()

    def _start_keeping(self) -> None:
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep_leases(), name="leases of debug sessions")

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

    async def _run(self, session_id: int, url: str, options: SessionOptions, running: _Running) -> None:
        """One session from its place in the queue to its end; whatever happens, its end is stored."""
        update = DebugSessionUpdate(
            state=DebugSessionState.FAILED, success=False, error_message="The session was interrupted."
        )
        try:
            with tracing.span("debug session", _told_of(session_id, running, options)) as span:
                update = await self._visit(session_id, url, options, running)
                if update.state is not None:
                    span.note({"watchwright.session.state": update.state.value.lower()})
                if update.success is False:
                    span.fail("page", update.error_message or "")
        except BrowserError as error:
            update = DebugSessionUpdate(state=DebugSessionState.FAILED, success=False, error_message=str(error))
        except Exception:  # a mistake of ours in one session must not leave it running for ever
            logger.exception("a debug session failed", extra={"session_id": session_id})
            reason = "Watchwright made a mistake in this session; its log has more."
            update = DebugSessionUpdate(state=DebugSessionState.FAILED, success=False, error_message=reason)
        finally:
            update.completed_at = utc_now()
            await asyncio.shield(in_session(advance, session_id, update))
            self._running.pop(session_id, None)
            self._announce(session_id, running.website_id)

    async def _visit(self, session_id: int, url: str, options: SessionOptions, running: _Running) -> DebugSessionUpdate:
        places = await self._place_or_stop(options, running)
        if not places:
            return DebugSessionUpdate(
                state=DebugSessionState.CANCELLED, success=False, error_message="Stopped before it began."
            )

        async def on_started(axis: TimeAxis, version: str, user_agent: str) -> None:
            begun = DebugSessionUpdate(
                state=DebugSessionState.RUNNING,
                started_at=axis.started_at,
                browser_version=version,
                user_agent=user_agent[:512],
            )
            await in_session(advance, session_id, begun)
            self._announce(session_id, running.website_id)

        (browser,) = places
        try:
            masks = masks_for(options, self._settings)
            update = await record(
                browser,
                url,
                options,
                StoreSink(session_id, masks),
                settings=self._settings,
                masks=masks,
                stop=running.stop,
                on_started=on_started,
            )
        finally:
            await asyncio.shield(self._pool.release(browser))
        if running.is_ending and update.state is DebugSessionState.CANCELLED:
            update.error_message = "Watchwright was stopped."
        return update

    async def _place_or_stop(self, options: SessionOptions, running: _Running) -> tuple[DebugBrowser | None] | None:
        """A browser, or a place for one that Playwright runs; None when the session was stopped before."""
        waiting = self._pool.reserve() if is_driven_by_playwright(options) else self._pool.acquire()
        acquiring = asyncio.ensure_future(waiting)
        stopping = asyncio.ensure_future(running.stop.wait())
        try:
            await asyncio.wait((acquiring, stopping), return_when=asyncio.FIRST_COMPLETED)
            if not stopping.done():
                return (await acquiring,)
            return None
        finally:
            stopping.cancel()
            if stopping.done() or not acquiring.done():
                await self._give_back(acquiring)

    async def _give_back(self, acquiring: "asyncio.Future[DebugBrowser | None]") -> None:
        acquiring.cancel()
        with contextlib.suppress(asyncio.CancelledError, BrowserError):
            await self._pool.release(await acquiring)

    def _announce(self, session_id: int, website_id: int) -> None:
        signals.session_changed.send(signals.SessionChanged(session_id=session_id, website_id=website_id))


def _told_of(session_id: int, running: _Running, options: SessionOptions) -> tracing.Facts:
    return {
        "watchwright.session.id": session_id,
        "watchwright.website.id": running.website_id,
        "watchwright.browser": options.browser,
    }
