"""Takes pictures of the page while it loads: often at first, then less often, and rarely on a busy machine."""

import asyncio
import base64
from collections.abc import Callable
from typing import Any

from core.debugging.cdp.connection import CdpSession

SCREENCAST = {"format": "jpeg", "quality": 50, "maxWidth": 640, "maxHeight": 400}
FIRST_SPACING_SECONDS = 0.1
FRAMES_PER_SPACING = 15  # after so many frames the spacing doubles
REST_PER_EFFORT = 4  # rest four times as long as a frame took, so frames take at most a fifth of the page's time
LONGEST_REST_SECONDS = 1.0  # also on a busy machine
FRAMES_KEPT = 75  # frames that differ from the previous one; 15 each at 0.1, 0.2, 0.4, 0.8 and 1.6 s span 45 s


class Filmstrip:
    """Takes frames of one page, and calls *keep* with each as JPEG and the browser's wall-clock time in seconds."""

    def __init__(self, keep: Callable[[bytes, float], None]) -> None:
        self._keep = keep
        self._count = self._seen = 0
        self._is_waiting = False
        self._asked_at = 0.0
        self._last: str | None = None

    def start(self, page: CdpSession) -> None:
        """Request the next frame."""
        self._is_waiting = True
        self._asked_at = asyncio.get_running_loop().time()
        page.post("Page.startScreencast", SCREENCAST)

    def on_frame(self, page: CdpSession, params: dict[str, Any]) -> None:
        """Handle one ``Page.screencastFrame``."""
        if not self._is_waiting:
            return  # a second frame that the browser had sent already
        # The browser makes frames even if they are not acknowledged, which slows a page with many images by a tenth.
        # So each screencast takes one frame, and a new one starts for the next frame.
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
    """Return the seconds to wait before the next frame, after *count* frames of which the last *took_seconds*."""
    spacing = float(FIRST_SPACING_SECONDS * 2 ** (count // FRAMES_PER_SPACING))
    return max(spacing, min(took_seconds * REST_PER_EFFORT, LONGEST_REST_SECONDS))
