"""The only readers of the clocks, so that tests can stand still or leap."""

import time
from datetime import UTC, datetime, timedelta

BUILT = datetime(2026, 11, 1, tzinfo=UTC)
"""This version was written since: a clock that is before it is wrong."""

_ahead = timedelta()
"""By how much the clock that this process goes by is ahead of the machine's."""


def utc_now() -> datetime:
    """The wall clock: now, timezone-aware in UTC."""
    return datetime.now(UTC) + _ahead


def go_by(now: datetime) -> None:
    """Let this process go by another clock, which says that it is *now*: of a fleet's machines one may be wrong."""
    global _ahead  # noqa: PLW0603 - there is one wall clock to a process
    _ahead = now - datetime.now(UTC)


def monotonic_ms() -> float:
    """Milliseconds on a clock that never steps back; only differences mean something."""
    return time.monotonic_ns() / 1_000_000


def as_utc(moment: datetime) -> datetime:
    """*moment* in UTC; a naive one is taken to be UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
