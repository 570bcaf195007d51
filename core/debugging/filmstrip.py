"""Pictures of the page while it loads: dense at first, ever sparser later, and bounded."""

import asyncio
import base64
from collections.abc import Callable
from typing import Any

from core.debugging.cdp import CdpSession

SCREENCAST = {"format": "jpeg", "quality": 50, "maxWidth": 640, "maxHeight": 400}
FIRST_SPACING_SECONDS = 0.1
FRAMES_PER_SPACING = 15  # then half as often
FRAMES_KEPT = 75  # fifteen at 0.1 s, at 0.2 s, … at 1.6 s: a page of 45 s


class Filmstrip:
    """Takes the frames of one page's screencast; *keep* gets each as JPEG with the browser's wall-clock seconds."""

    def __init__(self, keep: Callable[[bytes, float], None]) -> None:
        self._keep = keep
        self._count = 0
        self._last: str | None = None

    def start(self, page: CdpSession) -> None:
        """Ask for frames."""
        page.post("Page.startScreencast", SCREENCAST)

    def on_frame(self, page: CdpSession, params: dict[str, Any]) -> None:
        """Take one ``Page.screencastFrame``."""
        if params["data"] != self._last:
            self._last = params["data"]
            self._count += 1
            self._keep(base64.b64decode(params["data"]), params["metadata"]["timestamp"])
        if self._count >= FRAMES_KEPT:
            page.post("Page.stopScreencast")
            return
        # The browser makes no more frames than are acknowledged: to wait is to spare it the work.
        asyncio.get_running_loop().call_later(
            spacing_seconds(self._count), page.post, "Page.screencastFrameAck", {"sessionId": params["sessionId"]}
        )


def spacing_seconds(count: int) -> float:
    """How long to wait after the *count*-th frame until the next one."""
    return float(FIRST_SPACING_SECONDS * 2 ** (count // FRAMES_PER_SPACING))
