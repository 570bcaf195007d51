"""One visit recorded: what the recorder hears is carried to a sink, whatever happens to either."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from core.config import Settings
from core.debugging.browser import find_browser
from core.debugging.debug_browser import DebugBrowser
from core.debugging.devices import find_device
from core.debugging.masking import Masks
from core.debugging.policy_proxy import PolicyProxy
from core.debugging.sinks import Sink, drain, pump
from core.debugging.time_axis import TimeAxis
from core.debugging.visit import Outcome, Visit
from core.models import NetworkEventType
from core.schemas.debug_session import DebugSessionUpdate
from core.schemas.session_options import SessionOptions, without_secrets

if TYPE_CHECKING:
    from core.debugging.playwright_visit import PlaywrightVisit

OnStarted = Callable[[TimeAxis, str, str], Awaitable[None]]
"""Hears the axis, the browser's version and its user agent."""


async def record(
    browser: DebugBrowser | None,
    url: str,
    options: SessionOptions,
    sink: Sink,
    *,
    settings: Settings,
    masks: Masks,
    stop: asyncio.Event,
    on_started: OnStarted,
) -> DebugSessionUpdate:
    """Visit *url* and carry everything to *sink*; returns what is to be said of the session.

    Args:
        browser: None where Playwright drives a browser of its own, see `is_driven_by_playwright`.

    Raises:
        BrowserError: The browser went away before the page could be opened.
    """
    visit = await _visit_of(browser, url, options, settings, stop=stop, on_started=on_started)
    pumping = asyncio.create_task(pump(visit.recorder, sink), name="pump")
    visiting = asyncio.create_task(visit.run(), name="visit")
    try:
        await asyncio.wait((pumping, visiting), return_when=asyncio.FIRST_COMPLETED)
        if pumping.done():
            pumping.result()  # it ends only by failing: the store does not take what we have
        outcome = await visiting
    finally:
        for task in (visiting, pumping):
            task.cancel()
        await asyncio.gather(visiting, pumping, return_exceptions=True)
        await asyncio.shield(drain(visit.recorder, sink))
    return _update(outcome, visit, masks)


async def _visit_of(
    browser: DebugBrowser | None,
    url: str,
    options: SessionOptions,
    settings: Settings,
    *,
    stop: asyncio.Event,
    on_started: OnStarted,
) -> "Visit | PlaywrightVisit":
    if browser is None:
        choice = find_browser(settings) if options.browser == "chromium" else None
        guard = PolicyProxy(settings.address_policy.refusal)
        from core.debugging.playwright_visit import PlaywrightVisit  # with Playwright: 15 MB that few sessions need

        return PlaywrightVisit(choice, url, options, stop=stop, on_started=on_started, guard=guard)
    version, user_agent = browser.version, browser.user_agent

    async def started(axis: TimeAxis) -> None:
        await on_started(axis, version, user_agent)

    device = await find_device(options.device)
    return Visit(browser, url, options, device=device, stop=stop, on_started=started)


def is_driven_by_playwright(options: SessionOptions) -> bool:
    """Whether Playwright drives: another browser than Chromium, a trace, or Windows, where we have no pipe to one."""
    return options.browser != "chromium" or options.has_trace or sys.platform == "win32"


def _update(outcome: Outcome, visit: "Visit | PlaywrightVisit", masks: Masks) -> DebugSessionUpdate:
    records = visit.recorder.records
    bad = (NetworkEventType.ERROR, NetworkEventType.TIMEOUT)
    return DebugSessionUpdate(
        state=outcome.state,
        success=outcome.success,
        error_message=masks.text(outcome.reason) if outcome.reason else None,
        title=masks.text(outcome.title) if outcome.title else None,
        milestones=outcome.milestones,
        request_count=len(records) + visit.recorder.dropped_count,
        failed_count=sum(record.outcome in bad or (record.status_code or 0) >= 400 for record in records),
        dropped_count=visit.recorder.dropped_count,
        encoded_bytes=sum(record.encoded_bytes for record in records),
    )


def without_credentials(url: str) -> str:
    """*url* without a name and password in it."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def stored_options(options: SessionOptions) -> dict[str, Any]:
    """What is kept of the options: those that differ from the defaults, without their secrets."""
    return without_secrets(options.model_dump(mode="json", exclude_defaults=True))
