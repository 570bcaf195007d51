"""Calculates how long a visitor must wait after failed sign-ins. Pure."""

from datetime import datetime, timedelta

FREE_FAILURES = {"user": 3, "address": 10}  # without delay, for typing errors; an office shares an address
FIRST_DELAY = timedelta(seconds=2)
LONGEST_DELAY = timedelta(minutes=15)  # so that strangers cannot lock an account for good
FORGOTTEN_AFTER = timedelta(hours=24)


def allowed_at(subject: str, failures: int, last_failed_at: datetime) -> datetime:
    """Return when *subject* (``user:NAME`` or ``address:IP``) may try again; the delay doubles with each failure."""
    beyond = failures - FREE_FAILURES[subject.partition(":")[0]]
    if beyond <= 0:
        return last_failed_at
    return last_failed_at + min(FIRST_DELAY * (1 << min(beyond - 1, 16)), LONGEST_DELAY)


def is_forgotten(last_failed_at: datetime, now: datetime) -> bool:
    """Whether the failures up to *last_failed_at* no longer count."""
    return now - last_failed_at > FORGOTTEN_AFTER
