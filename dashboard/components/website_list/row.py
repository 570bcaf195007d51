"""What the list shows of a website, and how few bytes tell it to a browser. Pure."""

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
SPARKS = 30  # checks in a sparkline: more than its pixels would show
LEVELS = "0123456789abcdefghijklmnopqrstuvwxyz"
PARTLY = 0.5  # of a bucket's known time: from here on all of its bar is red, or yellow
MOST_WORDS = 200  # characters of an error: it is a tooltip

Wire = list[Any]
"""A row or a check as JSON; view/rows.js takes it apart in the same order."""


class StatusBucket(Protocol):
    """Seconds in each status, as `core.services.statistics.StatusBucket` has them."""

    @property
    def up(self) -> float: ...
    @property
    def degraded(self) -> float: ...
    @property
    def down(self) -> float: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One check as the list needs it."""

    letter: str
    ms: float | None
    """The response time; None where there was no answer."""


@dataclass(slots=True, kw_only=True)
class Row:
    """One website; times are seconds since 1970, shares hundredths of a percent rounded down."""

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
    """The day on which its certificate expires, counted from 1970; None where no certificate is known."""
    beats: str = ""
    """The letters of the last `BEATS` checks at most, oldest first."""
    times: tuple[float | None, ...] = ()
    """The response times in ms of the last `SPARKS` of them; None where there was no answer."""

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
        """Take the newest checks in, the oldest ones out."""
        self.beats = (self.beats + "".join(beat.letter for beat in beats))[-BEATS:]
        self.times = (*self.times, *(beat.ms for beat in beats))[-SPARKS:]

    def wire(self) -> Wire:
        """All of it."""
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
        """What its newest check changed; a tenth of `wire`."""
        return [self.id, self.beats[-1], *self._now()]

    def _now(self) -> Wire:
        last = self.times[-1] if self.times else None
        error = self.error[:MOST_WORDS] if self.error else None
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
    """A bucket as a bar shows it: u, g, d; h or p where it was degraded or down for less than half; x for nothing."""
    known = bucket.up + bucket.degraded + bucket.down
    if known <= 0:
        return "x"
    if bucket.down > 0:
        return "d" if bucket.down >= known * PARTLY else "p"
    if bucket.degraded > 0:
        return "g" if bucket.degraded >= known * PARTLY else "h"
    return "u"


def run_lengths(letters: Iterable[str]) -> str:
    """*letters* with a number where one repeats: ``u58dx``."""
    return "".join(_run(letter, len(list(run))) for letter, run in groupby(letters))


def share(value: float | None) -> int | None:
    """A share of 0 to 1 in hundredths of a percent; rounded down, so that 10,000 is really all."""
    return None if value is None else int(value * 10_000)


def _run(letter: str, length: int) -> str:
    return letter if length == 1 else f"{letter}{length}"


def _level(ms: float | None, top: float) -> str:
    return "-" if ms is None else LEVELS[round(ms / top * (len(LEVELS) - 1)) if top else 0]


def _short(ms: float | None) -> float | int | None:
    return ms if ms is None else round(ms, 1) if ms < 10 else round(ms)
