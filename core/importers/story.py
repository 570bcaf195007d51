"""Folds the checks of a website's past into downtime windows, by our rules: from the first failed check on. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from core.importers.found import Beat
from core.models import MonitorStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PastWindow:
    """A time in which the website was down."""

    started_at: datetime
    ended_at: datetime | None
    """None where the past ends before it does."""
    checks: int
    cause: str | None


class Story:
    """Pass the beats through `told`, oldest first; then `windows` has what they amount to."""

    def __init__(self) -> None:
        self.windows: list[PastWindow] = []
        self._failed: list[Beat] = []  # the first, and the first that was confirmed
        self._count = 0

    def told(self, beats: Iterable[Beat]) -> Iterator[Beat]:
        """The same beats."""
        for beat in beats:
            if beat.status is MonitorStatus.DOWN:
                self._count += 1
                if not self._failed or (beat.is_confirmed and not any(one.is_confirmed for one in self._failed)):
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
