"""One visit of a browser to a page: open it, watch it for as long as was asked, and leave without a trace."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from core.debugging.browsers.debug_browser import DebugBrowser
from core.debugging.browsers.devices import find_device
from core.debugging.cdp.connection import CdpError, CdpSession
from core.debugging.cdp.emulation import Device, target_commands
from core.debugging.cdp.page_facts import is_busy, picture_of, script_bytes_of, scroll_through, title_of, vitals_of
from core.debugging.cdp.response_details import lacks_body
from core.debugging.exchange_record import ExchangeRecord, awaits_document, last_shown
from core.debugging.failures import BUSY, failure_reason
from core.debugging.outcome import End, Outcome, broke_off, end_by_stop, judge
from core.debugging.recorder import Recorder
from core.debugging.sign_in import doors_of, signing_in
from core.debugging.time_axis import TimeAxis
from core.debugging.visit_target import Began, OnBegan, VisitTarget
from core.models import ArtifactKind, DebugSessionState
from core.schemas.session_options import WatchMode
from core.schemas.url import display_url

logger = logging.getLogger(__name__)

AFTER_LOAD_SECONDS = 0.5  # what the load event's own handlers ask for
QUIET_MS = 500.0  # without a stir: the network is idle, as Playwright and Lighthouse say
IDLE_LIMIT_SECONDS = 10.0  # a page that polls is never idle; it has loaded all the same
POLL_SECONDS = 0.05
SETTLE_SECONDS = 3.0  # for late bodies and headers, at the end


class Visit:
    """`run` it once. `recorder` can be taken from while it runs."""

    def __init__(
        self,
        browser: DebugBrowser,
        target: VisitTarget,
        *,
        stop: asyncio.Event,
        on_began: OnBegan,
    ) -> None:
        self._browser = browser
        self._url, self._options = target.url, target.options
        self._device: Device | None = None
        self._title: str | None = None
        self._is_busy = False
        self._stop = stop
        self._on_began = on_began
        self.recorder = Recorder(target.options, TimeAxis(), prepare=self._commands, guard=browser.guard)

    async def run(self) -> Outcome:
        """Visit the page.

        Raises:
            CdpError: The browser went away before the page could be opened.
            InvalidInput: The options name a device that is none.
        """
        self._device = await find_device(self._options.device)
        watcher = signing_in(self.recorder, doors_of(self._options, self._url))
        context_id = await self._browser.open_context(self._options, watcher)
        try:
            await self._browser.set_cookies(context_id, self._options, self._url)
            page = await self._browser.hub.open_page(context_id)
            await self.recorder.axis.start_with(page)
            self.recorder.begin()
            await self._on_began(self._began())
            end = await self._watch(page)
            return await self._finish(page, end)
        finally:
            self.recorder.end()
            await self._silence()
            await self._browser.close_context(context_id)

    def _commands(self, session: CdpSession) -> list[tuple[str, dict[str, Any]]]:
        return target_commands(self._options, self._device, target_type=session.target.type)

    def _began(self) -> Began:
        return Began(
            started_at=self.recorder.axis.started_at,
            browser_version=self._browser.version,
            user_agent=self._browser.user_agent,
        )

    async def _watch(self, page: CdpSession) -> End:
        """Until the first of: seen enough, stopped, out of time, crashed, browser gone."""
        tasks = {
            asyncio.create_task(waiting): name
            for name, waiting in {
                "enough": self._see_enough(page),
                "stop": self._stopped(),
                "crash": self._crashed(),
                "gone": self._gone(),
            }.items()
        }
        try:
            limit = self._options.time_limit_seconds
            done, _ = await asyncio.wait(tasks, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                return self._out_of_time(limit)
            # Should more than one have ended in the same turn, the gravest says why.
            gravest = max(done, key=lambda task: ("enough", "stop", "crash", "gone").index(tasks[task]))
            return gravest.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _see_enough(self, page: CdpSession) -> End:
        pictures = asyncio.create_task(self._picture_at_load(page))
        try:
            failure = await self._navigate(page)
            if failure is not None:
                return failure
            await _WATCHES[self._options.watch](self, page)
            return End(state=DebugSessionState.COMPLETED)
        except CdpError as error:
            if self.recorder.page.crashed.is_set() or self._browser.connection.is_closed:
                await asyncio.Event().wait()  # `_crashed` or `_gone` says so better
            return End(state=DebugSessionState.FAILED, reason=str(error))
        finally:
            pictures.cancel()
            await asyncio.gather(pictures, return_exceptions=True)

    async def _navigate(self, page: CdpSession) -> End | None:
        limit = self._options.time_limit_seconds + 5  # `_watch` ends sooner
        answer = await page.send("Page.navigate", {"url": display_url(self._url)}, timeout=limit)
        loader_id = answer.get("loaderId")
        if loader_id:
            self.recorder.watch_document(loader_id)
        if answer.get("isDownload") or (answer.get("errorText") and self.recorder.page.downloads):
            return End(state=DebugSessionState.COMPLETED, reason="The URL gave a file to download, not a page.")
        if answer.get("errorText"):
            await asyncio.sleep(POLL_SECONDS)  # the exchange's own end comes right behind this answer
            reason = self._why_not_opened(answer["errorText"])
            return End(state=DebugSessionState.FAILED, reason=f"The page could not be opened: {reason}")
        return None

    def _why_not_opened(self, error_text: str) -> str:
        documents = [record for record in self.recorder.records if record.resource_type == "document"]
        told, status = (documents[-1].error_message, documents[-1].status_code) if documents else (None, None)
        return told or failure_reason(error_text, status=status)

    async def _until_loaded(self, page: CdpSession) -> None:
        await self._load_or_break()
        self.recorder.page_loaded()
        await asyncio.sleep(AFTER_LOAD_SECONDS)
        if self._options.is_scrolled:
            await scroll_through(page)

    async def _load_or_break(self) -> None:
        """Wait for the load, or until the document has broken off: then the browser never says that it is loaded.

        Nor does it where the page stops, or leads to a file to save, before it has loaded.
        """
        page, loaded = self.recorder.page, self.recorder.page.loaded
        while not loaded.is_set():
            document = self.recorder.document()
            if document is not None and broke_off(document):
                return
            if page.stopped_ms is not None and self.recorder.axis.now_ms() - page.stopped_ms > QUIET_MS:
                loaded.set()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(loaded.wait(), POLL_SECONDS)

    async def _until_idle(self, page: CdpSession) -> None:
        await self._until_loaded(page)
        try:
            await until_quiet(self.recorder)
        except TimeoutError:
            self.recorder.note(
                f"The network was not idle within {IDLE_LIMIT_SECONDS:g} s of load; the session ends anyway."
            )

    async def _for_fixed_time(self, page: CdpSession) -> None:
        loading = asyncio.create_task(self._until_loaded(page))
        try:
            await asyncio.sleep(self._options.fixed_seconds)
        finally:
            loading.cancel()
            await asyncio.gather(loading, return_exceptions=True)

    async def _until_stopped(self, page: CdpSession) -> None:
        await self._until_loaded(page)
        await asyncio.Event().wait()

    async def _stopped(self) -> End:
        await self._stop.wait()
        return end_by_stop(self._options.watch)

    async def _crashed(self) -> End:
        await self.recorder.page.crashed.wait()
        return End(state=DebugSessionState.FAILED, reason=self._browser.explained("The page's renderer crashed."))

    async def _gone(self) -> End:
        await asyncio.shield(self._browser.connection.closed)
        return End(state=DebugSessionState.FAILED, reason=self._browser.explained("The browser ended unexpectedly."))

    def _out_of_time(self, limit: float) -> End:
        if self._options.watch is WatchMode.UNTIL_STOPPED:
            return End(state=DebugSessionState.COMPLETED, reason=f"Nobody stopped it within {limit:g} s.")
        what = "was not done" if self.recorder.page.loaded.is_set() else "had not loaded"
        return End(state=DebugSessionState.TIMED_OUT, reason=f"The page {what} after {limit:g} s.")

    async def _picture_at_load(self, page: CdpSession) -> None:
        await self.recorder.page.loaded.wait()
        await self._take_picture(page)

    async def _take_picture(self, page: CdpSession) -> None:
        if not self._options.has_screenshots:
            return
        at_ms = self.recorder.axis.now_ms()
        with contextlib.suppress(CdpError):  # a page that cannot be pictured is recorded all the same
            self.recorder.add_artifact(ArtifactKind.SCREENSHOT, "image/jpeg", await picture_of(page), at_ms)

    async def _ask_vitals(self, page: CdpSession) -> None:
        if self._options.is_javascript_enabled:  # else nothing in the page would answer
            self.recorder.page.milestones.update(await vitals_of(page))

    async def _ask_script_bytes(self, page: CdpSession) -> None:
        lacking = [record for record in self.recorder.records if lacks_body(record)]
        if not lacking or not self._options.is_javascript_enabled or self._is_busy:
            return
        told = await script_bytes_of(page, list({record.url for record in lacking}))
        for record in lacking:
            record.encoded_bytes += told.get(record.url, 0)
            self.recorder.changed(record)

    async def _ask_whether_busy(self, page: CdpSession) -> None:
        if not awaits_document(self.recorder.records):
            self._is_busy = await is_busy(page)

    async def _finish(self, page: CdpSession, end: End) -> Outcome:
        ended_ms = self.recorder.axis.now_ms()
        if not page.is_closed and not self.recorder.page.crashed.is_set():
            self._title = await title_of(page)
            # At once: a page that hangs answers neither, and each waits for some seconds.
            await asyncio.gather(self._take_picture(page), self._ask_vitals(page), self._ask_whether_busy(page))
            await self.recorder.settle(SETTLE_SECONDS)
            await self._ask_script_bytes(page)
        return self.outcome(end, ended_ms)

    def outcome(self, end: End, ended_ms: float) -> Outcome:
        """What has come of it by *ended_ms*, when it came to *end*; requests without an answer end too."""
        timed_out = end.state is DebugSessionState.TIMED_OUT
        reason = f"No answer came until the session ended after {ended_ms / 1000:.1f} s." if timed_out else None
        self.recorder.close_open(ended_ms, reason=reason)
        document = self.recorder.document()
        success, why_not = judge(
            end,
            document,
            has_loaded=self.recorder.page.loaded.is_set(),
            last=last_shown(self.recorder.records),
            is_busy=self._is_busy,
        )
        return Outcome(
            state=end.state,
            success=success,
            reason=f"{end.reason} {BUSY}." if timed_out and self._is_busy else end.reason or why_not,
            title=self._title,
            milestones=self._milestones(document),
        )

    def _milestones(self, document: ExchangeRecord | None) -> dict[str, float]:
        milestones = dict(self.recorder.page.milestones)
        if document is not None and document.timing:
            began = document.timing.get("requestTime", 0.0)
            first_byte = max(0.0, document.timing.get("receiveHeadersEnd", 0.0))
            milestones["time_to_first_byte"] = round(self.recorder.axis.offset_ms(began) + first_byte, 3)
        return milestones

    async def _silence(self) -> None:
        """Keep the page from sending farewells that nobody would record any more."""
        offline = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        commands: list[Coroutine[Any, Any, object]] = [
            session.send("Network.emulateNetworkConditions", offline, timeout=1)
            for session in self.recorder.sessions.values()
        ]
        await asyncio.gather(*commands, return_exceptions=True)


_WATCHES: dict[WatchMode, Callable[[Visit, CdpSession], Awaitable[None]]] = {
    WatchMode.LOAD: Visit._until_loaded,
    WatchMode.NETWORK_IDLE: Visit._until_idle,
    WatchMode.FIXED: Visit._for_fixed_time,
    WatchMode.UNTIL_STOPPED: Visit._until_stopped,
}


async def until_quiet(recorder: Recorder) -> None:
    """Return once nothing has been under way for `QUIET_MS`; raises TimeoutError after `IDLE_LIMIT_SECONDS`."""
    async with asyncio.timeout(IDLE_LIMIT_SECONDS):
        # Quiet is that nothing happens, which no event can tell.
        while recorder.open_count or recorder.axis.now_ms() - recorder.last_change_ms < QUIET_MS:  # noqa: ASYNC110
            await asyncio.sleep(POLL_SECONDS)
