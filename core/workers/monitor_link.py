"""What pages and API know of the monitor, in whichever process it runs: whether it is well, and a check at once."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from time import monotonic

from core import signals
from core.background import Background
from core.database import in_session
from core.errors import MonitorUnavailable, require_found
from core.services import WebsiteCRUD

SILENT_SECONDS = 15.0  # without a sign of life, after which no monitor is taken to be there
LOOK_SECONDS = 5.0
ANSWER_SECONDS = 5.0  # beyond the website's timeout
NOBODY = "No monitor is running, so websites are not checked; start one with watchwright worker."


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a monitor said of itself last."""

    heard_at: float
    trouble: str | None
    spans_lost: int = 0


class MonitorLink:
    """One for a process, from `start` to `stop`."""

    def __init__(self, *, is_reached: Callable[[], bool] = lambda: True) -> None:
        """*is_reached* tells whether reports of other processes come here at all."""
        self._is_reached = is_reached
        self._heard_at = monotonic()
        self._reports: dict[str, Report] = {}
        """The latest of each monitor that checks; in a fleet several do."""
        self._fallen: str | None = None
        self._said: str | None = None
        self._background = Background()

    async def start(self) -> None:
        """Begin to listen."""
        self._heard_at = monotonic()
        self._background.subscribe(signals.monitor_reported, self._on_report)
        self._background.keep_running(self._look, "monitor link")

    async def stop(self) -> None:
        """End what `start` began."""
        await self._background.stop()

    @property
    def trouble(self) -> str | None:
        """What is wrong with the checking of websites, in sentences for every page; None when all is well."""
        if self._fallen is not None:
            return self._fallen
        if self._is_reached() and monotonic() - self._heard_at > SILENT_SECONDS:
            return NOBODY
        return " ".join({one.trouble: None for one in self._heard() if one.trouble}) or None

    @property
    def checking(self) -> int:
        """How many monitors check: one, or in a fleet several; those of which nothing was heard lately left out."""
        return len(self._heard())

    @property
    def spans_lost(self) -> int:
        """Spans that monitors could not send; of those that are heard, each since it started."""
        return sum(one.spans_lost for one in self._heard())

    def _heard(self) -> list[Report]:
        since = monotonic() - SILENT_SECONDS
        self._reports = {name: one for name, one in self._reports.items() if one.heard_at > since}
        return list(self._reports.values())

    def fell(self, words: str) -> None:
        """The monitor's process has ended by itself; holds until a monitor reports."""
        self._fallen = words
        self._tell()

    async def check_now(self, website_id: int) -> None:
        """Check a website at once, whatever its schedule says; returns when the check has been made.

        Raises:
            NotFound: There is no such website.
            MonitorUnavailable: No monitor took it up.
        """
        website = require_found(await in_session(WebsiteCRUD.get_by_id, website_id), f"website {website_id}")
        request = token_hex(8)
        answered = asyncio.Event()
        disconnect = signals.check_answered.connect(lambda fact: answered.set() if fact.request == request else None)
        try:
            signals.check_requested.send(signals.CheckRequested(website_id=website_id, request=request))
            await asyncio.wait_for(answered.wait(), website.timeout + ANSWER_SECONDS)
        except TimeoutError as error:
            words = self.trouble or "The monitor does not answer; look at its log, or check again in a moment."
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
            self._tell()
        elif self._reports.pop(report.monitor, None) is not None:
            self._tell()

    def _tell(self) -> None:
        if self.trouble != self._said:
            self._said = self.trouble
            signals.health_changed.send(signals.HealthChanged())

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if not self._is_reached():
                self._heard_at = monotonic()  # it may have spoken; once it is heard again, it has the time to
            self._tell()
