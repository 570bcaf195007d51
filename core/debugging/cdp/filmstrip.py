"""Pictures of the page while it loads: dense at first, ever sparser later, fewer on a busy machine, and bounded."""

import asyncio
import base64
from collections.abc import Callable
from typing import Any

from core.debugging.cdp.connection import CdpSession

SCREENCAST = {"format": "jpeg", "quality": 50, "maxWidth": 640, "maxHeight": 400}
FIRST_SPACING_SECONDS = 0.1
FRAMES_PER_SPACING = 15  # then half as often
REST_PER_EFFORT = 4  # a frame takes the time of the page's own processes: a fifth of it at most
LONGEST_REST_SECONDS = 1.0  # on however busy a machine
FRAMES_KEPT = 75  # those that differ from the one before; fifteen looks at 0.1 s, at 0.2 s, … at 1.6 s are 45 s


class Filmstrip:
    """Takes frames of one page's screencast; *keep* gets each as JPEG with the browser's wall-clock seconds."""

    def __init__(self, keep: Callable[[bytes, float], None]) -> None:
        self._keep = keep
        self._count = self._seen = 0
        self._is_waiting = False
        self._asked_at = 0.0
        self._last: str | None = None

    def start(self, page: CdpSession) -> None:
        """Ask for the next frame."""
        self._is_waiting = True
        self._asked_at = asyncio.get_running_loop().time()
        page.post("Page.startScreencast", SCREENCAST)

    def on_frame(self, page: CdpSession, params: dict[str, Any]) -> None:
        """Take one ``Page.screencastFrame``."""
        if not self._is_waiting:
            return  # a second one, which was under way already
        # The browser makes frames whether or not they are acknowledged, and a page of many pictures loads a tenth
        # slower for it: so each screencast is of one frame, and the next begins when one is wanted again.
        self._is_waiting = False
        page.post("Page.stopScreencast")
        self._seen += 1
        if params["data"] != self._last:
            self._last = params["data"]
            self._count += 1
            self._keep(base64.b64decode(params["data"]), params["metadata"]["timestamp"])
        if self._count < FRAMES_KEPT:
            loop = asyncio.get_running_loop()
            rest = rest_seconds(self._seen, took_seconds=loop.time() - self._asked_at)
            loop.call_later(rest, self.start, page)


def rest_seconds(count: int, *, took_seconds: float) -> float:
    """How long to wait after the *count*-th frame, which *took_seconds*, until the next one is asked for."""
    spacing = float(FIRST_SPACING_SECONDS * 2 ** (count // FRAMES_PER_SPACING))
    return max(spacing, min(took_seconds * REST_PER_EFFORT, LONGEST_REST_SECONDS))
