"""The overview's row of a website, and its compact encoding for the browser. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol

from core.models import MonitorStatus

LETTERS = {
    MonitorStatus.UP: "u",
    MonitorStatus.DEGRADED: "g",
    MonitorStatus.DOWN: "d",
    MonitorStatus.UNKNOWN: "x",
}
BEATS = 60  # checks in a heartbeat bar
SPARKS = 30  # checks in a sparkline: more would not fit its pixels
LEVELS = "0123456789abcdefghijklmnopqrstuvwxyz"
PARTLY = 0.5  # of a bucket's known time, from which on the whole bar is red or yellow
MAX_LENGTH = 200  # characters of an error, which is a tooltip

Wire = list[Any]
"""A row or a check as JSON; view/rows.js decodes it in the same order."""


class StatusBucket(Protocol):
    """Seconds in each status, as in `core.services.statistics.StatusBucket`."""

    @property
    def up(self) -> float: ...
    @property
    def degraded(self) -> float: ...
    @property
    def down(self) -> float: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One check of the heartbeat bar."""

    letter: str
    ms: float | None
    """The response time; None without a response."""


@dataclass(slots=True, kw_only=True)
class Row:
    """One website. Times are seconds since 1970; shares are hundredths of a percent, rounded down."""

    id: int
    name: str
    url: str
    tags: list[str]
    is_active: bool
    error: str | None
    day: int | None
    month: int | None
    checked_at: int | None
    down_since: int | None
    is_flapping: bool = False
    certificate_day: int | None = None
    """The day on which the certificate expires, counted from 1970; None if no certificate is known."""
    beats: str = ""
    """The letters of the last `BEATS` checks, oldest first."""
    times: tuple[float | None, ...] = ()
    """The response times in ms of the last `SPARKS` checks; None without a response."""

    @property
    def status(self) -> str:
        """A `MonitorStatus`, or PAUSED, PENDING before the first check, FAILING until a failure is confirmed."""
        if not self.is_active:
            return "PAUSED"
        if not self.beats:
            return "PENDING"
        if self.down_since is not None:
            return "DOWN"
        letter = self.beats[-1]
        return "FAILING" if letter == "d" else next(str(status) for status, it in LETTERS.items() if it == letter)

    def add(self, beats: Sequence[Beat]) -> None:
        """Append the newest checks, and drop the oldest."""
        self.beats = (self.beats + "".join(beat.letter for beat in beats))[-BEATS:]
        self.times = (*self.times, *(beat.ms for beat in beats))[-SPARKS:]

    def wire(self) -> Wire:
        """Return the encoded row."""
        top = max((ms for ms in self.times if ms is not None), default=0.0)
        levels = "".join(_level(ms, top) for ms in self.times)
        return [
            self.id,
            self.name,
            self.url,
            self.tags,
            run_lengths(self.beats),
            levels,
            _short(top),
            *self._now(),
            self.certificate_day,
        ]

    def check_wire(self) -> Wire:
        """Return what the newest check changed, a tenth of the size of `wire`."""
        return [self.id, self.beats[-1], *self._now()]

    def _now(self) -> Wire:
        last = self.times[-1] if self.times else None
        error = self.error[:MAX_LENGTH] if self.error else None
        return [
            self.status,
            _short(last),
            error,
            self.day,
            self.month,
            self.checked_at,
            self.down_since,
            int(self.is_flapping),
        ]


def bucket_letter(bucket: StatusBucket) -> str:
    """Return a bucket's letter: u, g, d; h or p if it was degraded or down for less than half; x if unknown."""
    known = bucket.up + bucket.degraded + bucket.down
    if known <= 0:
        return "x"
    if bucket.down > 0:
        return "d" if bucket.down >= known * PARTLY else "p"
    if bucket.degraded > 0:
        return "g" if bucket.degraded >= known * PARTLY else "h"
    return "u"


def run_lengths(letters: Iterable[str]) -> str:
    """Return *letters* with a count after each repeated one: ``u58dx``."""
    return "".join(_run(letter, len(list(run))) for letter, run in groupby(letters))


def share(value: float | None) -> int | None:
    """Return a share of 0 to 1 in hundredths of a percent, rounded down, so that 10,000 means all of it."""
    return None if value is None else int(value * 10_000)


def _run(letter: str, length: int) -> str:
    return letter if length == 1 else f"{letter}{length}"


def _level(ms: float | None, top: float) -> str:
    return "-" if ms is None else LEVELS[round(ms / top * (len(LEVELS) - 1)) if top else 0]


def _short(ms: float | None) -> float | int | None:
    return ms if ms is None else round(ms, 1) if ms < 10 else round(ms)
