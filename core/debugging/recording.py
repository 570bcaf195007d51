"""Runs one visit and writes all that its recorder captures to a sink, even when the visit is cut short."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

from core.background import until_set
from core.config import Settings
from core.debugging.browser import find_browser
from core.debugging.browsers.debug_browser import DebugBrowser
from core.debugging.browsers.policy_proxy import PolicyProxy
from core.debugging.outcome import BEFORE_IT_BEGAN, HANGS, End, Outcome, end_by_stop, failed
from core.debugging.recorder import Recorder
from core.debugging.redaction.masking import Masks
from core.debugging.sinks import Sink, drain, pump
from core.debugging.visit import Visit
from core.debugging.visit_target import OnBegan, VisitTarget
from core.schemas.debug_session import DebugSessionUpdate
from core.schemas.session_options import WatchMode

OVERDUE_SECONDS = 60.0  # a visit takes no longer beyond its time limit, unless the browser or its driver hangs
LEAVE_SECONDS = 0.5  # a stopped visit's time for its last screenshot and for late bodies


class Visiting(Protocol):
    """Interface of a visit: over CDP (`Visit`) or through Playwright (`PlaywrightVisit`)."""

    recorder: Recorder

    async def run(self) -> Outcome: ...

    def outcome(self, end: End, ended_ms: float) -> Outcome:
        """Return the outcome of a visit that came to *end* at *ended_ms*."""
        ...


@asynccontextmanager
async def recorded(
    browser: DebugBrowser | None,
    target: VisitTarget,
    sink: Sink,
    *,
    settings: Settings,
    masks: Masks,
    stop: asyncio.Event,
    on_began: OnBegan,
) -> AsyncIterator[DebugSessionUpdate]:
    """Visit *target*, write all that is recorded to *sink*, and yield how the session ended.

    Yields at most about `LEAVE_SECONDS` after *stop* is set, and `OVERDUE_SECONDS` after the visit's time limit.
    Closing the page may take longer; leaving the ``async with`` block waits for it.

    Args:
        browser: None where Playwright starts its own browser, see `VisitTarget.is_driven_by_playwright`.

    Raises:
        BrowserError: The browser went away before the page could be opened.
        InvalidInput: The options name an unknown device.
    """
    visit = _visit_of(browser, target, settings, stop=stop, on_began=on_began)
    pumping = asyncio.create_task(pump(visit.recorder, sink), name="pump")
    visiting = asyncio.create_task(visit.run(), name="visit")
    limit_seconds = target.options.time_limit_seconds + OVERDUE_SECONDS
    hurrying = asyncio.create_task(_patience(visit.recorder, stop, limit_seconds), name="hurry")
    try:
        await asyncio.wait((pumping, visiting, hurrying), return_when=asyncio.FIRST_COMPLETED)
        if pumping.done():
            pumping.result()  # the pump ends only with an error: the sink cannot store what was recorded
        outcome = visiting.result() if visiting.done() else _cut_short(visit, target.options.watch, stop)
        if browser is not None and not visiting.done():
            browser.retire()
        await _ended(pumping)
        await asyncio.shield(_write_rest(visit.recorder, sink))
        yield _update(outcome, visit, masks)
    finally:
        await _ended(hurrying, visiting, pumping)
        await asyncio.shield(_write_rest(visit.recorder, sink))


def _cut_short(visit: Visiting, watch: WatchMode, stop: asyncio.Event) -> Outcome:
    """Return the outcome of a visit that did not end in time, from what was recorded so far."""
    visit.recorder.end()
    if not stop.is_set():
        return visit.outcome(failed(HANGS), visit.recorder.axis.now_ms() if visit.recorder.has_begun else 0.0)
    if not visit.recorder.has_begun:
        return visit.outcome(BEFORE_IT_BEGAN, 0.0)
    return visit.outcome(end_by_stop(watch), visit.recorder.axis.now_ms())


async def _patience(recorder: Recorder, stop: asyncio.Event, limit_seconds: float) -> None:
    """Return once the visit has had enough time to end by itself: *limit_seconds*, or less after *stop* is set."""
    await until_set(stop, limit_seconds)
    if stop.is_set() and recorder.has_begun:
        await asyncio.sleep(LEAVE_SECONDS)


async def _write_rest(recorder: Recorder, sink: Sink) -> None:
    await recorder.settle(0)
    await drain(recorder, sink)


async def _ended(*tasks: "asyncio.Task[Any]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _visit_of(
    browser: DebugBrowser | None,
    target: VisitTarget,
    settings: Settings,
    *,
    stop: asyncio.Event,
    on_began: OnBegan,
) -> Visiting:
    if browser is None:
        choice = find_browser(settings) if target.options.browser == "chromium" else None
        guard = PolicyProxy(settings.address_policy.refusal)
        from core.debugging.playwright_visit import PlaywrightVisit  # imports Playwright: 15 MB, and few sessions do

        may_connect = settings.address_policy.for_the_operator().refusal
        return PlaywrightVisit(choice, target, stop=stop, on_began=on_began, guard=guard, may_connect=may_connect)
    return Visit(browser, target, stop=stop, on_began=on_began)


def _update(outcome: Outcome, visit: Visiting, masks: Masks) -> DebugSessionUpdate:
    records = visit.recorder.records
    return DebugSessionUpdate(
        state=outcome.state,
        success=outcome.success,
        error_message=masks.text(outcome.reason) if outcome.reason else None,
        title=masks.text(outcome.title) if outcome.title else None,
        milestones=outcome.milestones,
        request_count=len(records) + visit.recorder.dropped_count,
        failed_count=sum(record.is_failed for record in records),
        dropped_count=visit.recorder.dropped_count,
        encoded_bytes=sum(record.encoded_bytes for record in records),
    )
