"""Waits for conditions that no event announces."""

import time
from collections.abc import Callable

TIMEOUT_SECONDS = 100.0  # long enough for a busy machine


def wait_until(
    is_so: Callable[[], object], *, timeout_seconds: float = TIMEOUT_SECONDS, pause_seconds: float = 0.1
) -> None:
    """Return once *is_so* returns true.

    Raises:
        TimeoutError: It was still false after *timeout_seconds*.
    """
    deadline = time.monotonic() + timeout_seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"a condition was still false after {timeout_seconds:g} s")
        time.sleep(pause_seconds)
