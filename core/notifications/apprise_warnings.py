"""Collects what Apprise logs about one delivery, instead of logging it: it may name secrets of the channel's URL.

Apprise's own capture also has what it logs about other deliveries at that time.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_kept: ContextVar[list[str] | None] = ContextVar("kept", default=None)
_logger = logging.getLogger("apprise")


def _collect(record: logging.LogRecord) -> bool:
    """Keep a warning for the block that caused it; returns whether the record is logged as well."""
    kept = _kept.get()
    if kept is not None and record.levelno >= logging.WARNING:
        kept.append(" ".join(record.getMessage().split()))
    return kept is None


@contextmanager
def apprise_warnings() -> Iterator[list[str]]:
    """Yield a list that receives Apprise's warnings, each on one line, within the block and its context."""
    _logger.addFilter(_collect)  # has no effect if it is there already
    if not _logger.isEnabledFor(logging.WARNING):
        _logger.setLevel(logging.WARNING)
    warnings: list[str] = []
    before = _kept.set(warnings)
    try:
        yield warnings
    finally:
        _kept.reset(before)
