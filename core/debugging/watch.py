"""Opens a page, watches it as long as the session's options say, and returns why the watching ended."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from core.debugging.browsers.debug_browser import DebugBrowser
from core.debugging.cdp.connection import CdpError, CdpSession
from core.debugging.cdp.page import MAX_DOCUMENTS
from core.debugging.cdp.page_facts import picture_of, scroll_through, wait_for_rest
from core.debugging.failures import failure_reason
from core.debugging.outcome import End, broke_off, end_by_stop, failed
from core.debugging.recorder import Recorder
from core.debugging.visit_target import VisitTarget
from core.models import ArtifactKind, DebugSessionState
from core.schemas.session_options import WatchMode
from core.schemas.url import display_url

AFTER_LOAD_SECONDS = 0.5  # time for requests that the handlers of the load event send
QUIET_MS = 500.0  # the network counts as idle after this time without a change, as in Playwright and Lighthouse
IDLE_LIMIT_SECONDS = 10.0  # a page that polls never becomes idle
POLL_SECONDS = 0.05


class Watch:
    """Watches one page of a browser; call `until_end` once."""

    def __init__(
        self,
        page: CdpSession,
        target: VisitTarget,
        recorder: Recorder,
        *,
        browser: DebugBrowser,
        stop: asyncio.Event,
    ) -> None:
        self._page = page
        self._url, self._options = target.url, target.options
        self._recorder = recorder
        self._browser = browser
        self._stop = stop

    async def until_end(self) -> End:
        """Open the page and watch it until it is done, loops, is stopped, times out or crashes, or the browser ends."""
        ends = (self._watch_until_done(), self._reload_loop(), self._stopped(), self._crashed(), self._browser_ended())
        tasks = [asyncio.create_task(end) for end in ends]
        try:
            limit = self._options.time_limit_seconds
            done, _ = await asyncio.wait(tasks, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                return self._out_of_time(limit)
            # Several tasks may end in one turn of the event loop. The most severe one, the last, gives the reason.
            return next(task for task in reversed(tasks) if task in done).result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def take_picture(self) -> None:
        """Record a screenshot of the page, if the options ask for screenshots."""
        if not self._options.has_screenshots:
            return
        at_ms = self._recorder.axis.now_ms()
        with contextlib.suppress(CdpError):  # the rest of the recording does not need the screenshot
            self._recorder.add_artifact(ArtifactKind.SCREENSHOT, "image/jpeg", await picture_of(self._page), at_ms)

    async def _watch_until_done(self) -> End:
        pictures = asyncio.create_task(self._picture_at_load())
        try:
            failure = await self._navigate()
            if failure is not None:
                return failure
            await _UNTIL[self._options.watch](self)
            return End(state=DebugSessionState.COMPLETED)
        except CdpError as error:
            if self._recorder.page.crashed.is_set() or self._browser.connection.is_closed:
                await asyncio.Event().wait()  # `_crashed` or `_browser_ended` gives a better reason
            return failed(str(error))
        finally:
            pictures.cancel()
            await asyncio.gather(pictures, return_exceptions=True)

    async def _picture_at_load(self) -> None:
        await self._recorder.page.loaded.wait()
        await self.take_picture()

    async def _navigate(self) -> End | None:
        limit = self._options.time_limit_seconds + 5  # `until_end` ends sooner
        answer = await self._page.send("Page.navigate", {"url": display_url(self._url)}, timeout=limit)
        loader_id = answer.get("loaderId")
        if loader_id:
            self._recorder.watch_document(loader_id)
        if answer.get("isDownload") or (answer.get("errorText") and self._recorder.page.has_download):
            return End(state=DebugSessionState.COMPLETED, reason="The URL returned a download, not a page.")
        if answer.get("errorText"):
            self._recorder.page.shows_error = True  # now or soon
            await asyncio.sleep(POLL_SECONDS)  # the event with the exchange's error follows this response
            reason = self._why_not_opened(answer["errorText"])
            return failed(f"The page could not be opened: {reason}")
        return None

    def _why_not_opened(self, error_text: str) -> str:
        documents = [record for record in self._recorder.records if record.resource_type == "document"]
        message, status = (documents[-1].error_message, documents[-1].status_code) if documents else (None, None)
        return message or failure_reason(error_text, status=status)

    async def _until_loaded(self) -> None:
        await self._load_or_break()
        self._recorder.page_loaded()
        await asyncio.sleep(AFTER_LOAD_SECONDS)
        if self._options.is_scrolled:
            await scroll_through(self._page)

    async def _load_or_break(self) -> None:
        """Wait until the page has loaded, or can no longer load.

        The browser sends no load event when the document broke off, or when the page called ``window.stop()`` or
        became a download before it had loaded.
        """
        page, loaded = self._recorder.page, self._recorder.page.loaded
        while not loaded.is_set():
            document = self._recorder.document()
            if document is not None and broke_off(document):
                return
            if page.stopped_ms is not None and self._recorder.axis.now_ms() - page.stopped_ms > QUIET_MS:
                loaded.set()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(loaded.wait(), POLL_SECONDS)

    async def _until_idle(self) -> None:
        await self._until_loaded()
        try:
            async with asyncio.timeout(IDLE_LIMIT_SECONDS):
                await self._until_scripts_idle()
        except TimeoutError:
            self._recorder.note(
                f"The network was not idle within {IDLE_LIMIT_SECONDS:g} s of load. The session ended anyway."
            )

    async def _until_scripts_idle(self) -> None:
        """Return once the network stays quiet while the scripts run that were waiting: they may send requests."""
        changed_ms = None
        while changed_ms != self._recorder.last_change_ms or self._recorder.open_count:
            await until_quiet(self._recorder)
            changed_ms = self._recorder.last_change_ms
            await wait_for_rest(self._page)

    async def _for_fixed_time(self) -> None:
        loading = asyncio.create_task(self._until_loaded())
        try:
            await asyncio.sleep(self._options.fixed_seconds)
        finally:
            loading.cancel()
            await asyncio.gather(loading, return_exceptions=True)

    async def _until_stopped(self) -> None:
        await self._until_loaded()
        await asyncio.Event().wait()

    async def _reload_loop(self) -> End:
        """Return when the page reloads itself endlessly, to spare its server."""
        await self._recorder.page.in_reload_loop.wait()
        if self._options.watch not in (WatchMode.LOAD, WatchMode.NETWORK_IDLE):
            await asyncio.Event().wait()  # the user chose a duration, and reloads in it may be intended
        reason = f"The page kept opening new documents. The session ended after {MAX_DOCUMENTS} of them."
        return failed(reason, is_hasty=True)

    async def _stopped(self) -> End:
        await self._stop.wait()
        return end_by_stop(self._options.watch)

    async def _crashed(self) -> End:
        await self._recorder.page.crashed.wait()
        return failed(self._browser.explained("The page's renderer crashed."))

    async def _browser_ended(self) -> End:
        await asyncio.shield(self._browser.connection.closed)
        return failed(self._browser.explained("The browser ended unexpectedly."))

    def _out_of_time(self, limit: float) -> End:
        if self._options.watch is WatchMode.UNTIL_STOPPED:
            return End(state=DebugSessionState.COMPLETED, reason=f"Not stopped within {limit:g} s.")
        what = "was not done" if self._recorder.page.loaded.is_set() else "had not loaded"
        return End(state=DebugSessionState.TIMED_OUT, reason=f"The page {what} after {limit:g} s.")


_UNTIL: dict[WatchMode, Callable[[Watch], Awaitable[None]]] = {
    WatchMode.LOAD: Watch._until_loaded,
    WatchMode.NETWORK_IDLE: Watch._until_idle,
    WatchMode.FIXED: Watch._for_fixed_time,
    WatchMode.UNTIL_STOPPED: Watch._until_stopped,
}


async def until_quiet(recorder: Recorder) -> None:
    """Return once no request has been open for `QUIET_MS`; raises TimeoutError after `IDLE_LIMIT_SECONDS`."""
    async with asyncio.timeout(IDLE_LIMIT_SECONDS):
        # No event announces that nothing happens, so this polls.
        while recorder.open_count or recorder.axis.now_ms() - recorder.last_change_ms < QUIET_MS:  # noqa: ASYNC110
            await asyncio.sleep(POLL_SECONDS)
