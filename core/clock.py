"""Reads the clocks. No other module does, so that tests can freeze or advance time."""

import time
from datetime import UTC, datetime, timedelta

BUILT = datetime(2026, 11, 1, tzinfo=UTC)
"""This version was written after this moment: a clock before it is wrong."""
NEVER_SET = datetime(2020, 1, 1, tzinfo=UTC)
"""Before this moment there was no Watchwright: an earlier date is from a machine whose clock was never set."""
CLOCK_TOLERANCE = timedelta(seconds=5)
"""Tolerated between machines of a fleet, and for steps of a synchronised clock."""

_ahead = timedelta()
"""How far this process's clock is ahead of the machine's."""


def utc_now() -> datetime:
    """Return the current time, timezone-aware in UTC."""
    return datetime.now(UTC) + _ahead


def set_clock(now: datetime) -> None:
    """Set this process's clock to *now*, for a fleet in which a machine's own clock may be wrong."""
    global _ahead  # noqa: PLW0603 - a process has one wall clock
    _ahead = now - datetime.now(UTC)


def monotonic_ms() -> float:
    """Return milliseconds of a clock that never steps back; only differences are meaningful."""
    return time.monotonic_ns() / 1_000_000


def is_ahead(moment: datetime) -> bool:
    """Return whether *moment* lies in the future, so that the clock must have been set back since."""
    return moment > utc_now() + CLOCK_TOLERANCE


def utc_at(seconds: float) -> datetime:
    """Return the moment that is *seconds* after the start of 1970, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def as_utc(moment: datetime) -> datetime:
    """Return *moment* in UTC; a naive one is taken as UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
