"""Evaluates expressions in a page apart from its scripts, which cannot replace what these expressions use."""

from typing import Any

from core.debugging.cdp.connection import CdpError, CdpSession
from core.debugging.cdp.page_facts import ANSWER_SECONDS

WORLD = "watchwright"


async def evaluate_apart(page: CdpSession, expression: str) -> Any:
    """Return the value of *expression*, awaited if it is a promise; None if the page does not answer."""
    try:
        frame = {"frameId": page.target.id, "worldName": WORLD}
        world = await page.send("Page.createIsolatedWorld", frame, timeout=ANSWER_SECONDS)
        wishes = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        wishes["contextId"] = world["executionContextId"]
        answer = await page.send("Runtime.evaluate", wishes, timeout=ANSWER_SECONDS)
    except CdpError:
        return None
    return answer.get("result", {}).get("value")
