"""Visits a page through Playwright: for Firefox, WebKit and traces. Records fewer facts than a visit over CDP."""

import asyncio
import contextlib
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Error, Page

from core.addresses import MayConnect
from core.debugging.browser import BrowserChoice
from core.debugging.browsers.playwright_browser import context_options, launch
from core.debugging.browsers.playwright_driver import END_SECONDS, Driver, driver
from core.debugging.browsers.policy_proxy import PolicyProxy
from core.debugging.browsers.remote_browser import connected, require_open
from core.debugging.outcome import STILL_LOADING, End, Outcome, end_by_stop, failed, no_response_reason
from core.debugging.playwright_events import PlaywrightEvents
from core.debugging.recorder import Recorder
from core.debugging.time_axis import TimeAxis
from core.debugging.visit_target import Began, OnBegan, VisitTarget
from core.debugging.watch import AFTER_LOAD_SECONDS, until_quiet
from core.errors import BrowserError
from core.models import ArtifactKind, DebugSessionState
from core.schemas.session_options import WatchMode

LEFT_OUT = (
    "Recorded with Playwright. Not available: CORS preflights, initiators, priorities, connection ids, worker requests "
    "and block reasons."
)
_MILESTONES = """() => {
  const [entry] = performance.getEntriesByType('navigation');
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  return entry && {origin: performance.timeOrigin, time_to_first_byte: entry.responseStart,
    dom_content_loaded: entry.domContentLoadedEventEnd, load: entry.loadEventEnd,
    first_contentful_paint: paint ? paint.startTime : 0};
}"""


