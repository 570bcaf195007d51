"""Asks a page for facts at the end of its visit: screenshot, title, vitals, and whether a script blocks it."""

import asyncio
import base64
import contextlib
import json
from collections.abc import Sequence
from typing import Any

from core.debugging.cdp.connection import CdpError, CdpSession

ANSWER_SECONDS = 3.0  # timeout; a page that hangs does not answer
REST_SECONDS = 5.0  # limit for a long task, such as drawing a table of many thousand rows
MAX_BYTES = 2**40  # plausible upper bound for the size of a script
PICTURE_QUALITY = 75  # JPEG percent: text stays readable at a tenth of the PNG's size
SCROLL_STEP_SECONDS = 0.2
WORLD = "watchwright"  # where expressions are evaluated
SCROLL_STEPS = 50  # limit for pages that grow endlessly while they are scrolled

# INP is the worst interaction if there are fewer than fifty (https://web.dev/articles/inp).
_INTERACTIONS = """new Promise(resolve => {
  try {
    let worst = null;
    new PerformanceObserver(list => {
      for (const entry of list.getEntries())
        if (entry.interactionId) worst = Math.max(worst ?? 0, entry.duration);
      resolve(worst);
    }).observe({type: "event", buffered: true, durationThreshold: 16});
    setTimeout(() => resolve(worst), 100);
  } catch { resolve(null); }
})"""
_SCRIPT_BYTES = """Object.fromEntries(%s.map(
  url => [url, performance.getEntriesByName(url, "resource").at(-1)?.encodedBodySize]))"""
# Idle callbacks run once the scripts that wait to run have run, or after the timeout in ms.
_REST = "new Promise(resolve => requestIdleCallback(() => resolve(), {timeout: 500}))"
_SCROLL = """(() => {
  const before = scrollY; scrollBy(0, innerHeight); return scrollY > before;
})()"""


async def picture_of(page: CdpSession) -> bytes:
    """Return a JPEG of the visible part of the page.

    Raises:
        CdpError: The page does not answer.
    """
    wishes = {"format": "jpeg", "quality": PICTURE_QUALITY, "optimizeForSpeed": True}
    answer = await page.send("Page.captureScreenshot", wishes, timeout=ANSWER_SECONDS)
    return base64.b64decode(answer["data"])


async def title_of(page: CdpSession) -> str | None:
    """Return the document's title; None if the page does not answer or has no title."""
    try:
        history = await page.send("Page.getNavigationHistory", timeout=ANSWER_SECONDS)
    except CdpError:
        return None
    title = str(history["entries"][history["currentIndex"]]["title"])
    return title[:512] or None


async def vitals_of(page: CdpSession) -> dict[str, float]:
    """Return INP in ms if there was an interaction, else {}; the other vitals arrive as events."""
    worst = await evaluate_apart(page, _INTERACTIONS)
    return {"interaction_to_next_paint": float(worst)} if worst else {}


async def script_bytes_of(page: CdpSession, urls: Sequence[str]) -> dict[str, int]:
    """Return the transferred body sizes of workers' scripts, which only the page that started them can read."""
    sizes = await evaluate_apart(page, _SCRIPT_BYTES % json.dumps(urls))
    if not isinstance(sizes, dict):
        return {}
    return {url: sizes[url] for url in urls if isinstance(sizes.get(url), int) and 0 < sizes[url] < MAX_BYTES}


async def evaluate_apart(page: CdpSession, expression: str) -> Any:
    """Return the value of *expression*, awaited if it is a promise; None if the page does not answer.

    It runs apart from the page's scripts, which cannot replace what the expression uses.
    """
    try:
        frame = {"frameId": page.target.id, "worldName": WORLD}
        world = await page.send("Page.createIsolatedWorld", frame, timeout=ANSWER_SECONDS)
        wishes = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        wishes["contextId"] = world["executionContextId"]
        answer = await page.send("Runtime.evaluate", wishes, timeout=ANSWER_SECONDS)
    except CdpError:
        return None
    return answer.get("result", {}).get("value")


async def is_busy(page: CdpSession) -> bool:
    """Whether a script blocks the page; False if it is slow for another reason, such as layout or a busy machine."""
    # V8 interrupts only scripts for the second command (Chromium, devtools_session.cc, ShouldInterruptForMethod).
    silence, refusal = await asyncio.gather(
        _error_of(page, "Runtime.evaluate", {"expression": "0"}), _error_of(page, "Performance.getMetrics")
    )
    is_silent = silence is not None and isinstance(silence.__cause__, TimeoutError)
    return is_silent and refusal is None and not page.is_closed


async def _error_of(page: CdpSession, method: str, params: dict[str, Any] | None = None) -> CdpError | None:
    """Send a command and return its error; None if the page answered."""
    try:
        await page.send(method, params, timeout=ANSWER_SECONDS)
    except CdpError as error:
        return error
    return None


async def wait_for_rest(page: CdpSession) -> None:
    """Return once no script of the page waits to run, or after `REST_SECONDS`."""
    with contextlib.suppress(CdpError):
        await page.send("Runtime.evaluate", {"expression": _REST, "awaitPromise": True}, timeout=REST_SECONDS)


async def scroll_through(page: CdpSession) -> None:
    """Scroll to the end of the page, one screen at a time, and back to the top.

    Raises:
        CdpError: The page does not answer.
    """
    for _ in range(SCROLL_STEPS):
        answer = await page.send("Runtime.evaluate", {"expression": _SCROLL, "returnByValue": True})
        if not answer.get("result", {}).get("value"):
            break
        await asyncio.sleep(SCROLL_STEP_SECONDS)
    await page.send("Runtime.evaluate", {"expression": "scrollTo(0, 0)"})
