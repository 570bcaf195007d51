"""Follows the main page: its milestones, dialogs, downloads, reload loops and crashes."""

import asyncio
from collections.abc import Callable

from core.debugging.cdp.connection import CdpSession, Params
from core.debugging.dialogs import dialog_note
from core.debugging.time_axis import TimeAxis

# CDP Page.lifecycleEvent name → our name.
LIFECYCLE = {
    "DOMContentLoaded": "dom_content_loaded",
    "load": "load",
    "firstPaint": "first_paint",
    "firstContentfulPaint": "first_contentful_paint",
}
MAX_DOCUMENTS = 25  # a sign-in with all its redirects opens about five
# https://web.dev/articles/cls: a session window lasts at most 5 s and ends after 1 s without a shift.
SHIFT_WINDOW_SECONDS = 5.0
SHIFT_GAP_SECONDS = 1.0


class PageWatch:
    """The main page of one session. `milestones` are ms after the session's start, except `cls`, a score."""

    def __init__(self, axis: TimeAxis, note: Callable[[str], None]) -> None:
        """*note* adds a message of Watchwright to the session's console."""
        self._axis = axis
        self._note = note
        self.loaded = asyncio.Event()
        self.crashed = asyncio.Event()
        self.milestones: dict[str, float] = {}
        self.stopped_ms: float | None = None
        """When the page stopped loading, in ms after the start; None while it loads."""
        self.has_download = False
        """Whether a download has begun."""
        self.in_reload_loop = asyncio.Event()
        """Set once the page has opened more than `MAX_DOCUMENTS` documents."""
        self.shows_error = False
        """Whether the browser shows its own error page, whose milestones and text are not the website's."""
        self._documents = 0
        self._painted_in: int | None = None
        """Number of the first document with a paint; paint milestones of other documents are ignored."""
        self._shifts: list[tuple[float, float]] = []
        self._handlers: dict[str, Callable[[CdpSession, Params], None]] = {
            "Page.lifecycleEvent": self._lifecycle,
            "Page.frameNavigated": self._navigated,
            "Page.frameStartedLoading": self._loading,
            "Page.frameStoppedLoading": self._stopped,
            "Page.javascriptDialogOpening": self._dialog,
            "Page.downloadWillBegin": self._download,
            "PerformanceTimeline.timelineEventAdded": self._timeline,
            "Inspector.targetCrashed": self._crash,
        }

    def on_event(self, session: CdpSession, method: str, params: Params, *, is_main: bool) -> None:
        """Handle one event of any page; only dialogs and downloads count for pages other than the main one."""
        handler = self._handlers.get(method)
        if handler is not None and (is_main or method in ("Page.javascriptDialogOpening", "Page.downloadWillBegin")):
            handler(session, params)

    def _lifecycle(self, session: CdpSession, params: Params) -> None:
        name = LIFECYCLE.get(params["name"])
        if name is None or params["frameId"] != session.target.id:
            return
        offset_ms = self._axis.offset_ms(params["timestamp"])
        if offset_ms < 0:
            return  # an event of the blank page before the visit
        if name == "load":
            self.loaded.set()
        if self.shows_error:
            return
        self.milestones.setdefault(name, offset_ms)
        if name == "first_contentful_paint" and self._painted_in is None:
            self._painted_in = self._documents

    def _navigated(self, session: CdpSession, params: Params) -> None:
        if params["frame"]["id"] != session.target.id:
            return
        self.shows_error = "unreachableUrl" in params["frame"]
        self._documents += 1
        if self._documents > MAX_DOCUMENTS:
            self.in_reload_loop.set()

    def _loading(self, session: CdpSession, params: Params) -> None:
        if params["frameId"] == session.target.id:
            self.stopped_ms = None

    def _stopped(self, session: CdpSession, params: Params) -> None:
        if params["frameId"] == session.target.id:
            self.stopped_ms = self._axis.now_ms()

    def _dialog(self, session: CdpSession, params: Params) -> None:
        # A dialog blocks the page until it is answered. We accept leaving the page and decline everything else.
        is_leaving = params["type"] == "beforeunload"
        session.post("Page.handleJavaScriptDialog", {"accept": is_leaving})
        self._note(dialog_note(params["type"], params["message"]))

    def _download(self, _session: CdpSession, params: Params) -> None:
        self.has_download = True
        self._note(f"The page started a download, which was not stored: {params.get('suggestedFilename', '')[:200]}")

    def _timeline(self, session: CdpSession, params: Params) -> None:
        event = params["event"]
        is_of_first_paint = self._painted_in in (None, self._documents) and not self.shows_error
        if event.get("frameId") != session.target.id or not is_of_first_paint:
            return
        if paint := event.get("lcpDetails"):
            offset_ms = self._axis.wall_offset_ms(paint.get("renderTime") or paint.get("loadTime") or event["time"])
            self.milestones["largest_contentful_paint"] = offset_ms
        shift = event.get("layoutShiftDetails")
        if shift and not shift.get("hadRecentInput"):
            self._shifts.append((event["time"], shift["value"]))
            self.milestones["cls"] = cumulative_layout_shift(self._shifts)

    def _crash(self, _session: CdpSession, _params: Params) -> None:
        self._note("The page's renderer crashed.")
        self.crashed.set()


def cumulative_layout_shift(shifts: list[tuple[float, float]]) -> float:
    """Return the CLS of *shifts*, pairs of time in seconds and score: the highest sum of any session window."""
    worst = window = 0.0
    began = last = float("-inf")
    for at, score in shifts:
        if at - last > SHIFT_GAP_SECONDS or at - began > SHIFT_WINDOW_SECONDS:
            began, window = at, 0.0
        window += score
        last = at
        worst = max(worst, window)
    return round(worst, 4)
