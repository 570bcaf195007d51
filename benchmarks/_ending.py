"""Cleans up when a benchmark is ended by SIGTERM."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def cleaned_up() -> Iterator[None]:
    """Turn a SIGTERM during the block into SystemExit, so that all servers and files of the block are removed.

    Further ones have no effect, because they would interrupt the cleanup.
    """

    def end(number: int, _frame: FrameType | None) -> None:
        # Not SIG_IGN: child processes would inherit that.
        signal.signal(signal.SIGTERM, lambda *_: None)
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
