"""Pictures of the page while it loads: dense at first, ever sparser later, and bounded."""

import asyncio
import base64
from collections.abc import Callable
from typing import Any

from core.debugging.cdp import CdpSession

SCREENCAST = {"format": "jpeg", "quality": 50, "maxWidth": 640, "maxHeight": 400}
FIRST_SPACING_SECONDS = 0.1
FRAMES_PER_SPACING = 15  # then half as often
FRAMES_KEPT = 75  # those that differ from the one before; fifteen looks at 0.1 s, at 0.2 s, … at 1.6 s are 45 s


class Filmstrip:
    """Takes frames of one page's screencast; *keep* gets each as JPEG with the browser's wall-clock seconds."""

    def __init__(self, keep: Callable[[bytes, float], None]) -> None:
        self._keep = keep
        self._count = self._seen = 0
        self._is_waiting = False
        self._last: str | None = None

    def start(self, page: CdpSession) -> None:
        """Ask for the next frame."""
        self._is_waiting = True
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
            asyncio.get_running_loop().call_later(spacing_seconds(self._seen), self.start, page)


def spacing_seconds(count: int) -> float:
    """How long to wait after the *count*-th frame until the next one."""
    return float(FIRST_SPACING_SECONDS * 2 ** (count // FRAMES_PER_SPACING))
