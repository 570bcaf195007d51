"""What is asked of a page itself, at the end of its visit: its picture, title and late vitals."""

import asyncio
import base64
import json
from collections.abc import Sequence

from core.debugging.cdp.connection import CdpError, CdpSession

ANSWER_SECONDS = 3.0  # a page that hangs is left without
WITHIN_SCRIPT_SECONDS = 1.0  # for what a page answers in the midst of a script
MOST_BYTES = 2**40  # of a script that anything could send
PICTURE_QUALITY = 75  # JPEG percent: text stays readable at a tenth of the PNG's size
SCROLL_STEP_SECONDS = 0.2
SCROLL_STEPS = 50  # pages that grow as they are scrolled have no end

# INP: the worst interaction, as there are hardly fifty of them (https://web.dev/articles/inp).
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
_SCROLL = """(() => {
  const before = scrollY; scrollBy(0, innerHeight); return scrollY > before;
})()"""


async def picture_of(page: CdpSession) -> bytes:
    """What is visible of the page, as JPEG.

    Raises:
        CdpError: The page does not answer.
    """
    wishes = {"format": "jpeg", "quality": PICTURE_QUALITY, "optimizeForSpeed": True}
    answer = await page.send("Page.captureScreenshot", wishes, timeout=ANSWER_SECONDS)
    return base64.b64decode(answer["data"])


async def title_of(page: CdpSession) -> str | None:
    """The document's title; None when the page does not answer or has none."""
    try:
        history = await page.send("Page.getNavigationHistory", timeout=ANSWER_SECONDS)
    except CdpError:
        return None
    title = str(history["entries"][history["currentIndex"]]["title"])
    return title[:512] or None


async def vitals_of(page: CdpSession) -> dict[str, float]:
    """INP in ms, where there was an interaction; what else there is comes as events."""
    wishes = {"expression": _INTERACTIONS, "awaitPromise": True, "returnByValue": True}
    try:
        answer = await page.send("Runtime.evaluate", wishes, timeout=ANSWER_SECONDS)
    except CdpError:
        return {}
    worst = answer.get("result", {}).get("value")
    return {"interaction_to_next_paint": float(worst)} if worst else {}


async def script_bytes_of(page: CdpSession, urls: Sequence[str]) -> dict[str, int]:
    """The bytes on the wire of the bodies of workers' scripts, which the browser tells to the page that began them."""
    wishes = {"expression": _SCRIPT_BYTES % json.dumps(urls), "returnByValue": True}
    try:
        answer = await page.send("Runtime.evaluate", wishes, timeout=ANSWER_SECONDS)
    except CdpError:
        return {}
    told = answer.get("result", {}).get("value")  # what a page says of itself, which may be anything
    if not isinstance(told, dict):
        return {}
    return {url: told[url] for url in urls if isinstance(told.get(url), int) and 0 < told[url] < MOST_BYTES}


async def is_busy(page: CdpSession) -> bool:
    """Whether a script keeps the page from answering, and not the layout of much, or a machine that is slow."""
    try:
        await page.send("Runtime.evaluate", {"expression": "0"}, timeout=ANSWER_SECONDS)
    except CdpError as error:
        if page.is_closed or not isinstance(error.__cause__, TimeoutError):
            return False
    else:
        return False
    try:
        # V8 stops a script for it, and nothing else (Chromium, devtools_session.cc, ShouldInterruptForMethod).
        await page.send("Performance.getMetrics", timeout=WITHIN_SCRIPT_SECONDS)
    except CdpError:
        return False
    return True


async def scroll_through(page: CdpSession) -> None:
    """Scroll to the end, a screen at a time, and back to the top.

    Raises:
        CdpError: The page does not answer.
    """
    for _ in range(SCROLL_STEPS):
        answer = await page.send("Runtime.evaluate", {"expression": _SCROLL, "returnByValue": True})
        if not answer.get("result", {}).get("value"):
            break
        await asyncio.sleep(SCROLL_STEP_SECONDS)
    await page.send("Runtime.evaluate", {"expression": "scrollTo(0, 0)"})
