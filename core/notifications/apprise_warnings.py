"""Collects what Apprise logs about one delivery. Its own capture also has what it logs about others at that time."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_kept: ContextVar[list[str] | None] = ContextVar("kept", default=None)
_logger = logging.getLogger("apprise")


class _Collector(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if (kept := _kept.get()) is not None:
            kept.append(" ".join(record.getMessage().split()))


_collector = _Collector(logging.WARNING)


@contextmanager
def apprise_warnings() -> Iterator[list[str]]:
    """Yield a list that receives Apprise's warnings, each on one line, within the block and its context."""
    _logger.addHandler(_collector)  # has no effect if it is there already
    if not _logger.isEnabledFor(logging.WARNING):
        _logger.setLevel(logging.WARNING)
    warnings: list[str] = []
    before = _kept.set(warnings)
    try:
        yield warnings
    finally:
        _kept.reset(before)
