"""Runs one debug session without a store, for the command line and for benchmarks."""

import asyncio
from dataclasses import dataclass

from core.clock import utc_now
from core.config import Settings
from core.debugging.browsers.browser_pool import BrowserPool
from core.debugging.browsers.debug_browser import DebugBrowser
from core.debugging.recording import recorded
from core.debugging.redaction.masking import masks_for
from core.debugging.sign_in import signs_in
from core.debugging.sinks import MemorySink
from core.debugging.visit_target import Began, VisitTarget
from core.models import ConsoleMessage, DebugSession, NetworkEvent, SessionArtifact, SessionTrigger
from core.schemas.session_options import SessionOptions
from core.schemas.url import display_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A debug session that was not stored."""

    session: DebugSession
    events: list[NetworkEvent]
    """Sorted by time; `core.debugging.waterfall.rows` and `core.debugging.har.to_har` accept them."""
    console: list[ConsoleMessage]
    artifacts: list[SessionArtifact]


async def capture(
    url: str,
    options: SessionOptions | None = None,
    *,
    settings: Settings | None = None,
    stop: asyncio.Event | None = None,
) -> Capture:
    """Run one debug session in a browser of its own, and return what it captured.

    Args:
        stop: Ends the session early when it is set.

    Raises:
        BrowserMissing: There is no browser; the message says how to get one.
        BrowserError: The browser could not be started.
        InvalidInput: The options name an unknown device.
    """
    options = options or SessionOptions()
    settings = settings or Settings.load()
    pool = BrowserPool(settings)
    try:
        is_ours = not VisitTarget(url=url, options=options).is_driven_by_playwright
        browser = await pool.acquire(signs_in=signs_in(options, url)) if is_ours else None
        return await capture_in(browser, url, options, settings=settings, stop=stop)
    finally:
        await pool.close()


async def capture_in(
    browser: DebugBrowser | None,
    url: str,
    options: SessionOptions,
    *,
    settings: Settings,
    stop: asyncio.Event | None = None,
) -> Capture:
    """Run one debug session in *browser*, which runs already, and return what it captured."""
    target = VisitTarget(url=url, options=options)
    masks = masks_for(options, settings)
    sink = MemorySink(masks)
    session = DebugSession(
        session_key="",
        url=masks.url(display_url(url)),
        browser_type=options.browser,
        options=target.stored_options,
        is_redacted=options.is_redacted,
        trigger=SessionTrigger.MANUAL,
    )

    async def on_began(began: Began) -> None:
        session.started_at = began.started_at
        session.browser_version, session.user_agent = began.browser_version, began.user_agent

    stop = stop or asyncio.Event()
    async with recorded(browser, target, sink, settings=settings, masks=masks, stop=stop, on_began=on_began) as update:
        pass
    for name, value in update.model_dump(exclude_unset=True).items():
        setattr(session, name, value)
    session.completed_at = utc_now()
    return Capture(session=session, events=sink.events, console=sink.console, artifacts=sink.artifacts)