class PlaywrightVisit:
    """One visit: call `run` once. Has the interface of `core.debugging.visit.Visit`."""

    def __init__(
        self,
        choice: BrowserChoice | None,
        target: VisitTarget,
        *,
        stop: asyncio.Event,
        on_began: OnBegan,
        guard: PolicyProxy,
        may_connect: MayConnect,
    ) -> None:
        """Args:
        choice: The Chromium to use; None for Firefox and WebKit, which Playwright provides.
        guard: The proxy through which a browser on this machine connects.
        may_connect: Decides whether the address of a remote Chromium is allowed.
        """
        self._guard = guard
        self._may_connect = may_connect
        self._choice = choice
        self._endpoint = choice.endpoint if choice is not None else None
        self._target, self._url, self._options = target, target.url, target.options
        self._stop = stop
        self._on_began = on_began
        self.recorder = Recorder(target.options, TimeAxis(), prepare=lambda _session: [])
        self._gone = asyncio.Event()
        self._events: PlaywrightEvents | None = None
        self._title: str | None = None
        self._milestones: dict[str, float] = {}

    async def run(self) -> Outcome:
        """Visit the page and return how that ended.

        Raises:
            BrowserError: The browser is missing, could not be started, does not answer, or rejects an option.
            InvalidInput: The options name an unknown device.
        """
        async with AsyncExitStack() as ending:
            running = await ending.enter_async_context(driver())
            browser = await self._open(running, ending)
            browser.on("disconnected", lambda _browser: self._gone.set())
            try:
                wishes = context_options(running.playwright, self._target, is_remote=self._endpoint is not None)
                return await self._visit(browser, await browser.new_context(**wishes), running.folder / "trace.zip")
            except Error as error:  # a cookie or header is not accepted, or the browser or its page has ended already
                words = error.message.splitlines()[0].partition(": ")[2] or error.message
                raise BrowserError(f"The page could not be prepared: {words[:300]}") from error
            finally:
                self.recorder.end()
                with contextlib.suppress(Error, TimeoutError):
                    async with asyncio.timeout(END_SECONDS):
                        await browser.close()

    async def _open(self, running: Driver, ending: AsyncExitStack) -> Browser:
        if self._endpoint is None:
            return await launch(running, self._options, self._choice, self._guard, ending)
        await require_open(self._endpoint, self._may_connect)
        return await connected(running.playwright, self._endpoint)

    async def _visit(self, browser: Browser, context: BrowserContext, trace: Path) -> Outcome:
        if self._options.has_trace:
            await context.tracing.start(screenshots=True, snapshots=True)
        if self._options.cookies:
            await context.add_cookies(
                [{"name": cookie.name, "value": cookie.value, "url": self._url} for cookie in self._options.cookies]
            )
        page = await context.new_page()
        agent = str(await page.evaluate("navigator.userAgent"))
        axis = self.recorder.axis
        axis.start()
        self.recorder.begin()
        self.recorder.note(LEFT_OUT)
        limit_bytes = self._options.payload_limit_bytes
        events = PlaywrightEvents(self.recorder, context, page, limit_bytes=limit_bytes, facts=self._guard.facts)
        self._events = events
        await self._on_began(Began(started_at=axis.started_at, browser_version=browser.version, user_agent=agent))
        end = await self._watch(page, events)
        ended_ms = axis.now_ms()
        await self._finish(context, page, events, trace)
        return self.outcome(end, ended_ms)

    def outcome(self, end: End, ended_ms: float) -> Outcome:
        """Return the outcome of a visit that came to *end* at *ended_ms*; ends all open requests in the recorder."""
        reason = end.reason
        timed_out = end.state is DebugSessionState.TIMED_OUT
        self.recorder.close_open(ended_ms, reason=no_response_reason(ended_ms) if timed_out else None)
        status = self._events.document_status if self._events else None
        is_fine = end.state is DebugSessionState.COMPLETED and status is not None and status < 400
        success = is_fine and self._events is not None and self._events.has_loaded
        if reason is None and status is not None and status >= 400:
            reason = f"The document returned {status}."
        elif reason is None and is_fine and not success:
            reason = STILL_LOADING
        is_opened = end.state is not DebugSessionState.FAILED  # else the browser shows its own error page
        milestones = self._milestones if is_opened else {}
        return Outcome(state=end.state, success=success, reason=reason, title=self._title, milestones=milestones)

    async def _watch(self, page: Page, events: PlaywrightEvents) -> End:
        ends = {
            asyncio.create_task(self._watch_until_done(page, events)): None,
            asyncio.create_task(self._stop.wait()): end_by_stop(self._options.watch),
            asyncio.create_task(events.crashed.wait()): failed("The page's renderer crashed."),
            asyncio.create_task(self._gone.wait()): failed("The browser ended unexpectedly."),
            asyncio.create_task(self._driver_ended(page, events)): failed("The browser ended unexpectedly."),
        }
        try:
            limit = self._options.time_limit_seconds
            done, _ = await asyncio.wait(ends, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            is_until_stopped = self._options.watch is WatchMode.UNTIL_STOPPED
            if not done:
                over = DebugSessionState.COMPLETED if is_until_stopped else DebugSessionState.TIMED_OUT
                return End(state=over, reason=f"The session ended after {limit:g} s.")
            ended = next(task for task in reversed(ends) if task in done)  # the end of the browser ends others too
            return ends[ended] or ended.result()  # type: ignore[return-value]
        finally:
            for task in ends:
                task.cancel()
            await asyncio.gather(*ends, return_exceptions=True)

    async def _driver_ended(self, page: Page, events: PlaywrightEvents) -> None:
        """Return when Playwright's driver ends. It sends no event then, but a command that waits in it fails."""
        with contextlib.suppress(Error):
            await page.wait_for_timeout((self._options.time_limit_seconds + 5) * 1000)
        if events.crashed.is_set() or page.is_closed():
            await asyncio.Event().wait()  # the crash gives a better reason, and a page may close itself

    async def _watch_until_done(self, page: Page, events: PlaywrightEvents) -> End:
        limit_ms = (self._options.time_limit_seconds + 5) * 1000
        try:
            is_fixed = self._options.watch is WatchMode.FIXED  # such a page may never load
            await page.goto(self._url, wait_until="commit" if is_fixed else "load", timeout=limit_ms)
        except Error as error:
            words = events.document_failure or error.message.splitlines()[0].removeprefix("Page.goto: ")
            return failed(f"The page could not be opened: {words[:300]}")
        self.recorder.page_loaded()
        if self._options.watch is WatchMode.FIXED:
            await asyncio.sleep(self._options.fixed_seconds)
        elif self._options.watch is WatchMode.UNTIL_STOPPED:
            await asyncio.Event().wait()
        else:
            await asyncio.sleep(AFTER_LOAD_SECONDS)
        if self._options.watch is WatchMode.NETWORK_IDLE:
            with contextlib.suppress(TimeoutError):
                await until_quiet(self.recorder)
        return End(state=DebugSessionState.COMPLETED)

    async def _finish(self, context: BrowserContext, page: Page, events: PlaywrightEvents, trace: Path) -> None:
        axis = self.recorder.axis
        with contextlib.suppress(Error, TimeoutError):
            async with asyncio.timeout(10):
                await events.settle()
                self._title = (await page.title())[:512] or None
                self._milestones = _milestones(await page.evaluate(_MILESTONES), axis)
                if self._options.has_screenshots:
                    picture = await page.screenshot(type="jpeg", quality=75)
                    self.recorder.add_artifact(ArtifactKind.SCREENSHOT, "image/jpeg", picture, axis.now_ms())
        if self._options.has_trace:
            with contextlib.suppress(Error):
                await context.tracing.stop(path=trace)
                data = await asyncio.to_thread(trace.read_bytes)
                self.recorder.add_artifact(ArtifactKind.TRACE, "application/zip", data, axis.now_ms())


def _milestones(reported: dict[str, float] | None, axis: TimeAxis) -> dict[str, float]:
    if not reported:
        return {}
    base = axis.wall_offset_ms(reported.pop("origin") / 1000)
    return {name: round(base + value, 3) for name, value in reported.items() if value > 0}
