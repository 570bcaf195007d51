"""Connects pages and the API with the monitor in any process: its state, and checks on request."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from time import monotonic

from core import signals
from core.background import Background
from core.database import in_session
from core.errors import MonitorUnavailable
from core.models import Website
from core.services.rows import require_row

SILENT_SECONDS = 15.0  # without a report, a monitor counts as missing
POLL_SECONDS = 5.0
ANSWER_SECONDS = 5.0  # added to the website's timeout
NOBODY = "No monitor is running, so websites are not checked. Start one with `watchwright worker`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The last report of a monitor."""

    heard_at: float
    trouble: str | None
    spans_lost: int = 0


class MonitorLink:
    """Tracks the reports of monitors between `start` and `stop`. One per process."""

    def __init__(self, *, is_reached: Callable[[], bool] = lambda: True) -> None:
        """*is_reached* returns whether reports of other processes can arrive."""
        self._is_reached = is_reached
        self._heard_at = monotonic()
        self._reports: dict[str, Report] = {}
        """The latest report of each monitor that checks; a fleet has several."""
        self._fallen: str | None = None
        self._last_trouble: str | None = None
        self._background = Background()

    async def start(self) -> None:
        """Start listening to reports."""
        self._heard_at = monotonic()
        self._background.subscribe(signals.monitor_reported, self._on_report)
        self._background.keep_running(self._poll, "monitor link")

    async def stop(self) -> None:
        """Stop listening."""
        await self._background.stop()

    @property
    def trouble(self) -> str | None:
        """What prevents checks, in sentences for every page; None if nothing does."""
        if self._fallen is not None:
            return self._fallen
        if self._is_reached() and monotonic() - self._heard_at > SILENT_SECONDS:
            return NOBODY
        return " ".join({report.trouble: None for report in self._current_reports() if report.trouble}) or None

    @property
    def checking(self) -> int:
        """The number of monitors that check and have reported recently: one, or several in a fleet."""
        return len(self._current_reports())

    @property
    def spans_lost(self) -> int:
        """The spans that current monitors could not send, each since its start."""
        return sum(report.spans_lost for report in self._current_reports())

    def _current_reports(self) -> list[Report]:
        since = monotonic() - SILENT_SECONDS
        self._reports = {name: report for name, report in self._reports.items() if report.heard_at > since}
        return list(self._reports.values())

    def fell(self, words: str) -> None:
        """Record that the monitor's process has crashed, until a monitor reports."""
        self._fallen = words
        self._signal_change()

    async def check_now(self, website_id: int) -> None:
        """Check a website at once, regardless of its schedule; returns when the check is done.

        Raises:
            NotFound: The website does not exist.
            MonitorUnavailable: No monitor answered.
        """
        website = await in_session(require_row, Website, website_id)
        request = token_hex(8)
        answered = asyncio.Event()
        disconnect = signals.check_answered.connect(lambda fact: answered.set() if fact.request == request else None)
        try:
            signals.check_requested.send(signals.CheckRequested(website_id=website_id, request=request))
            await asyncio.wait_for(answered.wait(), website.timeout + ANSWER_SECONDS)
        except TimeoutError as error:
            words = self.trouble or "The monitor does not respond. See its log, or try again in a moment."
            raise MonitorUnavailable(f"The website could not be checked now. {words}") from error
        finally:
            disconnect()

    def _on_report(self, report: signals.MonitorReported) -> None:
        if report.is_checking:
            self._heard_at = monotonic()
            self._reports[report.monitor] = Report(
                heard_at=self._heard_at, trouble=report.trouble, spans_lost=report.spans_lost
            )
            self._fallen = None
            self._signal_change()
        elif self._reports.pop(report.monitor, None) is not None:
            self._signal_change()

    def _signal_change(self) -> None:
        if self.trouble != self._last_trouble:
            self._last_trouble = self.trouble
            signals.health_changed.send(signals.HealthChanged())

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            if not self._is_reached():
                self._heard_at = monotonic()  # reports could not arrive; allow the full time once they can
            self._signal_change()
