"""Visits a page with Chromium over CDP: opens it, watches it until the session's end, and closes its context."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from core.debugging.browsers.debug_browser import DebugBrowser
from core.debugging.browsers.devices import find_device
from core.debugging.cdp.connection import CdpSession
from core.debugging.cdp.emulation import Device, target_commands
from core.debugging.cdp.main_thread import main_thread_of
from core.debugging.cdp.page_facts import is_busy, script_bytes_of, title_of, vitals_of
from core.debugging.cdp.response_details import lacks_body
from core.debugging.cdp.shown_page import shown_page_of
from core.debugging.exchange_record import ExchangeRecord, awaits_document, last_shown
from core.debugging.failures import BUSY
from core.debugging.long_tasks import SOURCE as LONG_TASK
from core.debugging.long_tasks import busy_text
from core.debugging.outcome import End, Outcome, judge, no_response_reason
from core.debugging.recorder import Recorder
from core.debugging.shown_page import SILENT, shown_texts
from core.debugging.shown_page import SOURCE as SHOWN_PAGE
from core.debugging.sign_in import session_credentials, signing_in
from core.debugging.time_axis import TimeAxis
from core.debugging.visit_target import Began, OnBegan, VisitTarget
from core.debugging.watch import Watch
from core.models import DebugSessionState

SETTLE_SECONDS = 3.0  # wait for late bodies and headers at the end
HASTY_SETTLE_SECONDS = 0.3  # the same for a page that keeps sending requests


class Visit:
    """One visit: call `run` once. Meanwhile the caller may take batches from `recorder`."""

    def __init__(
        self,
        browser: DebugBrowser,
        target: VisitTarget,
        *,
        stop: asyncio.Event,
        on_began: OnBegan,
    ) -> None:
        self._browser = browser
        self._target, self._options = target, target.options
        self._device: Device | None = None
        self._title: str | None = None
        self._is_busy = False
        self._stop = stop
        self._on_began = on_began
        self.recorder = Recorder(target.options, TimeAxis(), prepare=self._commands, facts=browser.facts)

    async def run(self) -> Outcome:
        """Visit the page and return how that ended.

        Raises:
            CdpError: The browser went away before the page could be opened.
            InvalidInput: The options name an unknown device.
        """
        self._device = await find_device(self._options.device)
        watcher = signing_in(self.recorder, session_credentials(self._options, self._target.url))
        context_id = await self._browser.open_context(self._options, watcher)
        try:
            await self._browser.set_cookies(context_id, self._options, self._target.url)
            page = await self._browser.hub.open_page(context_id)
            await self.recorder.axis.start_with(page)
            self.recorder.begin()
            await self._on_began(self._began())
            watch = Watch(page, self._target, self.recorder, browser=self._browser, stop=self._stop)
            end = await watch.until_end()
            return await self._finish(page, watch, end)
        finally:
            self.recorder.end()
            await self._go_offline()
            await self._browser.close_context(context_id)

    async def _finish(self, page: CdpSession, watch: Watch, end: End) -> Outcome:
        ended_ms = self.recorder.axis.now_ms()
        if not page.is_closed and not self.recorder.page.crashed.is_set():
            self._title = await title_of(page)
            if not end.is_hasty:
                questions = [watch.take_picture(), self._ask_whether_busy(page)]
                if self._options.is_javascript_enabled and not self.recorder.page.shows_error:
                    # Scripts in the page answer these.
                    questions += [self._ask_vitals(page), self._ask_main_thread(page), self._ask_what_it_shows(page)]
                # Concurrently, because a page that hangs lets each of them time out after some seconds.
                await asyncio.gather(*questions)
            await self.recorder.settle(HASTY_SETTLE_SECONDS if end.is_hasty else SETTLE_SECONDS)
            await self._ask_script_bytes(page)
        return self.outcome(end, ended_ms)

    def _commands(self, session: CdpSession) -> list[tuple[str, dict[str, Any]]]:
        return target_commands(self._options, self._device, target_type=session.target.type)

    def _began(self) -> Began:
        return Began(
            started_at=self.recorder.axis.started_at,
            browser_version=self._browser.version,
            user_agent=self._browser.user_agent,
        )

    async def _ask_vitals(self, page: CdpSession) -> None:
        self.recorder.page.milestones.update(await vitals_of(page))

    async def _ask_main_thread(self, page: CdpSession) -> None:
        busy = await main_thread_of(page, self.recorder.axis)
        if busy is None:
            return
        self.recorder.page.milestones["total_blocking_time"] = busy.total_blocking_ms
        for script in busy.scripts:
            words = {"level": "warning", "source": LONG_TASK, "text": busy_text(script), "url": script.url}
            self.recorder.add_console(offset_ms=script.longest_at_ms, **words)

    async def _ask_what_it_shows(self, page: CdpSession) -> None:
        if self._options.payload_limit_bytes == 0:
            return
        shown = await shown_page_of(page)
        for text in shown_texts(shown) if shown else (SILENT,):
            self.recorder.add_console(level="info", source=SHOWN_PAGE, text=text)

    async def _ask_script_bytes(self, page: CdpSession) -> None:
        lacking = [record for record in self.recorder.records if lacks_body(record)]
        if not lacking or not self._options.is_javascript_enabled or self._is_busy:
            return
        sizes = await script_bytes_of(page, list({record.url for record in lacking}))
        for record in lacking:
            record.encoded_bytes += sizes.get(record.url, 0)
            self.recorder.changed(record)

    async def _ask_whether_busy(self, page: CdpSession) -> None:
        if not awaits_document(self.recorder.records):
            self._is_busy = await is_busy(page)

    def outcome(self, end: End, ended_ms: float) -> Outcome:
        """Return the outcome of a visit that came to *end* at *ended_ms*; ends all open requests in the recorder."""
        timed_out = end.state is DebugSessionState.TIMED_OUT
        self.recorder.close_open(ended_ms, reason=no_response_reason(ended_ms) if timed_out else None)
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

    async def _go_offline(self) -> None:
        """Take the page offline, so that it sends no requests while it closes: nobody would record them."""
        offline = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        commands: list[Coroutine[Any, Any, object]] = [
            session.send("Network.emulateNetworkConditions", offline, timeout=1)
            for session in self.recorder.sessions.values()
        ]
        await asyncio.gather(*commands, return_exceptions=True)
