"""Derives downtime windows from the checks of a website's history; a window begins at the first failure. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from core.importers.import_data import HistoryCheck
from core.models import MonitorStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PastWindow:
    """A period in which the website was down."""

    started_at: datetime
    ended_at: datetime | None
    """None if the history ends during the downtime."""
    checks: int
    cause: str | None


class DowntimeReplay:
    """Pass the checks through `replay`, oldest first; afterwards, `windows` has the downtime windows."""

    def __init__(self) -> None:
        self.windows: list[PastWindow] = []
        self._failed: list[HistoryCheck] = []  # the first failure, and the first confirmed one
        self._count = 0

    def replay(self, beats: Iterable[HistoryCheck]) -> Iterator[HistoryCheck]:
        """Yield the same checks."""
        for beat in beats:
            if beat.status is MonitorStatus.DOWN:
                self._count += 1
                if not self._failed or (beat.is_confirmed and not any(check.is_confirmed for check in self._failed)):
                    self._failed.append(beat)
            else:
                self._end(beat.at)
            yield beat
        self._end(None)

    def _end(self, at: datetime | None) -> None:
        confirmed = next((beat for beat in self._failed if beat.is_confirmed), None)
        if confirmed is not None:
            self.windows.append(
                PastWindow(started_at=self._failed[0].at, ended_at=at, checks=self._count, cause=confirmed.error)
            )
        self._failed.clear()
        self._count = 0
